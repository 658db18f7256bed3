"""The least that the work can cost on this machine."""

import json
import subprocess
from pathlib import Path

from support.process import LoggedProcess
from support.pulsed import binary

SOURCE = Path(__file__).resolve().parents[1] / "floors/sqlite.c"


class SQLiteFloor:
    """`floors/sqlite.c`, built into `directory`; each run on a fresh file there."""

    def __init__(self, directory: Path):
        self._directory, self._runs = directory, 0
        self._program = directory / "sqlite-floor"
        subprocess.run(["cc", "-O2", "-o", self._program, SOURCE, "-lsqlite3"], check=True)

    def commits(self, seconds: float, group: int) -> dict:
        """Durable commits of `group` records each."""
        return self._run("commits", str(seconds), str(group))

    def trip(self, seconds: float) -> dict:
        """A message there, a durable commit of one record, an answer back."""
        return self._run("trip", str(seconds))

    def _run(self, work: str, *arguments: str) -> dict:
        self._runs += 1
        file = self._directory / f"floor-{self._runs}.db"
        done = subprocess.run(
            [self._program, work, file, *arguments], check=True, capture_output=True, text=True, timeout=600)
        for part in self._directory.glob(f"{file.name}*"):
            part.unlink()
        return json.loads(done.stdout)


class Broadcaster(LoggedProcess):
    """`pulsed bench broadcaster`: NIO, one event loop, one prepared frame for all."""

    def __init__(self, directory: Path):
        super().__init__([str(binary().resolve()), "bench", "broadcaster"], log=directory / "broadcaster.log")
        self.url = self.wait_for_log(r"listening on (\S+)", 10)[1]
