"""The two servers, and what a conversation needs to know of each."""

import time
from pathlib import Path
from urllib.request import urlopen

from offline_sync.servers import OfflineSync
from support.pulsed import Pulsed
from support.tokens import token

#: What this server is started with: the collections of the conversations, and tokens with a user and a business.
ARGUMENTS = ["--schema", Path(__file__).with_name("collections.yaml"), "--jwt-keys", "HS256:env:TEST_SECRET",
             "--jwt-groups", "business_id=business_id"]
#: More of it, so that each change of a push is judged on its own.
EACH = ["--sync-atomic", "off"]


class Side:
    """A server, or several, that conversations are played against; `name` is the mark of what it answers."""

    name: str

    def place(self, site: str) -> tuple[int, str]:
        """Port and prefix for conversations of a site."""
        raise NotImplementedError

    def token(self, secret: str | None, user: str, **claims: str) -> str:
        return token(user, secret=secret, **claims) if secret else token(user, **claims)

    def mark(self) -> int:
        """To be taken before a stream is opened, for `wait_until_live`."""
        return 0

    def wait_until_live(self, mark: int) -> None:
        """Waits until a stream is past its backlog, if one must."""

    def release(self, port: int) -> None:
        """Lets streams of the site `gated` go live."""


class Reference(Side):
    name = "theirs"

    def __init__(self, server: OfflineSync):
        self.server = server

    def place(self, site: str) -> tuple[int, str]:
        return self.server.port, f"/{site}/sync"

    def mark(self) -> int:
        return self.server.log().count("watching")

    def wait_until_live(self, mark: int) -> None:
        deadline = time.monotonic() + 10
        while self.mark() == mark:
            assert time.monotonic() < deadline, "the reference did not open its change stream"
            time.sleep(0.01)

    def release(self, port: int) -> None:
        mark = self.mark()
        urlopen(f"http://127.0.0.1:{port}/gated/release", timeout=5).close()
        self.wait_until_live(mark)


class Ours(Side):
    """A server that takes pushes as a whole, and one that judges each change on its own."""

    name = "ours"

    def __init__(self, together: Pulsed, each: Pulsed):
        self.together, self.each = together, each

    def place(self, site: str) -> tuple[int, str]:
        return (self.each if site == "each" else self.together).port, "/sync"
