"""Load on connections that outlive what happens to the database: each upload is answered, and every listener is shown
everything."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import AsyncIterator, Awaitable, Callable, Iterable

from .crash import USERS, check_everything
from .faults import Client
from .journal import Journal
from .load import Listener
from .servers import Launch, Server

#: seconds from the last commit to the last listener; workers look at the head every second or two
DELIVERY_PATIENCE = 8.0


def newest_versions(journal: Journal, user: str) -> dict[str, int | None]:
    """By record that `user` may see, the version of its last write; None where that has not been seen by anyone."""
    return {
        key: record.writes[-1].version for key, record in journal.records.items()
        if record.visible_to(user) and record.writes[-1].acked}


class SteadyClient(Client):
    """Uploads and sends again what was refused; never goes away."""

    PATIENCE = 30.0

    def __init__(self, *who, **how) -> None:
        super().__init__(*who, **how)
        self.acks = self.refusals = 0
        #: Set while it uploads nothing more.
        self.is_resting = False

    async def run(self, ended: asyncio.Event) -> None:
        """Until `ended`, and then until nothing waits for an ack."""
        while not self.journal.violations and not (ended.is_set() and not self.journal.pending(self.work.writer)):
            if self.is_resting:
                await asyncio.sleep(0.01)
                continue
            match await self.attempt():
                case "acked":
                    self.acks += 1
                case "refused":
                    self.refusals += 1
                    await asyncio.sleep(0.1 + self.work.rng.random() * 0.2)


class SteadyLoad:
    """Writers and listeners on some servers of one store. Use it as `async with load.running():`."""

    def __init__(
        self, servers: list[Server], journal: Journal, rng: Random, writers_each: int = 4, insert_only: bool = False
    ) -> None:
        self.servers, self.journal, self.rng = servers, journal, rng
        self.clients = [
            (server, SteadyClient(
                journal, USERS[turn % len(USERS)], Random(rng.random()), f"writer-{number}-{turn}", insert_only))
            for number, server in enumerate(servers) for turn in range(writers_each)]
        #: from the last ack to the last listener
        self.delivery_seconds = 0.0
        self.listeners = [Listener(server.url(user), journal, user) for server in servers for user in USERS]

    @property
    def refusals(self) -> int:
        return sum(client.refusals for _, client in self.clients)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load from the beginning to the end of the block; then everything is settled and checked."""
        ended = asyncio.Event()
        for server, client in self.clients:
            await client.open(server.url(client.user))
        listeners = [asyncio.create_task(self._listen(listener)) for listener in self.listeners]
        await asyncio.gather(*(listener.connected.wait() for listener in self.listeners))
        writers = [asyncio.create_task(client.run(ended)) for _, client in self.clients]
        try:
            yield
            ended.set()
            await asyncio.gather(*writers)
            await self._delivered()
            for server in self.servers:
                if not self.journal.violations:
                    await check_everything(server, self.journal, self.rng)
        finally:
            for task in (*listeners, *writers):
                task.cancel()
            await asyncio.gather(*listeners, *writers, return_exceptions=True)
            await asyncio.gather(*(client.socket.close() for _, client in self.clients))

    async def progress(self, acks: int = 3, within: float = 60, giving_way: bool = False) -> float:
        """Waits until every writer has had `acks` more; returns the seconds. It is a violation if one has not.

        With `giving_way` those who have had theirs rest, since no database promises anything to all who write at once."""
        started = time.monotonic()
        goals = [(client, client.acks + acks) for _, client in self.clients]
        while any(client.acks < goal for client, goal in goals) and not self.journal.violations:
            if time.monotonic() - started > within:
                behind = sum(client.acks < goal for client, goal in goals)
                self.journal.violation("failed", "stuck", f"{behind} writers had not {acks} acks in {within} s")
            for client, goal in goals:
                client.is_resting = giving_way and client.acks >= goal
            await asyncio.sleep(0.01)
        for client, _ in goals:
            client.is_resting = False
        return time.monotonic() - started

    async def _listen(self, listener: Listener) -> None:
        await listener.run()
        self.journal.violation("failed", ("listener", listener.url), f"the listener at {listener.url} was sent away")

    async def _delivered(self) -> None:
        """Waits until every listener has been shown the last write of each record that its user may see."""
        started = time.monotonic()
        while (late := self._late_listeners()) and not self.journal.violations:
            if time.monotonic() - started > DELIVERY_PATIENCE:
                said = f"{DELIVERY_PATIENCE} s after the last ack, listeners and records not shown to them: {late}"
                self.journal.violation("failed", "undelivered", said)
            await asyncio.sleep(0.02)
        self.delivery_seconds = time.monotonic() - started

    def _late_listeners(self) -> dict[str, int]:
        newest = {user: newest_versions(self.journal, user).items() for user in USERS}
        late = {
            listener.url: sum(
                1 for record, version in newest[listener.user] if not version or listener.shown.get(record) != version)
            for listener in self.listeners}
        return {url: count for url, count in late.items() if count}


@dataclass
class SteadyTotals:
    acked: int = 0
    refused: int = 0
    #: from the end of each disturbance until every writer had an ack again
    resumed: list[float] = field(default_factory=list)

    def line(self, name: str, seed: int, journal: Journal) -> str:
        slowest = f"{max(self.resumed):.1f} s" if self.resumed else "no time"
        return (
            f"{name}: seed {seed}, acked {self.acked}, {self.refused} uploads got a retryable error, resumed within "
            f"{slowest}; lost {journal.count('lost')}, vanished {journal.count('vanished')}, "
            f"reused {journal.count('reused')}, gaps {journal.count('hole')}, violations {len(journal.violations)}")


class SteadyRun:
    """One server under steady load while something happens to its database."""

    #: seconds after a disturbance within which every writer must have an ack again
    RESUMPTION = 10.0

    def __init__(self, launch: Launch, storage, seed: int) -> None:
        self.launch, self.storage, self.store, self.seed = launch, storage, storage.store, seed
        self.journal, self.totals, self.rng = Journal(), SteadyTotals(), Random(seed)

    def run(self, disturbances: Iterable[Callable[[SteadyLoad], Awaitable[None]]]) -> None:
        with self.launch(self.store, log=self.storage.log) as server:
            asyncio.run(self._live(server, disturbances))
        if not self.journal.violations:
            self.storage.check(self.journal)

    async def _live(self, server: Server, disturbances) -> None:
        load = SteadyLoad([server], self.journal, self.rng)
        async with load.running():
            await load.progress()
            for disturb in disturbances:
                if self.journal.violations:
                    break
                await disturb(load)
                self.totals.resumed.append(await load.progress(1, self.RESUMPTION))
        self.totals.acked, self.totals.refused = self.journal.acked_writes, load.refusals
