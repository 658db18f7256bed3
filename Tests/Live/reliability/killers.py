"""When, and how, a server under load comes to its end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from random import Random
from typing import Awaitable, BinaryIO, Callable

from .journal import Journal
from .servers import Server

#: Puts a server under load until the connections end; tells the trigger of every upload and ack.
Load = Callable[["Trigger | UntilDead"], Awaitable[None]]


class Trigger:
    """Told of every upload and ack; fires once, on a count or on time."""

    def __init__(
        self, fire: Callable[[], None], sent: int | None, acked: int | None, seconds: float, delay: float
    ) -> None:
        self.fire, self.seconds, self.delay = fire, seconds, delay
        self.sends_left, self.acks_left = sent, acked
        self.reached = asyncio.Event()

    def sent(self, items: int) -> None:
        if self.sends_left is not None:
            self.sends_left -= items
            if self.sends_left <= 0:
                self._reach()

    def acked(self, items: int) -> None:
        if self.acks_left is not None:
            self.acks_left -= items
            if self.acks_left <= 0:
                self._reach()

    def _reach(self) -> None:
        if not self.reached.is_set():
            self.reached.set()
            if self.delay == 0:
                self.fire()

    async def watch(self) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                await self.reached.wait()
            await asyncio.sleep(self.delay)
        except TimeoutError:
            pass
        self.fire()


class KillAtRandom:
    """SIGKILL right after some upload was sent, right after some ack came, or a little later."""

    def __init__(self, rng: Random, most: int = 400) -> None:
        self.rng, self.most = rng, most

    def crash(self, server: Server, journal: Journal, load: Load) -> None:
        rng = self.rng
        after = rng.randint(1, self.most * 8 if rng.random() < 0.05 else self.most)
        on_ack = rng.random() < 0.5
        delay = 0 if rng.random() < 0.3 else rng.random() * 0.006

        async def run() -> None:
            await load(Trigger(server.kill9, None if on_ack else after, after if on_ack else None, 3, delay))

        asyncio.run(run())
        server.kill9()


class KillInsideSync:
    """SIGKILL inside the Nth sync of a file that some thread makes, by strace. The load goes on until it hits."""

    #: seconds that the load may take to reach it
    PATIENCE = 20.0

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def crash(self, server: Server, journal: Journal, load: Load) -> None:
        inject = f"inject=fdatasync,fsync:signal=KILL:when={self.rng.randint(1, 6)}"
        with tempfile.TemporaryFile("w+b") as report:
            tracer = subprocess.Popen(
                ["strace", "-f", "-p", str(server.pid), "-e", "trace=fdatasync,fsync", "-e", inject],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=report)
            try:
                _wait_for(lambda: b"attached" in _content(report), 5, "strace to attach")
                trigger = UntilDead(server, self.PATIENCE)
                asyncio.run(load(trigger))
                if trigger.gave_up:
                    journal.violation("failed", "strace", f"no sync in {self.PATIENCE} s under load: {inject}")
            finally:
                server.kill9()
                tracer.wait(10)


class UntilDead:
    """The trigger of a load whose server dies by another hand."""

    def __init__(self, server: Server, patience: float) -> None:
        self.server, self.patience, self.gave_up = server, patience, False

    def sent(self, items: int) -> None:
        pass

    acked = sent

    async def watch(self) -> None:
        deadline = time.monotonic() + self.patience
        while self.server.is_running():
            if time.monotonic() > deadline:
                self.gave_up = True
                self.server.kill9()
            await asyncio.sleep(0.01)


def strace_attaches() -> bool:
    """Whether a process of ours may be traced here."""
    sleeper = subprocess.Popen(["sleep", "5"])
    try:
        with tempfile.TemporaryFile("w+b") as report:
            tracer = subprocess.Popen(["strace", "-p", str(sleeper.pid)], stderr=report)
            try:
                _wait_for(lambda: b"attached" in _content(report), 3, "strace to attach")
                return True
            finally:
                sleeper.kill()
                tracer.wait(10)
    except (OSError, TimeoutError):
        return False
    finally:
        sleeper.kill()
        sleeper.wait()


def _content(file: BinaryIO) -> bytes:
    return os.pread(file.fileno(), 1 << 16, 0)


def _wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.01)
