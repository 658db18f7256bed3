"""The database, the server that pulsed is compared with, and what is read of all of them."""

import os
import re
import sys
from functools import cached_property
from pathlib import Path

from pymongo import MongoClient
from support.process import LoggedProcess, free_port
from support.pulsed import Pulsed
from support.secantus import Secantus

SITE = Path(__file__).resolve().parent


class Database(Secantus):
    """The MongoDB-wire server, and what is read of it."""

    @cached_property
    def reader(self) -> MongoClient:
        """One client for the whole run: opening another would count."""
        return self.client()

    def requests(self) -> int:
        """How many commands it has been sent, this one included."""
        return self.reader.admin.command("serverStatus")["network"]["numRequests"]

    def count(self, database: str, collection: str) -> int:
        return self.reader[database][collection].count_documents({})


class OfflineSync(LoggedProcess):
    """fastapi-offline-sync: one uvicorn process, which serves `site`."""

    def __init__(
        self,
        directory: Path,
        store: Secantus,
        database: str,
        node: str,
        site: str = "site_asgi",
        env: dict[str, str] = {},
    ):
        self.port = free_port()
        serve = [f"{site}:application", "--host", "127.0.0.1", "--port", str(self.port), "--no-access-log"]
        super().__init__(
            [sys.executable, "-m", "uvicorn", *serve, "--loop", "uvloop", "--http", "httptools",
             "--timeout-graceful-shutdown", "1"],
            log=directory / f"offline-sync-{node}.log",
            env={
                "OFFLINE_SYNC_URI": store.uri(database),
                "OFFLINE_SYNC_DATABASE": database,
                "OFFLINE_SYNC_NODE": node,
                **env,
            },
            cwd=SITE,
        )
        self.wait_for_log("Uvicorn running on", timeout=30)


def commits(pulsed: Pulsed) -> tuple[int, int, int]:
    """Ends the server; how many groups it committed, the commands in them, and how many it tried again."""
    pulsed.terminate()
    counts = re.search(r"MongoDB: (\d+) commits, (\d+) commands in them, (\d+) retried", pulsed.log())
    if not counts:
        sys.exit(f"pulsed did not log its commits:\n{pulsed.log()}")
    return tuple(map(int, counts.groups()))


def cpu_seconds(pid: int) -> float:
    """Processor time of a process since it began."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
