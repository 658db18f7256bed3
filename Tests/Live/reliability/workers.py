"""Several servers on one store: what their clients are shown, wherever they connect."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random

from . import steady
from .crash import USERS
from .journal import FIELDS, Journal
from .servers import Launch, Server
from .steady import SteadyLoad, newest_versions
from .wire import delta_request, dial, observe, upload


class Phone:
    """A device with a bad network: it connects to some server, asks for what it has not got, and is soon gone again.

    Its cursors are the largest versions that it was sent, counted as the protocol has it; what they pass over is never
    asked for again."""

    def __init__(self, journal: Journal, user: str) -> None:
        self.journal, self.user = journal, user
        self.cursors = dict.fromkeys(FIELDS, 0)
        self.has: dict[str, int] = {}
        #: Models whose updates move the cursor: pushes before that may have crossed the request.
        self.counting: set[str] = set()
        self.visits = 0

    async def visit(self, server: Server, seconds: float) -> None:
        self.visits += 1
        async with dial(server.url(self.user)) as socket:
            for model, cursor in self.cursors.items():
                await socket.send(delta_request(model, cursor))
            await socket.send(upload("task", []))
            self.counting = set()
            try:
                async with asyncio.timeout(seconds):
                    while True:
                        self._take(json.loads(await socket.recv()))
            except TimeoutError:
                pass

    def _take(self, frame: dict) -> None:
        if frame.get("type") == "BATCH_ACK":
            self.counting = set(FIELDS)
            return
        if frame.get("type") != "SYNC_UPDATE":
            return self.journal.violation("refused", str(frame), f"a delta was answered with {frame}")
        if not (seen := observe(self.journal, self.user, frame)):
            return
        sync_id, version, _ = seen
        model = frame["data"]["model"]
        self.has[sync_id] = max(version, self.has.get(sync_id, 0))
        if "sync_id" in frame["data"]["data"]:
            self.counting.add(model)
        if model not in self.counting:
            return
        if version <= self.cursors[model]:
            said = f"a device of {self.user} was sent {model} {version} after {self.cursors[model]}"
            self.journal.violation("unordered", (self.user, version), said)
        self.cursors[model] = version

    async def wander(self, servers: list[Server], rng: Random, ended: asyncio.Event) -> None:
        while not ended.is_set() and not self.journal.violations:
            await self.visit(rng.choice(servers), rng.random() * 0.2)

    async def arrive(self, server: Server) -> None:
        """Catches up from where it stands, once the load is over."""
        wanted = newest_versions(self.journal, self.user)
        deadline, seconds = time.monotonic() + steady.DELIVERY_PATIENCE, 0.3
        while skipped := [version for key, version in wanted.items() if version and self.has.get(key) != version]:
            if time.monotonic() < deadline:
                await self.visit(server, seconds)
                seconds *= 2  # On a machine that is busy a short one brings nothing.
                continue
            said = f"cursors of {self.user} passed over {len(skipped)} versions: {sorted(skipped)[:5]}…"
            return self.journal.violation("skipped", self.user, said)


@dataclass
class WorkersTotals:
    acked: int = 0
    refused: int = 0
    seconds: float = 0
    visits: int = 0
    #: from the last ack to the last listener
    delivery_seconds: float = 0

    def line(self, name: str, seed: int, journal: Journal) -> str:
        return (
            f"{name}: seed {seed}, acked {self.acked} in {self.seconds:.0f} s of load, "
            f"{self.refused} uploads got a retryable error, observations {journal.observations}, {self.visits} visits "
            f"of devices; the last listener had everything {self.delivery_seconds:.1f} s after the last ack; "
            f"lost {journal.count('lost')}, skipped {journal.count('skipped')}, reused {journal.count('reused')}, "
            f"gaps {journal.count('hole')}, violations {len(journal.violations)}")


class WorkersRun:
    """Load on all servers at once, for some seconds, and then what must hold."""

    def __init__(self, launch: Launch, storage, count: int, seed: int, insert_only: bool = False) -> None:
        self.launch, self.storage, self.count, self.seed = launch, storage, count, seed
        self.insert_only, self.store = insert_only, storage.store
        self.journal, self.totals, self.rng = Journal(), WorkersTotals(), random.Random(seed)
        self.logs: list[str] = []

    def run(self, seconds: float) -> None:
        with ExitStack() as stack:
            servers = [
                stack.enter_context(self.launch(self.store, log=self.storage.log.with_suffix(f".{number}.log")))
                for number in range(self.count)]
            asyncio.run(self._load(servers, seconds))
            self.logs = [server.log() for server in servers]
        if not self.journal.violations:
            self.storage.check(self.journal)

    async def _load(self, servers: list[Server], seconds: float) -> None:
        load = SteadyLoad(servers, self.journal, self.rng, insert_only=self.insert_only)
        phones = [Phone(self.journal, user) for user in USERS]
        ended = asyncio.Event()
        async with load.running():
            wandering = [
                asyncio.create_task(phone.wander(servers, Random(self.rng.random()), ended)) for phone in phones]
            started = time.monotonic()
            while time.monotonic() < started + seconds and not self.journal.violations:
                await asyncio.sleep(0.05)
            await load.progress(giving_way=True)
            self.totals.seconds = time.monotonic() - started
            ended.set()
            await asyncio.gather(*wandering)
        await asyncio.gather(*(phone.arrive(self.rng.choice(servers)) for phone in phones))
        self.totals.acked, self.totals.refused = self.journal.acked_writes, load.refusals
        self.totals.visits = sum(phone.visits for phone in phones)
        self.totals.delivery_seconds = load.delivery_seconds
