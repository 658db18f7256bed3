"""Workers on one store, and a Redis that each of them reaches through a proxy of its own."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path
from uuid import UUID

from harness import Pulsed, Redis, Secantus, free_port
from reliability.journal import FIELDS

from .proxy import RedisProxy


class SQLiteLog:
    """A store in a file; what is in it is read without the server."""

    def __init__(self, directory: Path) -> None:
        self.store: Path | str = directory / "store.db"

    def stored(self) -> dict[str, tuple[str, int]]:
        """Sync id -> model and version."""
        database = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
        try:
            rows = database.execute(
                "SELECT sync_id, name, version FROM record JOIN model ON model.id = record.model").fetchall()
        finally:
            database.close()
        return {str(UUID(bytes=sync_id)): (model, version) for sync_id, model, version in rows}


class MongoLog:
    """The same of a database."""

    def __init__(self, server: Secantus, name: str) -> None:
        self.server, self.name = server, name
        self.store: Path | str = server.uri(name)

    def stored(self) -> dict[str, tuple[str, int]]:
        with self.server.client() as client:
            return {
                str(document["_id"]): (model, document["version"])
                for model in FIELDS for document in client[self.name][model].find({}, {"version": 1})}


class Worker:
    """A server that keeps its port when it is started again."""

    def __init__(self, store: Path | str, log: Path, redis_port: int) -> None:
        self.store, self.log = store, log
        self.proxy = RedisProxy(redis_port)
        self.port = free_port()
        self.server: Pulsed | None = None

    async def start(self) -> None:
        if not self.proxy.port:
            await self.proxy.start()
        self.server = await asyncio.to_thread(partial(
            Pulsed, self.store, "--redis", f"redis://127.0.0.1:{self.proxy.port}", log=self.log, port=self.port))

    def kill9(self) -> None:
        self.check()
        self.server.kill9()

    def check(self) -> None:
        """It has not ended by itself."""
        assert self.server.is_running(), "a worker ended by itself:\n" + self.server.log()[-2000:]

    async def stop(self) -> None:
        if self.server:
            await asyncio.to_thread(self.server.stop)
            await self.proxy.stop()

    def url(self, user: str) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/pulse/sync/?token={user}"


class Cluster:
    """Use it as `async with Cluster(…):`."""

    def __init__(self, store: Path | str, directory: Path, workers: int, has_redis: bool = True) -> None:
        self.directory, self.redis_port, self.has_redis = directory, free_port(), has_redis
        self.redis: Redis | None = None
        self.workers = [
            Worker(store, directory / f"worker-{number}.log", self.redis_port) for number in range(workers)]

    async def start_redis(self) -> None:
        self.redis = await asyncio.to_thread(Redis, self.directory, self.redis_port)

    async def __aenter__(self) -> Cluster:
        try:
            if self.has_redis:
                await self.start_redis()
            for worker in self.workers:
                await worker.start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_) -> None:
        for worker in self.workers:
            await worker.stop()
        if self.redis:
            await asyncio.to_thread(self.redis.stop)
