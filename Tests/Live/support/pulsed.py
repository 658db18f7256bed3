"""The server under test."""

import json
import os
import re
import subprocess
import time
from collections import Counter
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from support.process import LoggedProcess, StartFailure

REPOSITORY = Path(__file__).resolve().parents[3]
METRICS = ["--metrics-address", "127.0.0.1:0"]
METRICS_AT = r"metrics on (http://\S+)"
LISTENING = r"listening on wss?://127\.0\.0\.1:(\d+)/ws/pulse/sync/"


def binary(program: str = "pulsed") -> Path:
    """The `pulsed` to test: `$PULSED`, or the release build of this repository; or another program beside it."""
    pulsed = Path(os.environ.get("PULSED") or REPOSITORY / ".build/release/pulsed")
    return pulsed if program == "pulsed" else pulsed.with_name(program)


def serve(store: Path | str, port: int = 0, program: str = "pulsed", auth: str = "insecure") -> list[str]:
    """The command that serves a store: a SQLite file, or the URI of a MongoDB database."""
    url = f"sqlite:{store}" if isinstance(store, Path) else store
    return [str(binary(program).resolve()), "serve", "--host", "127.0.0.1", "--port", str(port), "--store", url,
            "--auth", auth]


class Pulsed(LoggedProcess):
    """A running `pulsed serve` on a SQLite file, or on the URI of a MongoDB database; then `log` says where it logs to.

    `wrap` is a command to run it under (strace, prlimit, …); `pid` is that of `pulsed` itself all the same. `program` is
    another executable that serves, `auth` how clients prove who they are."""

    def __init__(
        self,
        store: Path | str,
        *args: str,
        log: Path | None = None,
        wrap: list[str] = [],
        env: dict[str, str] = {},
        port: int = 0,
        timeout: float = 15,
        program: str = "pulsed",
        auth: str = "insecure",
    ):
        self.store = store
        executable = binary(program).resolve()
        if not executable.exists():
            raise StartFailure(f"no server at {executable}: run `swift build -c release`, or set PULSED")
        self._served_by = executable
        self._pid: int | None = None
        super().__init__(
            [*wrap, *serve(store, port, program, auth), *map(str, args)],
            log=log or store.with_name(store.name + ".log"),
            env=env,
        )
        try:
            self.port = int(self.wait_for_log(LISTENING, timeout)[1])
            self._pid = self._find(executable) if wrap else self.process.pid
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    @property
    def pid(self) -> int:
        return self._pid or self.process.pid

    def url(self, token: str | int) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/pulse/sync/?token={token}"

    def act(self, action: dict) -> None:
        """Does something on the server's side, as an application would: `Examples/ServerWrites`, on the same store."""
        server_writes = binary("ServerWrites")
        arguments = [action["action"], action["table"]]
        if action["action"] == "create":
            fields = dict(action["fields"])
            arguments += [str(fields.pop("user_id")), json.dumps(fields)]
        arguments.append(action["sync_id"])
        subprocess.run([server_writes, self.store, *arguments], check=True, timeout=20, stdout=subprocess.DEVNULL)

    def readiness(self) -> tuple[int, dict[str, str]]:
        """What it says of itself, with its status."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def exposition(self) -> str:
        """Its metrics as Prometheus reads them; it must have been started with `METRICS`."""
        with urlopen(self.wait_for_log(METRICS_AT, 5)[1], timeout=5) as answer:
            return answer.read().decode()

    def metrics(self) -> dict[str, float]:
        """Each series, `name{label="value"}`, with its value."""
        lines = [line.rsplit(" ", 1) for line in self.exposition().splitlines() if not line.startswith("#")]
        return {series: float(value) for series, value in lines}

    def wait_until(self, status: str, timeout: float = 10) -> None:
        """Waits until it calls itself ready, degraded, stopping or unavailable."""
        deadline = time.monotonic() + timeout
        while True:
            found = self.readiness()[1]["status"]
            if found == status:
                return
            assert time.monotonic() < deadline, f"{found}, not {status}, for {timeout} s"
            time.sleep(0.02)

    def following(self) -> Counter[str]:
        """What it counted of how it followed the log; it says so when it is stopped."""
        said = next((line for line in reversed(self.log().splitlines()) if "following the log" in line), "")
        return Counter({name: int(count) for name, count in re.findall(r" ([\w-]+)=(\d+)(?= )", said)})

    def stop(self) -> None:
        super().stop()
        if self._pid and self._pid != self.process.pid and _executable(self._pid) == str(self._served_by):
            os.kill(self._pid, 9)  # A wrapper that died alone left it behind.

    def _find(self, executable: Path) -> int:
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            for pid in _tree(self.process.pid):
                if _executable(pid) == str(executable):
                    return pid
            time.sleep(0.02)
        raise StartFailure(f"no process below {self.process.args} runs {executable}")


def _tree(root: int) -> list[int]:
    """`root` and the processes below it."""
    found = [root]
    for pid in found:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    return found


def _executable(pid: int) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")
    except OSError:
        return None
