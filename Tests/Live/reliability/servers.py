"""Starting a server on a store, with what a fault needs around it: the real one, or the mock with its defects."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

from support.process import LoggedProcess

MOCK = Path(__file__).with_name("mock_server.py")


class Server(Protocol):
    port: int

    @property
    def pid(self) -> int: ...
    def url(self, token: str) -> str: ...
    def is_running(self) -> bool: ...
    def kill9(self) -> None: ...
    def terminate(self, timeout: float = 10) -> int: ...
    def stop(self) -> None: ...
    def log(self) -> str: ...


class Launch(Protocol):
    def __call__(
        self, store: Path | str, wrap: list[str] = [], env: dict[str, str] = {}, log: Path | None = None
    ) -> Server: ...


class MockPulsed(LoggedProcess):
    """The mock, started and stopped like the server under test."""

    def __init__(
        self, store: Path, *defects: str, wrap: list[str] = [], env: dict[str, str] = {}, log: Path | None = None
    ) -> None:
        orders = [word for defect in defects for word in ("--defect", defect)]
        super().__init__(
            [*wrap, sys.executable, str(MOCK), "--store", f"sqlite:{store}", *orders],
            log=log or store.with_name(store.name + ".log"), env=env)
        self.port = int(self.wait_for_log(r"listening on ws://127\.0\.0\.1:(\d+)/", 15)[1])

    def url(self, token: str) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/pulse/sync/?token={token}"


def mock(*defects: str) -> Launch:
    return lambda store, wrap=[], env={}, log=None: MockPulsed(store, *defects, wrap=wrap, env=env, log=log)


def real(
    store: Path | str, wrap: list[str] = [], env: dict[str, str] = {}, log: Path | None = None
) -> Server:
    from harness import Pulsed

    return Pulsed(store, wrap=wrap, env=env, log=log)
