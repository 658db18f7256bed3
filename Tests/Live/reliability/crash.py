"""Rounds of load, crash, restart and check."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .check import Baseline, check_gapless, check_insert_only, check_snapshot
from .journal import Journal, Violation
from .killers import KillAtRandom
from .load import Listener, Uploader, Work
from .reader import read_all
from .servers import Launch, Server

USERS = ("ada", "bob", "cyd")
#: writer -> user; one user has two uploaders
WRITERS = {"w1": "ada", "w2": "ada", "w3": "bob", "w4": "cyd"}


class SameStore:
    """A crash of the process alone: the store stays as the kernel has it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.store: Path | str = directory / "store.db"
        self.log = directory / "store.db.log"
        self.env: dict[str, str] = {}

    def crashed(self, rng: Random) -> None:
        pass

    def check(self, journal: Journal) -> None:
        check_integrity(journal, self.store)


@dataclass
class Totals:
    rounds: int = 0
    stores: int = 0
    acked: int = 0
    #: sent, not acked, and yet found stored after the crash
    unknown_stored: int = 0
    #: sent, not acked, and not stored
    unknown_absent: int = 0
    versions: int = 0
    observations: int = 0
    violations: list[Violation] = field(default_factory=list)

    def count(self, *kinds: str) -> int:
        return sum(1 for violation in self.violations if violation.kind in kinds)

    def line(self, name: str, seed: int, seconds: float) -> str:
        others = self.count("refused", "renumbered", "disordered", "foreign", "leaked", "unordered", "failed")
        return (
            f"{name}: seed {seed}, {self.rounds} rounds on {self.stores} stores in {seconds:.0f} s; "
            f"acked {self.acked}, versions {self.versions}, observations {self.observations}, "
            f"in flight at the crash {self.unknown_stored} stored + {self.unknown_absent} not; "
            f"lost {self.count('lost')}, vanished {self.count('vanished')}, reused {self.count('reused')}, "
            f"gaps {self.count('hole')}, others {others}")


class CrashRun:
    """`rounds` crashes, `rounds_per_store` on each store. Ends early at the first violation, keeping its store."""

    def __init__(
        self, launch: Launch, directory: Path, seed: int, rounds: int, rounds_per_store: int = 20,
        storage=SameStore, killer=KillAtRandom, insert_only_every: int = 3,
    ) -> None:
        self.launch, self.directory, self.seed, self.rounds = launch, directory, seed, rounds
        self.rounds_per_store, self.storage, self.killer = rounds_per_store, storage, killer
        self.insert_only_every = insert_only_every
        self.totals = Totals()
        self.where = ""

    def run(self) -> Totals:
        started = time.monotonic()
        while self.totals.rounds < self.rounds and not self.totals.violations:
            number = self.totals.stores
            self.totals.stores += 1
            directory = self.directory / f"store-{number}"
            rounds = min(self.rounds_per_store, self.rounds - self.totals.rounds)
            self._store(directory, rounds, insert_only=number % self.insert_only_every == 1)
            if not self.totals.violations:
                shutil.rmtree(directory, ignore_errors=True)
        self.seconds = time.monotonic() - started
        return self.totals

    def _store(self, directory: Path, rounds: int, insert_only: bool) -> None:
        rng = random.Random(f"{self.seed}/{self.totals.stores}")
        storage, journal = self.storage(directory), Journal()
        for number in range(rounds + 1):
            self.where = f"store {directory.name}, before crash {number + 1} of {rounds}"
            with self._server(storage, journal) as server:
                if server is None:
                    break
                asyncio.run(self._check(server, journal, rng, insert_only, settle=number == rounds))
                if journal.violations:
                    break
                if number < rounds:
                    self.killer(rng).crash(
                        server, journal, lambda trigger: load(server, journal, rng, insert_only, trigger))
                    self.totals.rounds += 1
                else:
                    server.terminate()
            if number < rounds:
                storage.crashed(rng)
        if not journal.violations:
            storage.check(journal)
        self.totals.acked += journal.acked_writes
        self.totals.versions += len(journal.denoted)
        self.totals.observations += journal.observations
        self.totals.violations += journal.violations

    @contextmanager
    def _server(self, storage, journal: Journal):
        try:
            server = self.launch(storage.store, env=storage.env, log=storage.log)
        except RuntimeError as failure:
            journal.violation("failed", "start", f"the server did not start again: {failure}")
            yield None
            return
        try:
            yield server
        finally:
            server.stop()

    async def _check(self, server: Server, journal: Journal, rng: Random, insert_only: bool, settle: bool) -> None:
        pending = journal.pending()
        snapshots = await check_everything(server, journal, rng)
        if insert_only:
            check_insert_only(journal, snapshots)
        stored = sum(1 for record in pending if record.writes[-1].version is not None)
        self.totals.unknown_stored += stored
        self.totals.unknown_absent += len(pending) - stored
        if settle and pending and not journal.violations:
            await send_pending_again(server, journal, rng)
            await check_everything(server, journal, rng)


async def check_everything(server: Server, journal: Journal, rng: Random) -> list:
    """Full reads of all users, and what must hold of them."""
    baseline = Baseline.of(journal)
    reads = [read_all(server.url(user), journal, user, Random(rng.random())) for user in USERS]
    snapshots = await asyncio.gather(*reads)
    for user, snapshot in zip(USERS, snapshots):
        check_snapshot(journal, user, snapshot, baseline)
    check_gapless(journal)
    return snapshots


async def load(server: Server, journal: Journal, rng: Random, insert_only: bool, trigger) -> None:
    """Uploads from several connections until all of them have ended."""
    uploaders = [
        Uploader(server.url(user), Work(journal, writer, user, Random(rng.random()), insert_only), trigger.sent,
                 trigger.acked)
        for writer, user in WRITERS.items()
    ]
    listening = Listener(server.url("ada"), journal, "ada").run()
    await asyncio.gather(trigger.watch(), listening, *(uploader.run() for uploader in uploaders))


async def send_pending_again(server: Server, journal: Journal, rng: Random, timeout: float = 15) -> None:
    """Sends what is unacked again, with nothing new behind it."""
    idle = {
        writer: Uploader(server.url(user), Work(journal, writer, user, Random(rng.random()), True), repeats_only=True)
        for writer, user in WRITERS.items()
    }
    tasks = [asyncio.create_task(uploader.run()) for uploader in idle.values()]
    deadline = time.monotonic() + timeout
    while journal.pending() and not journal.violations and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for record in journal.pending():
        journal.violation("refused", record.sync_id, f"{record.sync_id} was sent again and not acked in {timeout} s")


def check_integrity(journal: Journal, path: Path) -> None:
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        said = [row[0] for row in database.execute("PRAGMA integrity_check")]
    except sqlite3.Error as error:
        said = [str(error)]
    finally:
        database.close()
    if said != ["ok"]:
        journal.violation("failed", "integrity", f"SQLite finds the store damaged: {said[:5]}")
