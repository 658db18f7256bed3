"""Handshakes, frames and responses, byte for byte: none of it checks what it sends."""

import asyncio
import os
import struct
from dataclasses import dataclass

ENDPOINT = "/ws/pulse/sync/"
PATIENCE = 10
"""Seconds that an answer may take on a busy machine."""


def handshake(path: str, method="GET", version="HTTP/1.1", without=(), fields={}) -> bytes:
    """A perfect handshake but for the changes; a field of `fields` may be given a list of values."""
    perfect = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    lines = [f"{method} {path} {version}"]
    for name, values in {**perfect, **fields}.items():
        if name not in without:
            lines += [f"{name}: {value}" for value in (values if isinstance(values, list) else [values])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(opcode: int, payload: bytes, fin=True, rsv=0, mask=True, length: tuple[int, int] | None = None) -> bytes:
    """A client's frame. `length` is the number of its bits and what it says, where that is not the payload's own."""
    count = len(payload)
    bits, said = length or (7 if count < 126 else 16 if count < 1 << 16 else 64, count)
    head = bytes([fin << 7 | rsv << 4 | opcode])
    second = {7: said, 16: 126, 64: 127}[bits] | mask << 7
    head += struct.pack({7: "!B", 16: "!BH", 64: "!BQ"}[bits], second, *([] if bits == 7 else [said]))
    if not mask:
        return head + payload
    key = os.urandom(4)
    return head + key + xor(payload, key)


def xor(payload: bytes, key: bytes) -> bytes:
    count = len(payload)
    stream = (key * (count // 4 + 1))[:count]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(count, "big")


@dataclass
class Response:
    status: int
    fields: dict[str, str]
    body: bytes


class Socket:
    """One connection. What the server does not take, because it has ended the connection, is given up quietly."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Socket":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24))

    @classmethod
    async def upgraded(cls, port: int, token: str | int) -> "Socket":
        """An open WebSocket."""
        socket = await cls.open(port)
        socket.send(handshake(f"{ENDPOINT}?token={token}"))
        response = await socket.response()
        assert response and response.status == 101, response
        return socket

    def send(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    async def response(self) -> Response | None:
        """The next response, or None at the end."""
        head = await self._read(self._reader.readuntil(b"\r\n\r\n"))
        if head is None:
            return None
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = int(fields.get("content-length", 0))
        return Response(int(first.split(" ")[1]), fields, await self._read(self._reader.readexactly(length)) or b"")

    async def frame(self) -> tuple[int, bytes] | None:
        """The opcode and the payload of the server's next frame, or None at the end."""
        head = await self._read(self._reader.readexactly(2))
        if head is None:
            return None
        assert head[0] & 0xF0 == 0x80 and head[1] < 128, f"no server sends a frame like {head.hex()}"
        count = head[1]
        if count >= 126:
            longer = await self._reader.readexactly(2 if count == 126 else 8)
            count = int.from_bytes(longer, "big")
        return head[0] & 15, await self._reader.readexactly(count)

    async def rest(self) -> bytes:
        """What comes up to the end."""
        return await self._read(self._reader.read(-1)) or b""

    def close(self) -> None:
        self._writer.close()

    @staticmethod
    async def _read(reading) -> bytes | None:
        """What is read; None at the end, be it a reset. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await reading
            except asyncio.IncompleteReadError as end:
                assert not end.partial, f"the connection ended within {end.partial[:200]!r}"
                return None
            except ConnectionError:
                return None
