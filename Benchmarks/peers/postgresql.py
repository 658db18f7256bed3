"""A PostgreSQL of Debian's, for django-pulse; durable as it comes."""

import os
import shutil
import subprocess
from glob import glob
from pathlib import Path
from tempfile import TemporaryDirectory

from support.process import LoggedProcess, free_port


class PostgreSQL(LoggedProcess):
    """A fresh cluster, which takes whoever connects from this machine."""

    @staticmethod
    def programs() -> Path | None:
        """Where the newest version's programs are."""
        found = sorted(glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
        return Path(found[-1]).parent if found else None

    def __init__(self):
        self.port = free_port()
        programs = self.programs()
        # Its own, as it may not belong to whoever runs this: it refuses to be run by root.
        self._place = TemporaryDirectory(prefix="pulse-postgresql-")
        directory = Path(self._place.name)
        become = []
        if os.geteuid() == 0:
            become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
            shutil.chown(directory, "postgres", "postgres")
        data = directory / "data"
        initialise = [programs / "initdb", "-D", data, "-U", "pulse", "--auth", "trust", "-E", "UTF8"]
        subprocess.run([*become, *map(str, initialise)], check=True, capture_output=True, cwd="/")
        serve = [programs / "postgres", "-D", data, "-p", self.port, "-k", directory, "-h", "127.0.0.1"]
        super().__init__([*become, *map(str, serve)], log=directory / "postgresql.log", cwd=Path("/"))
        self.wait_for_log("ready to accept connections", 20)

    def stop(self) -> None:
        super().stop()
        self._place.cleanup()

    @property
    def url(self) -> str:
        return f"postgresql://pulse@127.0.0.1:{self.port}/postgres"
