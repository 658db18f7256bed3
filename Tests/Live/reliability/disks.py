"""Disks that fill up: a small tmpfs, and a limit on the size of a file."""

from __future__ import annotations

import resource
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from .servers import Server


class SmallDisk:
    """A file system of a few megabytes that a filler file fills up."""

    def __init__(self, path: Path) -> None:
        self.path, self.filler = path, path / "filler"

    def fill(self, leave: int = 0) -> None:
        """Leaves about `leave` bytes."""
        with self.filler.open("wb", buffering=0) as file:
            try:
                while True:
                    if file.write(bytes(4096)) < 4096:
                        break
            except OSError:
                pass
            file.truncate(max(0, file.tell() - leave))

    def free(self) -> None:
        self.filler.unlink(missing_ok=True)


@contextmanager
def small_disk(path: Path, megabytes: int = 24) -> Iterator[SmallDisk | None]:
    """A tmpfs at `path`, or None where mounting is not permitted."""
    path.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)], stderr=subprocess.DEVNULL)
    if mount.returncode:
        yield None
        return
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


#: Runs a server so that a write beyond the size limit is an error, not a deadly signal.
IGNORING_SIZE_SIGNAL = ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh"]


def limit_file_size(server: Server, store: Path) -> None:
    """From now on no file of the server grows beyond the largest of the store."""
    largest = max(file.stat().st_size for file in store.parent.glob(f"{store.name}*"))
    hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest, hard))


def lift_file_size(server: Server) -> None:
    if server.is_running():
        hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (hard, hard))
