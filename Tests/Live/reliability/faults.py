"""A storage fault that comes and goes while clients upload and read.

What is demanded: while the fault lasts every upload is answered, by an ack that holds or by a retryable error; reads go
on; and when it is over the same connections write again, and everything that was ever acked is there.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Callable

from .check import Baseline, check_snapshot
from .crash import USERS, check_everything, check_integrity
from .journal import Journal, Record
from .load import Work
from .reader import read_expecting
from .servers import Launch, Server
from .wire import GONE, ClientConnection, dial, observe, settle, upload


@dataclass
class FaultTotals:
    acked: int = 0
    acked_under_fault: int = 0
    refused_under_fault: int = 0
    seconds_to_resume: float = -1

    def line(self, name: str, seed: int, journal: Journal) -> str:
        return (
            f"{name}: seed {seed}, acked {self.acked} ({self.acked_under_fault} under the fault, where "
            f"{self.refused_under_fault} uploads got a retryable error), resumed after {self.seconds_to_resume:.1f} s; "
            f"lost {journal.count('lost')}, vanished {journal.count('vanished')}, reused {journal.count('reused')}, "
            f"gaps {journal.count('hole')}, violations {len(journal.violations)}")


class Client:
    """One writer that waits for the answer to each upload."""

    #: seconds after which an unanswered upload counts as not answered at all
    PATIENCE = 8.0

    def __init__(
        self, journal: Journal, user: str, rng: Random, writer: str | None = None, insert_only: bool = False
    ) -> None:
        self.journal, self.user = journal, user
        self.work = Work(journal, writer or f"writer-{user}", user, rng, insert_only)
        self.socket: ClientConnection | None = None

    async def open(self, url: str) -> None:
        self.socket = await dial(url)

    async def attempt(self) -> str:
        """Uploads what is pending, or else something new. Returns "acked" or "refused"; anything else is a violation,
        and is returned as "broken"."""
        records = self.journal.pending(self.work.writer) or self.work.next(self.work.rng.choice((1, 1, 5, 20, 50)))
        single = len(records) == 1 and self.work.rng.random() < 0.7
        try:
            await self.socket.send(upload(records[0].model, [record.payload() for record in records], single))
            async with asyncio.timeout(self.PATIENCE):
                return await self._answer(records)
        except TimeoutError:
            said = f"an upload of {self.user} was not answered in {self.PATIENCE} s"
            self.journal.violation("failed", "silent", said)
        except GONE as gone:
            self.journal.violation("failed", "closed", f"the connection of {self.user} did not survive: {gone!r}")
        return "broken"

    async def _answer(self, records: list[Record]) -> str:
        while True:
            frame = json.loads(await self.socket.recv())
            kind = frame.get("type")
            if kind == "SYNC_UPDATE":
                observe(self.journal, self.user, frame)
            elif kind in ("BATCH_ACK", "SYNC_ACK_INDIVIDUAL"):
                answered = settle(self.journal, frame)
                if sorted(answered) != sorted(record.sync_id for record in records):
                    self.journal.violation("failed", "partial", f"an ack does not answer its upload: {frame}")
                return "acked"
            else:
                self._check_error(frame, records[0].model)
                return "refused"

    def _check_error(self, frame: dict, model: str) -> None:
        shape = {"type": "SYNC_ERROR", "retryable": True, "table": model}
        fits = all(frame.get(key) == value for key, value in shape.items())
        if not fits or type(frame.get("code")) is not int or not isinstance(frame.get("message"), str):
            self.journal.violation("failed", "error frame", f"not a retryable SYNC_ERROR for {model}: {frame}")

    async def drain(self) -> None:
        """Takes what has been pushed meanwhile."""
        try:
            async with asyncio.timeout(0.05):
                while True:
                    frame = json.loads(await self.socket.recv())
                    if frame.get("type") == "SYNC_UPDATE":
                        observe(self.journal, self.user, frame)
        except (TimeoutError, *GONE):
            pass


class FaultRun:
    #: how long at most uploads go on under the fault
    FAULT_SECONDS = 10.0

    def __init__(self, launch: Launch, store: Path, seed: int, env: dict[str, str] = {}, wrap: list[str] = []) -> None:
        self.launch, self.store, self.seed, self.env, self.wrap = launch, store, seed, env, wrap
        self.journal, self.totals, self.rng = Journal(), FaultTotals(), random.Random(seed)

    def run(self, begin: Callable[[Server], None], end: Callable[[Server], None], crash_within: bool = False) -> None:
        """Healthy, under the fault, healthy again, restarted. With `crash_within` the server is killed under it."""
        server = self.launch(self.store, env=self.env, wrap=self.wrap)
        try:
            asyncio.run(self._live(server, lambda: begin(server), lambda: end(server), crash_within))
        finally:
            server.kill9()
            end(server)
        if not self.journal.violations:
            server = self.launch(self.store, env=self.env, wrap=self.wrap)
            try:
                asyncio.run(self._after(server))
                server.terminate()
                check_integrity(self.journal, self.store)
            finally:
                server.stop()
        self.totals.acked = self.journal.acked_writes

    async def _live(self, server: Server, begin, end, crash_within: bool) -> None:
        clients = [Client(self.journal, user, Random(self.rng.random())) for user in USERS]
        for client in clients:
            await client.open(server.url(client.user))
        for _ in range(10):
            await self._turn(clients, "acked")
        begin()
        await self._under_fault(server, clients)
        if crash_within or self.journal.violations:
            return
        end()
        await self._resume(clients)
        if self.journal.violations:
            return
        for _ in range(10):
            await self._turn(clients, "acked")
        await check_everything(server, self.journal, self.rng)

    async def _turn(self, clients: list[Client], demanded: str | None = None) -> list[str]:
        """One upload of each client, at the same time."""
        if self.journal.violations:
            return []
        results = await asyncio.gather(*(client.attempt() for client in clients))
        await asyncio.gather(*(client.drain() for client in clients))
        if demanded and set(results) != {demanded}:
            self.journal.violation("failed", "healthy", f"uploads to a healthy store were {results}")
        return results

    async def _under_fault(self, server: Server, clients: list[Client]) -> None:
        deadline = time.monotonic() + self.FAULT_SECONDS
        while self.totals.refused_under_fault < 12 and time.monotonic() < deadline and not self.journal.violations:
            results = await self._turn(clients)
            self.totals.refused_under_fault += results.count("refused")
            self.totals.acked_under_fault += results.count("acked")
        for user in USERS:
            baseline = Baseline.of(self.journal)
            try:
                snapshot = await read_expecting(server.url(user), self.journal, user)
                check_snapshot(self.journal, user, snapshot, baseline)
            except GONE as gone:
                self.journal.violation("failed", "read", f"no read under the fault: {gone!r}")
        if not self.totals.refused_under_fault and not self.journal.violations:
            self.journal.violation("failed", "no fault", f"{self.FAULT_SECONDS} s of uploads met no fault")

    async def _resume(self, clients: list[Client]) -> None:
        started = time.monotonic()
        while True:
            results = await self._turn(clients)
            if set(results) == {"acked"}:
                break
            if self.journal.violations:
                return
            if time.monotonic() - started > 10:
                self.journal.violation("failed", "stuck", f"10 s after the fault uploads are still {results}")
                return
            await asyncio.sleep(0.1)
        self.totals.seconds_to_resume = time.monotonic() - started

    async def _after(self, server: Server) -> None:
        clients = [Client(self.journal, user, Random(self.rng.random())) for user in USERS]
        await check_everything(server, self.journal, self.rng)
        for client in clients:
            await client.open(server.url(client.user))
        for _ in range(5):
            await self._turn(clients, "acked")
        await check_everything(server, self.journal, self.rng)
        # A client that is still there would hold up the orderly end that follows.
        await asyncio.gather(*(client.socket.close() for client in clients))
