"""Clients that want to harm. Each kind is a coroutine that goes on until it is cancelled, in a process of its own with the
lowest priority: an attacker brings machines of its own, and does not take the server's.

    python -m storms.attackers KIND PORT
"""

import asyncio
import os
import sys
import uuid
from contextlib import suppress

from storms.raw import RawSocket, Refused, frame

LOST = (OSError, asyncio.IncompleteReadError, Refused)


async def slow_loris(port: int) -> None:
    """500 sockets that send a byte of a header each second."""

    async def drip() -> None:
        while True:
            with suppress(*LOST):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /ws/pulse/sync/?token=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
                while not writer.is_closing():
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(1)
            await asyncio.sleep(1)

    await asyncio.gather(*(drip() for _ in range(500)))


async def half_open(port: int) -> None:
    """300 WebSockets whose other end has gone without a word: nothing is read, no ping answered."""

    async def vanish(index: int) -> None:
        while True:
            with suppress(*LOST):
                socket = await RawSocket.connect(port, f"gone{index}")
                socket.writer.transport.pause_reading()
                await asyncio.sleep(3600)

    await asyncio.gather(*(vanish(index) for index in range(300)))


async def never_reading(port: int) -> None:
    """50 devices of a user who do not read, while another writes 200 records of 2 KB a second for them."""
    devices = [await RawSocket.connect(port, "hog", limit=1024) for _ in range(50)]
    for device in devices:
        device.send({"type": "SYNC_REQUEST_DELTA", "table": "task"})
        device.writer.transport.pause_reading()
    writer = await RawSocket.connect(port, "hog")
    reading = asyncio.create_task(drain(writer))
    while True:
        for _ in range(20):
            writer.send(upload("x" * 2_000))
        await writer.writer.drain()
        await asyncio.sleep(0.1)
        if reading.done():
            return


async def flood(port: int) -> None:
    """4 connections that upload as fast as they can, and read the answers."""

    async def pour(index: int) -> None:
        while True:
            with suppress(*LOST):
                socket = await RawSocket.connect(port, f"flood{index}")
                reading = asyncio.create_task(drain(socket))
                try:
                    while not reading.done():
                        socket.writer.write(b"".join(frame(upload("A")) for _ in range(100)))
                        await socket.writer.drain()
                finally:
                    reading.cancel()
                    await socket.close()
            await asyncio.sleep(0.1)

    await asyncio.gather(*(pour(index) for index in range(4)))


async def reconnect_storm(port: int) -> None:
    """2,000 clients that connect at once, ask for everything, leave, and come again."""

    async def come_and_go(index: int) -> None:
        while True:
            with suppress(*LOST):
                socket = await RawSocket.connect(port, f"storm{index}")
                socket.send({"type": "SYNC_REQUEST_DELTA", "table": "item"})
                await asyncio.sleep(1)
                await socket.close()
            await asyncio.sleep(0.5)

    await asyncio.gather(*(come_and_go(index) for index in range(2_000)))


def upload(title: str) -> dict:
    return {"type": "SYNC_UPLOAD", "table": "task", "payload": {
        "sync_id": str(uuid.uuid4()), "version": 0, "title": title[:200], "description": title}}


async def drain(socket: RawSocket) -> None:
    with suppress(*LOST):
        while await socket.reader.read(65536):
            pass


KINDS = {kind.__name__: kind for kind in (slow_loris, half_open, never_reading, flood, reconnect_storm)}

if __name__ == "__main__":
    os.nice(19)
    asyncio.run(KINDS[sys.argv[1]](int(sys.argv[2])))
