"""A well-behaved device that nothing done to the server by others may disturb."""

import asyncio
import itertools
import json
import uuid

from hostile.wire import Socket, frame

_users = itertools.count(11)


class Neighbour:
    """A connection that gets everything of its user live."""

    def __init__(self, socket: Socket, user: int):
        self._socket, self._user = socket, user
        self._turn = asyncio.Lock()
        self._titles = map(str, itertools.count())
        self._version = 0

    @classmethod
    async def connect(cls, port: int) -> "Neighbour":
        user = next(_users)
        neighbour = cls(await Socket.upgraded(port, user), user)
        neighbour._say({"type": "SYNC_REQUEST_DELTA", "table": "task"})
        await neighbour.check()
        return neighbour

    async def check(self) -> None:
        """Uploads a record, and gets its ack, then its echo, and nothing else."""
        async with self._turn:
            sync_id, title = str(uuid.uuid4()), next(self._titles)
            self._say({"type": "SYNC_UPLOAD", "table": "task", "payload": {"sync_id": sync_id, "title": title}})
            assert await self._hear() == {
                "type": "SYNC_ACK_INDIVIDUAL", "table": "task", "status": "SUCCESS", "sync_id": sync_id}
            version = (echo := await self._hear())["data"]["version"]
            record = {
                "id": version, "version": version, "is_deleted": False, "user_id": self._user, "title": title,
                "description": "", "completed": False}
            assert echo == {
                "type": "SYNC_UPDATE",
                "data": {"model": "task", "sync_id": sync_id, "version": version, "data": record}}
            assert version > self._version
            self._version = version

    def close(self) -> None:
        self._socket.close()

    def _say(self, message: dict) -> None:
        self._socket.send(frame(1, json.dumps(message).encode()))

    async def _hear(self) -> dict:
        while True:
            received = await self._socket.frame()
            assert received, "the neighbour was cut off"
            opcode, payload = received
            if opcode == 9:
                self._socket.send(frame(10, payload))
                continue
            assert opcode == 1, f"the neighbour got a frame {opcode}: {payload!r}"
            return json.loads(payload)
