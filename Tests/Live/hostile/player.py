"""Plays a case and says how the answer differs from what is expected."""

import json

from conversations.names import Names
from hostile.case import Case, encode
from hostile.conversation import Conversation
from hostile.wire import ENDPOINT, Response, Socket, frame, handshake

HEALTHY = handshake("/healthz", without=("Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"))


async def difference(port: int, case: Case) -> str | None:
    """None where there is none."""
    names = Names()
    for step in case.steps:
        try:
            found = await (_request if case.is_http else _converse)(port, step, names)
        except (TimeoutError, AssertionError) as error:
            found = f"{type(error).__name__}: {error}"
        if found:
            return found
    return None


async def _request(port: int, step: dict, names: Names) -> str | None:
    socket = await Socket.open(port)
    try:
        socket.send(b"".join(_request_bytes(part, names) for part in step["send"]))
        for expected in step["expect"]:
            response = await socket.response()
            if response is None or (came := _told(response, expected)) != expected:
                return f"came:     {response and came}\nexpected: {expected}"
        if step.get("stays"):
            await _check_serving(socket, is_websocket=step["expect"][-1]["status"] == 101)
        elif rest := await socket.rest():
            return f"came besides: {rest[:2000]!r}"
    finally:
        socket.close()


def _request_bytes(part, names: Names) -> bytes:
    if isinstance(part, dict) and "handshake" in part:
        return handshake(**{"path": f"{ENDPOINT}?token={names.user('me')}", **names.fill(part["handshake"])})
    return encode(part, names)


def _told(response: Response, expected: dict) -> dict:
    assert "sec-websocket-extensions" not in response.fields
    assert response.fields.get("sec-websocket-protocol", "bearer") == "bearer", "a token was echoed"
    told = {"status": response.status, "body": response.body.decode("latin-1")}
    if "fields" in expected:
        told["fields"] = {name: response.fields.get(name) for name in expected["fields"]}
    return told


async def _check_serving(socket: Socket, is_websocket: bool) -> None:
    if is_websocket:
        socket.send(frame(9, b"alive"))
        assert await socket.frame() == (10, b"alive")
    else:
        socket.send(HEALTHY)
        response = await socket.response()
        assert response and (response.status, response.body) == (200, b"ok\n"), response


async def _converse(port: int, step: dict, names: Names) -> str | None:
    conversation = await Conversation.begin(port, names.user(step.get("as", "me")))
    try:
        await conversation.play(b"".join(_frame(part, names) for part in step["send"]))
    finally:
        conversation.close()
    answers = [item for item in step["expect"] if "record" not in item]
    records = [item for item in step["expect"] if "record" in item]
    return conversation.difference(
        [_answer(item, names) for item in answers], dict(_record(item, names) for item in records),
        is_complete="SYNC_REQUEST_DELTA" in json.dumps(step["send"]))


def _frame(part, names: Names) -> bytes:
    if isinstance(part, dict) and "raw" in part:
        return encode(part["raw"], names)
    if isinstance(part, dict) and "opcode" in part:
        return frame(**{**part, "payload": encode(part.get("payload", ""), names)})
    return frame(1, encode(part, names))


def _answer(item: dict, names: Names) -> dict:
    """An expected answer in the form in which it comes."""
    if "type" in item:
        return {"text": _compact(names.fill(item))}
    if "text" in item:
        return {"text": encode(item["text"], names).decode()}
    if "pong" in item:
        return {"pong": encode(item["pong"], names).decode("latin-1")}
    return item


def _record(item: dict, names: Names) -> tuple[str, tuple[str, bool, str]]:
    holds = item["holds"]
    # Members as they stand in a frame, without the braces of their object.
    text = _compact(names.fill(holds))[1:-1] if isinstance(holds, dict) else encode(holds, names).decode()
    return names.fill(item["record"]), (item["of"], item.get("is_deleted", False), text)


def _compact(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
