"""Load on a cluster, faults one by one and then together, and how long it takes until all is well again."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import AsyncIterator

from reliability.journal import Journal

from . import faults
from .cluster import Cluster, MongoLog, SQLiteLog
from .device import Device
from .faults import Fault, Scene
from .judge import Judge

USERS = 40


class Fleet:
    """Devices of some users at the workers of a cluster."""

    def __init__(self, cluster: Cluster, judge: Judge, rng: Random, size: int) -> None:
        self.judge = judge
        users = [f"user-{number}" for number in range(min(USERS, size // 2))]
        self.devices = [
            Device(number, users[number % len(users)], cluster.workers, judge, Random(rng.random()),
                   flaps=number % 4 == 3, reads_only=number % 5 == 4)
            for number in range(size)]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(device.live()) for device in self.devices]
        try:
            await self._until(lambda: all(device.visits for device in self.devices), 30)
            yield
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        # None ends but by being cancelled: what else ended one is a defect of the test.
        for failure in (end for end in ends if isinstance(end, Exception)):
            raise failure

    async def healed(self, patience: float) -> list[float]:
        """Waits until every device has everything that is acked by now; the seconds it took, for each device.

        They count from now, or from its connecting where that comes later."""
        start = time.monotonic()
        waiting = {device: list(self.judge.holders[device.number].lacks.items()) for device in self.devices}
        times: list[float] = []
        while waiting and not self.judge.journal.violations:
            now = time.monotonic()
            for device, owed in list(waiting.items()):
                has = self.judge.holders[device.number].has
                while owed and has.get(owed[-1][0], -1) >= owed[-1][1]:
                    owed.pop()
                if not owed and device.connected_at:
                    times.append(max(0, now - max(start, device.connected_at)))
                    del waiting[device]
            if waiting and now > start + patience:
                self.judge.journal.violation(
                    "undelivered", start, f"{len(waiting)} devices lack something {patience} s after a fault")
            await asyncio.sleep(0.005)
        return times

    def set_resting(self, is_resting: bool) -> None:
        """Whether nothing new is uploaded, and connections last."""
        for device in self.devices:
            device.is_resting = is_resting

    async def rest(self, patience: float) -> None:
        """Ends the load and waits until everything is acked and everywhere."""
        self.set_resting(True)
        await self._until(
            lambda: all(device.connected_at and not device.pending for device in self.devices)
            and not any(holder.lacks for holder in self.judge.holders.values()), patience)

    async def _until(self, condition, patience: float) -> None:
        deadline = time.monotonic() + patience
        while not condition() and not self.judge.journal.violations:
            if time.monotonic() > deadline:
                lacking = sum(bool(holder.lacks) for holder in self.judge.holders.values())
                away = sum(not device.connected_at for device in self.devices)
                self.judge.journal.violation(
                    "undelivered", "end", f"after {patience} s, {lacking} devices lack something, {away} are away")
            await asyncio.sleep(0.02)


@dataclass
class TortureTotals:
    acked: int = 0
    refused: int = 0
    conflicts: int = 0
    visits: int = 0
    seconds: float = 0
    #: what the workers counted as they healed, since they were last started
    counts: Counter[str] = field(default_factory=Counter)
    #: fault -> how often it was tried, and how often it took place
    done: dict[str, int] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)
    #: fault, or all of them together -> the seconds that devices took to heal
    healing: dict[str, list[float]] = field(default_factory=dict)

    def line(self, name: str, seed: int, journal: Journal) -> str:
        lines = [
            f"{name}: seed {seed}, {self.seconds:.0f} s of load, acked {self.acked}, versions {len(journal.denoted)}, "
            f"observations {journal.observations}, connections {self.visits}, conflicts {self.conflicts}, "
            f"{self.refused} uploads got a retryable error; violations {len(journal.violations)}"]
        lines.append("  workers: " + ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items())))
        lines += [f"  {name} {self.fired[name]} of {self.done[name]} times" for name in self.done]
        lines += [
            f"  devices healed from {name} in p50 {quantile(times, 0.5):.3f} s, p99 {quantile(times, 0.99):.3f} s, "
            f"max {max(times):.3f} s" for name, times in self.healing.items() if times]
        return "\n".join(lines)


class TortureRun:
    #: seconds after a fault until everybody must have everything; what is promised is `HEALING`, for 99 of 100
    PATIENCE = 15.0
    HEALING = 3.0
    #: seconds that a fault among others may take to take place
    BRIEFLY = 5.0

    def __init__(
        self, log: SQLiteLog | MongoLog, cluster: Cluster, seed: int, clients: int, pause: float,
        recording: bool = False,
    ) -> None:
        self.log, self.cluster, self.seed, self.clients, self.pause = log, cluster, seed, clients, pause
        self.store, self.rng, self.judge = log.store, Random(seed), Judge(recording)
        self.journal, self.totals = self.judge.journal, TortureTotals()
        self.stored: dict[str, tuple[str, int]] = {}
        self.heals = 0

    def run(self, alone: list[Fault], seconds: float) -> None:
        """Does these faults one behind the other, each at least once, then all kinds at once; each part for so long."""
        asyncio.run(self._run(alone, seconds))

    async def _run(self, alone: list[Fault], seconds: float) -> None:
        async with self.cluster:
            fleet = Fleet(self.cluster, self.judge, self.rng, self.clients)
            self.scene = Scene(self.cluster, fleet.devices, self.rng, self.pause)
            started = time.monotonic()
            async with fleet.running():
                if alone:
                    await self._one_by_one(fleet, alone, seconds)
                await self._all_together(fleet, seconds)
                self.totals.seconds = time.monotonic() - started
                await fleet.rest(self.PATIENCE)
                self.stored = await asyncio.to_thread(self.log.stored)
                if not self.journal.violations:
                    self.judge.check(self.stored)
            self.totals.acked, self.totals.conflicts = self.journal.acked_writes, self.judge.conflicts
            self.totals.visits = sum(device.visits for device in fleet.devices)
            self.totals.refused = sum(device.refusals for device in fleet.devices)
        for worker in self.cluster.workers:
            self.totals.counts += worker.server.following()

    async def _one_by_one(self, fleet: Fleet, alone: list[Fault], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        rest: list[Fault] = []
        while time.monotonic() < deadline or rest or not self.totals.done:
            if self.journal.violations:
                return
            rest = rest or self.rng.sample(alone, len(alone))
            fault = rest.pop()
            await asyncio.sleep(self.rng.random())
            await self._do(fault)
            await self._heal(fleet, fault.__name__)

    async def _all_together(self, fleet: Fleet, seconds: float) -> None:
        """One fault of each kind at any moment, and now and then a moment of peace in which all must be well."""
        self.scene.patience = self.BRIEFLY
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.journal.violations:
            pause = min(deadline, time.monotonic() + 15)

            async def go_on(kind: list[Fault]) -> None:
                while time.monotonic() < pause and not self.journal.violations:
                    await self._do(self.rng.choice(kind))
                    await asyncio.sleep(self.rng.random() * 0.3)

            await asyncio.gather(*map(go_on, (faults.OF_REDIS, faults.OF_THE_WAY, faults.OF_WORKERS)))
            await self._heal(fleet, "all together")

    async def _do(self, fault: Fault) -> None:
        name = fault.__name__
        self.totals.done[name] = self.totals.done.get(name, 0) + 1
        self.totals.fired[name] = self.totals.fired.get(name, 0) + await fault(self.scene)

    async def _heal(self, fleet: Fleet, name: str) -> None:
        for worker in self.cluster.workers:
            worker.check()
        # The next commit shows what is missing before it. Every other time there is none, and only the head shows it.
        self.heals += 1
        fleet.set_resting(self.heals % 2 == 0)
        self.totals.healing.setdefault(name, []).extend(await fleet.healed(self.PATIENCE))
        fleet.set_resting(False)


def quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]
