"""Sound handshakes, frames and messages with a few bytes changed at random: the answer must be of a documented kind."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from hostile.wire import ENDPOINT, Socket, frame, handshake

STATUSES = {101, 400, 403, 404, 405, 413, 426, 431}
CLOSE_CODES = {1000, 1002, 1003, 1007, 1008, 1009}
USER = 2
HANDSHAKES, FRAMES, MESSAGES, MESSAGES_A_CONNECTION = 400, 400, 1200, 20
"""As many messages as may be refused within a minute."""

SOUND = [
    '{"type":"SYNC_REQUEST_DELTA","table":"task","last_version":0}',
    '{"type":"SYNC_BATCH_UPLOAD","table":"task","payloads":[]}',
    '{"type":"SYNC_UPLOAD","table":"json","payload":{"sync_id":"%s","version":0,"v":[1,-2.5e3,"\\u00e9",null,true]}}',
    '{"type":"SYNC_UPLOAD","table":"datetime","payload":{"sync_id":"%s","v":"2026-02-28T12:00:00.5+02:00"}}',
    '{"type":"SYNC_UPLOAD","table":"decimal","payload":{"sync_id":"%s","v":"1234.56","is_deleted":false}}',
    '{"type":"SYNC_BATCH_UPLOAD","table":"task","payloads":[{"sync_id":"%s","title":"näher"},{"sync_id":"x"}]}',
]
# Too short for a frame as it is, so what a mutated length makes of it ends.
END = bytes(1 << 17)
LAST_WORD = '{"type":"SYNC_BATCH_UPLOAD","table":"iTEM"}'
LAST_ANSWER = {"type": "BATCH_ACK", "table": "iTEM", "synced_ids": [], "conflicts": [], "errors": []}

SCHEMAS = Path(__file__).resolve().parents[3] / "Protocol" / "schemas"
REGISTRY = Registry().with_resources(
    (path.name, Resource.from_contents(json.loads(path.read_text()))) for path in SCHEMAS.glob("*.json"))
ANSWER = Draft202012Validator(json.loads((SCHEMAS / "server-message.schema.json").read_text()), registry=REGISTRY)


@dataclass(frozen=True)
class Mutation:
    id: str
    kind: str
    parts: tuple[bytes, ...]


def make(seed: int) -> list[Mutation]:
    """The same for the same seed."""
    source = random.Random(seed)
    sound = handshake(f"{ENDPOINT}?token={USER}&client_id=phone", fields={"Origin": "http://127.0.0.1"})
    made = [Mutation(f"handshake-{n}", "handshake", (_mutate(sound, source),)) for n in range(HANDSHAKES)]
    for n in range(FRAMES):
        # The head alone, of which a frame has six bytes or eight.
        whole = frame(1, _message(source))
        made.append(Mutation(f"frame-{n}", "frame", (_mutate(whole[:8], source) + whole[8:],)))
    for n in range(MESSAGES // MESSAGES_A_CONNECTION):
        texts = [_mutate(_message(source), source) for _ in range(MESSAGES_A_CONNECTION)]
        made.append(Mutation(f"messages-{n}", "messages", tuple(texts)))
    return made


def _message(source: random.Random) -> bytes:
    sync_id = "%08x-0000-4000-8000-000000000000" % source.randrange(64)
    return source.choice(SOUND).replace("%s", sync_id).encode()


def _mutate(data: bytes, source: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(source.choice((1, 1, 1, 2, 4))):
        place = source.randrange(len(changed))
        match source.randrange(4):
            case 0: changed[place] ^= 1 << source.randrange(8)
            case 1: changed[place] = source.randrange(256)
            case 2: changed[place] = changed[source.randrange(len(changed))]
            case 3: changed[place] = source.choice(b'"{}[],:\\0\r\n \x00\xff')
    return bytes(changed)


async def fault(port: int, mutation: Mutation) -> str | None:
    """What is wrong with the answer."""
    play = {"handshake": _play_handshake, "frame": _play_frame, "messages": _play_messages}[mutation.kind]
    try:
        await play(port, mutation.parts)
    except (AssertionError, TimeoutError, ValueError) as error:
        return f"{type(error).__name__} {error} {[part.hex() for part in mutation.parts]}"
    return None


async def _play_handshake(port: int, parts: tuple[bytes, ...]) -> None:
    socket = await Socket.open(port)
    try:
        # A head that has lost its end gets another; for what was understood it is a violation, or a bad request.
        socket.send(parts[0] + b"\r\n\r\n")
        response = await socket.response()
        assert response, "no response"
        assert response.status in STATUSES, response
    finally:
        socket.close()


async def _play_frame(port: int, parts: tuple[bytes, ...]) -> None:
    socket = await Socket.upgraded(port, USER)
    try:
        socket.send(parts[0] + END)
        while (received := await socket.frame()) and received[0] != 8:
            _check(*received)
        assert received, "no close frame"
        assert int.from_bytes(received[1][:2], "big") in CLOSE_CODES, received
    finally:
        socket.close()


async def _play_messages(port: int, parts: tuple[bytes, ...]) -> None:
    waiting = list(parts)
    while waiting:
        socket = await Socket.upgraded(port, USER)
        try:
            while waiting and await _is_answered(socket, waiting.pop(0)):
                pass
        finally:
            socket.close()


async def _is_answered(socket: Socket, message: bytes) -> bool:
    """False where the connection was closed instead."""
    socket.send(frame(1, message) + frame(1, LAST_WORD.encode()))
    while True:
        received = await socket.frame()
        assert received, f"no close frame for {message!r}"
        opcode, payload = received
        if opcode == 8:
            assert int.from_bytes(payload[:2], "big") == 1007, received
            return False
        if json.loads(payload) == LAST_ANSWER:
            return True
        _check(opcode, payload)


def _check(opcode: int, payload: bytes) -> None:
    assert opcode in (1, 10), (opcode, payload)
    if opcode == 1:
        faults = [error.message for error in ANSWER.iter_errors(json.loads(payload))]
        assert not faults, f"{faults}: {payload!r}"
