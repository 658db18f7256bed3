"""A server process whose output goes to a log file and whose readiness is read from that log."""

import itertools
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path


class StartFailure(RuntimeError):
    """The process ended, or did not say that it is ready in time; the message holds the end of its log."""


#: Below the ports that the system gives to connections, and to listeners that name none; so none of these gets one of
#: ours while nobody listens on it. Each process of a run of the tests has a thousand of its own.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
_PORTS = range(12_000 + 1_000 * (_WORKER % 20), 13_000 + 1_000 * (_WORKER % 20))
_turns = itertools.count(os.getpid())


def free_port() -> int:
    """A TCP port of the loopback interface that nothing listens on, and that nothing else in this run is given soon."""
    for _ in _PORTS:
        port = _PORTS[next(_turns) % len(_PORTS)]
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise StartFailure(f"of the ports {_PORTS} none is free")


class LoggedProcess:
    """Starts a command and waits for a line of its log. The log is appended to, so that it tells of every restart."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str] | None = None, cwd: Path | None = None):
        self.log_path = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log_start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def log(self) -> str:
        """What this run of the process has printed so far."""
        with self.log_path.open("rb") as file:
            file.seek(self._log_start)
            return file.read().decode(errors="replace")

    def wait_for_log(self, pattern: str, timeout: float) -> re.Match:
        """The first match of `pattern` in the log.

        Raises StartFailure when the process ends first, or after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            ended = self.process.poll()
            if match := re.search(pattern, self.log()):
                return match
            if ended is not None:
                raise StartFailure(self._failure(f"ended with {ended}", pattern))
            if time.monotonic() > deadline:
                self.stop()
                raise StartFailure(self._failure(f"still silent after {timeout} s", pattern))
            time.sleep(0.02)

    def _failure(self, what: str, pattern: str) -> str:
        tail = "\n".join(self.log().splitlines()[-30:]) or "(nothing)"
        command = " ".join(map(str, self.process.args))
        return f"{command}\n{what}, waiting for {pattern!r}\nend of {self.log_path}:\n{tail}"

    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill9(self) -> None:
        """SIGKILL, and wait until the process is gone."""
        self._signal(signal.SIGKILL)
        self.process.wait()

    def terminate(self, timeout: float = 10) -> int:
        """SIGTERM; returns the exit code. Raises TimeoutExpired when the process does not end in time."""
        self._signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def _signal(self, number: int) -> None:
        if self.is_running():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                pass  # It ended between the look and the signal.

    def stop(self) -> None:
        """Ends the process, gently if it lets us. Harmless when it has ended."""
        try:
            self.terminate(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill9()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
