"""The MongoDB-wire server that stands in for a replica set."""

import os
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from support.process import LoggedProcess, free_port

#: A command that nobody but `fired` sends.
PROBE = "hostInfo"
#: secantusd-py has no flag for how long a transaction may live whose client is gone.
LAUNCHER = Path(__file__).with_name("secantus_launcher.py")


class Secantus(LoggedProcess):
    """A single-node replica set on files in `directory`: every commit is on the disk before it is confirmed.

    `transaction_lifetime` is mongod's `transactionLifetimeLimitSeconds`, which is 1 at least there."""

    def __init__(self, directory: Path, *flags: str, port: int | None = None, transaction_lifetime: float = 60):
        self.directory, self.port = Path(directory), port or free_port()
        self.lifetime = transaction_lifetime
        self.start(*flags)

    def start(self, *flags: str) -> None:
        """Starts it, or starts it again on the same files and port."""
        super().__init__(
            [sys.executable, "-P", str(LAUNCHER), "--host", "127.0.0.1", "--port", str(self.port),
             "--storage-path", str(self.directory / "data"), "--enable-test-commands", "--sync-on-commit",
             "--cache-size", "256M", *flags],
            log=self.directory / "secantus.log",
            env={"TRANSACTION_LIFETIME": str(self.lifetime)})
        self.wait_for_log("secantus listening on", 20)

    def uri(self, database: str, credentials: str = "") -> str:
        """What `--store` takes; `credentials` are `user:password`."""
        at = f"{credentials}@" if credentials else ""
        return f"mongodb://{at}127.0.0.1:{self.port}/{database}?replicaSet=secantus"

    def client(self, credentials: str = "") -> MongoClient:
        """For the test's own looks. It answers at once or not at all, and keeps UUIDs and dates as they are stored."""
        return MongoClient(
            self.uri("admin", credentials), uuidRepresentation="standard", tz_aware=True, retryReads=False,
            retryWrites=False, serverSelectionTimeoutMS=10_000)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It takes connections, as the kernel does that, and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)


class FailPoint:
    """Makes the next `times` of some commands fail, in all connections; `what` is as mongod's `failCommand` has it:

    `closeConnection=True`, `blockConnection=True` with `blockTimeMS`, `errorCode` with `errorLabels`, or
    `writeConcernError`. One at a time. No code that means "not the primary": no election follows here, and until one
    does a driver may wait for ten seconds."""

    def __init__(self, server: Secantus, commands: list[str], times: int, **what):
        self.server, self.times, self.what = server, times, what
        self._configure({"times": times}, {"failCommands": [*commands, PROBE], **what})

    def fired(self) -> int:
        """Switches it off; says how often it had fired.

        The server does not count, so what is left of it is used up here, by a command of its own."""
        left = 0
        while left < self.times and self._fails():
            left += 1
        self._configure("off", {})
        return self.times - left

    def _configure(self, mode, data: dict) -> None:
        with self.server.client() as client:
            client.admin.command({"configureFailPoint": "failCommand", "mode": mode, "data": data})

    def _fails(self) -> bool:
        try:
            with self.server.client() as client:
                client.admin.command("ping")  # Connecting is no part of what is measured.
                started = time.monotonic()
                reply = client.admin.command(PROBE)
        except PyMongoError:
            return True
        return "writeConcernError" in reply or time.monotonic() - started > self.what.get("blockTimeMS", 1e6) / 2e3
