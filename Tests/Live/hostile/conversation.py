"""A client on a WebSocket that notes what it is answered and which records it has in the end."""

import json
import re
import uuid

from hostile.wire import Socket, frame

UPDATE = re.compile(
    r'\{"type":"SYNC_UPDATE","data":\{"model":"(?P<model>\w+)","sync_id":"(?P<id>[0-9a-f-]{36})",'
    r'"version":(?P<version>\d+),"data":\{"id":\d+,"version":(?P=version),"is_deleted":(?P<deleted>true|false),'
    r'"user_id":(?P<user>\d+|null),(?P<holds>.*?)(?:,"sync_id":"(?P=id)")?\}\}\}',
    re.DOTALL)


class Conversation:
    """One connection of one user."""

    def __init__(self, socket: Socket, user: int):
        self._socket, self._user = socket, user
        self.answers: list[dict] = []
        self.records: dict[str, tuple[str, bool, str]] = {}
        """By sync id: the table, whether it is deleted, and the fields."""
        self._last_id = str(uuid.uuid4())
        self._last_ack = {
            "type": "SYNC_ACK_INDIVIDUAL", "table": "last", "status": "SUCCESS", "sync_id": self._last_id}

    @classmethod
    async def begin(cls, port: int, user: int) -> "Conversation":
        return cls(await Socket.upgraded(port, user), user)

    async def play(self, data: bytes) -> None:
        """Sends it, and takes what comes until all of it must have been answered, or the connection was ended."""
        self._socket.send(data + self._last_word())
        is_acked = False
        while not (is_acked and self._last_id in self.records):
            received = await self._socket.frame()
            assert received, f"the connection was lost after {self.answers[-3:]}"
            opcode, payload = received
            if opcode == 8:
                return await self._end(payload)
            if opcode == 10:
                self.answers.append({"pong": payload.decode("latin-1")})
                continue
            assert opcode == 1, f"a frame with opcode {opcode}: {payload!r}"
            text = payload.decode()
            if update := UPDATE.fullmatch(text):
                self._note(update)
            elif json.loads(text) == self._last_ack:
                is_acked = True
            else:
                self.answers.append({"text": text})
        self.records = {id: record for id, record in self.records.items() if record[0] != "last"}

    def _last_word(self) -> bytes:
        """A record of the table that no case has. Its version is the highest, so it comes behind all others."""
        upload = {"type": "SYNC_UPLOAD", "table": "last", "payload": {"sync_id": self._last_id}}
        messages = [{"type": "SYNC_REQUEST_DELTA", "table": "last"}, upload]
        return b"".join(frame(1, json.dumps(message).encode()) for message in messages)

    def _note(self, update: re.Match) -> None:
        assert update["user"] in (str(self._user), "null"), f"a record of somebody else: {update[0]}"
        self.records[update["id"]] = (update["model"].lower(), update["deleted"] == "true", update["holds"])

    async def _end(self, payload: bytes) -> None:
        self.answers.append({"close": int.from_bytes(payload[:2], "big"), "reason": payload[2:].decode()})
        self._socket.send(frame(8, payload[:2]))
        rest = await self._socket.rest()
        assert not rest, f"behind the close frame came {rest[:200]!r}"

    def difference(self, answers: list[dict], records: dict, is_complete: bool) -> str | None:
        """How what came differs from what is expected. Records that are not may be there unless it `is_complete`."""
        if len(self.answers) != len(answers) or not all(map(_fits, self.answers, answers)):
            return f"came:     {_shown(self.answers)}\nexpected: {_shown(answers)}"
        came = self.records if is_complete else {id: self.records.get(id) for id in records}
        return None if came == records else f"records:  {_shown(came)}\nexpected: {_shown(records)}"

    def close(self) -> None:
        self._socket.close()


def _fits(came: dict, expected: dict) -> bool:
    if "match" in expected:
        return bool(re.fullmatch(expected["match"], came.get("text", "")))
    return came == expected


def _shown(items) -> str:
    text = json.dumps(items, ensure_ascii=False)
    return text if len(text) < 4000 else f"{text[:2000]} … {text[-1000:]}"
