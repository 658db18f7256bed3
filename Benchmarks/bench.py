"""One run of all rows: servers on fresh stores, the load driver, turns."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from harness import DjangoPulse, Pulsed
from lines import Line
from peers.floors import SQLiteFloor
from peers.postgresql import PostgreSQL
from support.pulsed import binary

#: One user has more connections here, and one connection sends more, than a server allows by itself.
LIMITS = [
    "--limit", "connections-per-user=200000", "--limit", "connections=200000", "--limit", "messages-per-second=0"]


class BrokenRun(Exception):
    """A run that did not do its work; how fast it was means nothing then."""


@dataclass(frozen=True)
class Sizes:
    """How much work there is in a run."""

    rounds: int
    #: Measured, of each run, and before that not.
    seconds: float
    warm_up: float
    #: Between the last connection of a fan-out and its first push.
    settle: float
    fanout_connections: int
    rates: list[int]
    #: Where the search for the highest rate begins, ours and django-pulse's.
    search: tuple[int, int]
    many_connections: int
    many_rate: int
    large_delta: int
    small_delta: int
    django_delta: int
    asks: int
    crowd: int
    crowd_records: int
    idle: int
    starts: int
    phones: int
    mixed_seconds: int
    #: Whether all that counts is that it runs: without PostgreSQL, and with one django-pulse for all rows.
    is_short: bool = False


FULL = Sizes(
    rounds=3, seconds=5, warm_up=2, settle=1, fanout_connections=1000, rates=[100, 200, 350, 500], search=(100, 1),
    many_connections=10_000, many_rate=5, large_delta=1_000_000, small_delta=10_000, django_delta=100_000, asks=50,
    crowd=100, crowd_records=10_000, idle=18_000, starts=10, phones=5_000, mixed_seconds=600)
SHORT = Sizes(
    rounds=1, seconds=0.3, warm_up=0.05, settle=0.1, fanout_connections=20, rates=[20], search=(16_000, 160),
    many_connections=100, many_rate=50, large_delta=1_000, small_delta=300, django_delta=500, asks=2, crowd=3,
    crowd_records=500, idle=100, starts=1, phones=20, mixed_seconds=2, is_short=True)

Runs = dict[str, list[dict]]


class Bench:
    """What the rows share. All of it is kept below `place`, and what a row has to itself in its `directory`."""

    def __init__(self, place: Path, sizes: Sizes, servers: ExitStack):
        """`servers` ends those that stay from row to row."""
        self.directory = self._place = place
        self.sizes, self._servers = sizes, servers
        self._stores = 0

    def lines(self, row: Callable[["Bench"], list[Line]]) -> list[Line]:
        """What the row comes to."""
        with TemporaryDirectory(dir=self._place) as directory:
            self.directory = Path(directory)
            return row(self)

    @cached_property
    def floor(self) -> SQLiteFloor:
        return SQLiteFloor(self._place)

    @property
    def timed(self) -> list[str]:
        return ["--duration", str(self.sizes.seconds), "--warm-up", str(self.sizes.warm_up)]

    @property
    def fanned(self) -> list[str]:
        return [*self.timed, "--settle", str(self.sizes.settle)]

    def store(self, name: str = "store") -> Path:
        """A path where no store is yet."""
        self._stores += 1
        return self.directory / f"{name}-{self._stores}.db"

    @contextmanager
    def pulsed(self, store: Path | str | None = None, *arguments: str, **options) -> Iterator[Pulsed]:
        """Ours; on a file that goes with it, unless a file or a URI is given."""
        path = store or self.store()
        with Pulsed(path, *LIMITS, *arguments, **options) as server:
            yield server
        if store is None:
            self.remove(path)

    def remove(self, store: Path) -> None:
        for suffix in ["", "-wal", "-shm"]:
            store.with_name(store.name + suffix).unlink(missing_ok=True)

    def django(self) -> AbstractContextManager[DjangoPulse]:
        """django-pulse on SQLite; in a short run it has what earlier rows stored."""
        return nullcontext(self._django) if self.sizes.is_short else DjangoPulse(self._django_directory())

    @cached_property
    def _django(self) -> DjangoPulse:
        return self._servers.enter_context(DjangoPulse(self._place / "django"))

    def _django_directory(self) -> Path:
        self._stores += 1
        return self.directory / f"django-{self._stores}"

    @contextmanager
    def djangos(self, postgresql: bool = True) -> Iterator[dict[str, DjangoPulse]]:
        """django-pulse on each of its databases, by name."""
        with ExitStack() as stack:
            found = {"django-pulse, SQLite": stack.enter_context(self.django())}
            if postgresql and not self.sizes.is_short:
                database = stack.enter_context(PostgreSQL()).url
                found["django-pulse, PostgreSQL"] = stack.enter_context(
                    DjangoPulse(self._django_directory(), database=database))
            yield found

    def turns(self, sides: dict[str, Callable[[int], dict]], rounds: int | None = None) -> Runs:
        """Runs all sides one after the other, and all again: A B A B."""
        runs: Runs = {name: [] for name in sides}
        for number in range(1, (rounds or self.sizes.rounds) + 1):
            for name, run in sides.items():
                runs[name].append(run(number))
        return runs


def drive(
    work: str, *arguments, server=None, url: str = "", pid: bool = False, may_fail: bool = False, timeout: float = 1800,
) -> dict:
    """One run of the load driver, as its JSON; `server` is whose pid is watched, and whose URL is used by default.

    `may_fail` where a request that fails is part of what is compared."""
    url = url or server.url("").partition("?")[0]
    command = [str(binary()), "bench", work, "--json", "--url", url, *map(str, arguments)]
    if pid:
        command += ["--pid", str(server.pid)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired as expired:
        raise BrokenRun(f"{' '.join(command)}\ndid not end within {timeout} s") from expired
    if done.returncode:
        raise BrokenRun(f"{' '.join(command)}\n{done.stderr}")
    report = json.loads(done.stdout)
    # A search for the highest rate finds rates that are too high, too.
    parts = [report] if "highest_rate" in report else report.get("rates", [report])
    for part, key in product(parts, [
            "unanswered", "lost_connections", "stray_acks", "error_frames", "refused", "skipped", "errors", "failed",
            "incomplete", "missing", "order_violations"]):
        if part.get(key) and not may_fail:
            raise BrokenRun(f"{' '.join(command)}\n{key}: {part[key]}\n{part.get('first_complaint', '')}")
    return report


def as_user(server, user: int, of_one: bool = False) -> list[str]:
    """Whose records the load is. Users of django-pulse are numbers, and its records must name theirs."""
    option = ["--user" if of_one else "--user-prefix", str(user)]
    return [*option, "--with-user-id"] if isinstance(server, DjangoPulse) else option
