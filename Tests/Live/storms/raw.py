"""WebSocket clients that cost next to nothing, so that thousands of them fit beside the server that they storm."""

import asyncio
import json
from contextlib import suppress

HANDSHAKE = (
    "GET /ws/pulse/sync/?token={user} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")


def frame(value: object, opcode: int = 1) -> bytes:
    """A frame of a client, masked with zeros: its payload is what it is."""
    payload = json.dumps(value).encode() if value is not None else b""
    length = len(payload)
    head = bytes([0x80 | opcode, 0x80 | length]) if length < 126 else bytes([0x80 | opcode, 0x80 | 126]) + length.to_bytes(2)
    return head + bytes(4) + payload


class Refused(Exception):
    """The handshake was answered otherwise than by 101."""


class RawSocket:
    """A connection that reads frames when it is asked to, and answers no ping."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port: int, user: str, limit: int = 2**16) -> "RawSocket":
        """Raises Refused, OSError or IncompleteReadError."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
        writer.write(HANDSHAKE.format(user=user).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            writer.close()
            raise Refused(head.split(b"\r\n")[0].decode())
        return cls(reader, writer)

    def send(self, value: object) -> None:
        self.writer.write(frame(value))

    async def receive(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame."""
        head = await self.reader.readexactly(2)
        length = head[1] & 0x7F
        if length >= 126:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8))
        return head[0] & 0x0F, await self.reader.readexactly(length)

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()
