"""A Redis of the tests' own."""

import tempfile
from pathlib import Path

from support.process import LoggedProcess, free_port


class Redis(LoggedProcess):
    """A running `redis-server` on the loopback interface that keeps nothing on disk."""

    def __init__(self, directory: Path | None = None, port: int = 0, timeout: float = 10):
        self.port = port or free_port()
        directory = Path(directory or tempfile.mkdtemp(prefix="redis-"))
        command = ["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        super().__init__(
            [str(part) for part in [*command, "--dir", directory]],
            log=directory / "redis.log",
        )
        self.wait_for_log("Ready to accept connections", timeout)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"
