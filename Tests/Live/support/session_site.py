"""A Django site with users and sessions: the backend that `pulsed` asks."""

import os
import signal
import subprocess
import sys
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from support.process import LoggedProcess, free_port

SITE = Path(__file__).resolve().parents[1] / "session_site"
PASSWORD = "correct horse"
USERS = """
from django.contrib.auth.models import Group, User
red, blue = (Group.objects.create(name=name) for name in ("red", "blue"))
for name, groups in (("ann", [red]), ("bob", [red, blue]), ("eve", [blue])):
    User.objects.create_user(name, password=%r).groups.set(groups)
""" % PASSWORD


class SessionSite:
    """The site in `session_site/`. Users ann (1, team 1), bob (2, teams 1 and 2) and eve (3, team 2)."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.port = free_port()
        self.env = {"DJANGO_SETTINGS_MODULE": "settings", "SITE_DATABASE": str(directory / "site.db")}
        self._manage("migrate", "--run-syncdb", "--verbosity", "0")
        self._manage("shell", "--command", USERS)
        self.process: LoggedProcess | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/pulse/session/"

    def start(self) -> None:
        serve = [sys.executable, "-m", "uvicorn", "django.core.asgi:get_asgi_application", "--factory",
                 "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = LoggedProcess(serve, self.directory / "site.log", env=self.env, cwd=SITE)
        self.process.wait_for_log("Uvicorn running on", 30)

    def stop(self) -> None:
        self.process.stop()

    def freeze(self) -> None:
        """From here on it accepts connections, and says nothing."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def asked(self) -> int:
        """How often it was asked who somebody is."""
        return self.process.log().count('"GET /pulse/session/ ')

    def login(self, user: str, **options) -> str:
        """Logs a user in. The Cookie header of their session."""
        body = urlencode({"username": user, "password": PASSWORD, **options}).encode()
        with urlopen(Request(f"http://127.0.0.1:{self.port}/login/", data=body), timeout=10) as answer:
            cookie = SimpleCookie(answer.headers["Set-Cookie"])
        return f"sessionid={cookie['sessionid'].value}"

    def logout(self, cookie: str) -> None:
        request = Request(f"http://127.0.0.1:{self.port}/logout/", headers={"Cookie": cookie})
        urlopen(request, timeout=10).close()

    def _manage(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "django", *arguments]
        subprocess.run(command, cwd=SITE, check=True, env={**os.environ, **self.env}, stdout=subprocess.DEVNULL)

    def __enter__(self) -> "SessionSite":
        return self

    def __exit__(self, *_) -> None:
        self.thaw()
        self.stop()
