"""A proxy between one worker and Redis that knows where a message begins and ends."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from random import Random
from typing import Callable

#: What becomes of a PUBLISH of the worker, or of a message to it: the values that go on in its place.
Rule = Callable[[bytes], list[bytes]]
TAMPERED = {b"PUBLISH", b"message"}


class RedisProxy:
    """Passes everything on, but for messages that meet with a rule, and nothing at all while it is closed."""

    def __init__(self, redis_port: int) -> None:
        self.redis_port, self.port = redis_port, 0
        self.rules: list[Rule] = []
        self.is_open = asyncio.Event()
        self.is_open.set()
        self._tasks: set[asyncio.Task] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, worker: StreamReader, to_worker: StreamWriter) -> None:
        self._tasks.add(task := asyncio.current_task())
        writers = [to_worker]
        try:
            # Like a network that swallows packets, behind a system that accepts connections.
            await self.is_open.wait()
            redis, to_redis = await asyncio.open_connection("127.0.0.1", self.redis_port)
            writers.append(to_redis)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass(worker, to_redis))
                group.create_task(self._pass(redis, to_worker))
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for writer in writers:
                writer.close()
            self._tasks.discard(task)

    async def _pass(self, source: StreamReader, sink: StreamWriter) -> None:
        while True:
            value = await read_value(source)
            await self.is_open.wait()
            for passing in self._judged(value):
                sink.write(passing)
            await sink.drain()

    def _judged(self, value: bytes) -> list[bytes]:
        values = [value]
        if self.rules and value.startswith(b"*") and value.split(b"\r\n", 3)[2] in TAMPERED:
            for rule in self.rules:
                values = [kept for each in values for kept in rule(each)]
        return values


async def read_value(source: StreamReader) -> bytes:
    """One value of Redis's protocol, as it stands."""
    head = await source.readuntil(b"\r\n")
    kind, number = head[:1], head[1:-2]
    if kind == b"$" and int(number) >= 0:
        return head + await source.readexactly(int(number) + 2)
    if kind == b"*":
        return b"".join([head, *[await read_value(source) for _ in range(int(number))]])
    return head


class Mangling:
    """Drops, doubles, and swaps with the next one of its kind, a tenth of the messages each."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.dropped = self.doubled = self.swapped = 0
        self._held: dict[bytes, bytes] = {}

    def __call__(self, value: bytes) -> list[bytes]:
        kind = value.split(b"\r\n", 3)[2]
        held = self._held.pop(kind, None)
        behind = [] if held is None else [held]
        chance = self.rng.random()
        if chance < 0.1:
            self.dropped += 1
            return behind
        if chance < 0.2:
            self.doubled += 1
            return [value, value, *behind]
        if chance < 0.3 and not behind:
            self.swapped += 1
            self._held[kind] = value
            return []
        return [value, *behind]
