"""Workers on one store, with a Redis between them and a balancer before them."""

import sqlite3
import time
from contextlib import ExitStack, closing
from pathlib import Path

from support.balancer import Balancer
from support.pulsed import METRICS, Pulsed
from support.redis import Redis


class Workers:
    """Two running workers; for a client they are one server."""

    def __init__(
        self, directory: Path, store: Path | str, *args: str, env: dict[str, str] = {}, auth: str = "insecure"
    ):
        with ExitStack() as stack:
            self.redis = stack.enter_context(Redis(directory))
            self.workers = [
                stack.enter_context(
                    Pulsed(store, "--redis", self.redis.url, *args, log=directory / f"worker-{number}.log", env=env,
                           auth=auth))
                for number in (1, 2)]
            for worker in self.workers:
                worker.wait_until("ready")
            self.balancer = stack.enter_context(Balancer(self.workers))
            self._running = stack.pop_all()

    def url(self, token: str | int) -> str:
        """At the worker whose turn it is."""
        return self.balancer.url(token)

    def act(self, action: dict) -> None:
        self.workers[0].act(action)

    def stop(self) -> None:
        self._running.close()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_) -> None:
        self.stop()


class LevelWorkers(Workers):
    """Two workers of which a client finds neither behind the other: one that is would push what the client calls old."""

    def __init__(self, directory: Path, store: Path):
        self._store = store
        super().__init__(directory, store, *METRICS)

    def url(self, token: str | int, timeout: float = 10) -> str:
        with closing(sqlite3.connect(f"file:{self._store}?mode=ro", uri=True)) as store:
            known = store.execute("SELECT coalesce(max(version), 0) FROM record").fetchone()[0]
        deadline = time.monotonic() + timeout
        for worker in self.workers:
            while (delivered := worker.metrics()["pulse_delivered_version"]) < known:
                assert time.monotonic() < deadline, f"a worker is at {delivered}, not {known}, for {timeout} s"
                time.sleep(0.01)
        return super().url(token)
