"""The reference server: real django-pulse on uvicorn, Redis and SQLite, or PostgreSQL."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from support.process import LoggedProcess, free_port
from support.redis import Redis

SITE = Path(__file__).resolve().parents[1] / "reference"


class DjangoPulse(LoggedProcess):
    """The site in `reference/`, one worker, on a fresh file in `directory`, or on the PostgreSQL at `database`.

    Any positive integer is a token; it is the id of the user."""

    def __init__(self, directory: Path, timeout: float = 30, database: str | None = None):
        directory = Path(directory)
        self.port = free_port()
        self.redis = Redis(directory)
        env = {
            "DJANGO_SETTINGS_MODULE": "site_settings",
            "REFERENCE_DATABASE": database or str(directory / "reference.db"),
            "REFERENCE_REDIS": self.redis.url,
        }
        try:
            # Apps without migrations come first, but PostgreSQL wants to see the tables that theirs refer to.
            for rest in [["auth"]] * (database is not None) + [["--run-syncdb"]]:
                migrate = [sys.executable, "-m", "django", "migrate", *rest, "--verbosity", "0"]
                subprocess.run(migrate, cwd=SITE, check=True, env={**os.environ, **env})
            serve = ["-m", "uvicorn", "site_asgi:application", "--host", "127.0.0.1", "--port", str(self.port)]
            super().__init__(
                [sys.executable, *serve, "--no-access-log"],
                log=directory / "reference.log",
                env=env,
                cwd=SITE,
            )
            self.wait_for_log("Application startup complete", timeout)
            self.wait_for_log("Uvicorn running on", timeout)
        except BaseException:
            self.redis.stop()
            raise

    def url(self, token: str | int) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/pulse/sync/?token={token}"

    def act(self, action: dict) -> dict:
        """Does something on the server's side (see `reference/control.py`); returns once it is done."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/control/",
            data=json.dumps(action).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def stop(self) -> None:
        super().stop()
        self.redis.stop()


