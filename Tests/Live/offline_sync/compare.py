"""Uploads to fastapi-offline-sync and to pulsed, in turns, on one database, and the ratio: Scripts/compare-mongo."""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from offline_sync.load import Load, push, upload  # noqa: E402
from offline_sync.servers import Database, OfflineSync, commits, cpu_seconds  # noqa: E402
from support.pulsed import Pulsed  # noqa: E402

ROUNDS = 3
SECONDS = 6
BATCH = 50
CONNECTIONS = [1, 2, 8, 32]
# fastapi-offline-sync did best, on two cores, with two processes and a connection to each: batches that one process
# works on at once collide on equal versions, and more processes are no faster.
PROCESSES = 2

CAVEAT = """\
The database is SecantusDB, a single-node stand-in that speaks MongoDB's protocol. Its speed says nothing about
MongoDB's, and neither do the figures in changes/s: only the ratio is meant."""
EXPLANATION = """
Accepted changes/s, batches of {batch}, each commit durable. Driver and db CPU: processor time as a share of one core.
db ms: the database's processor time for each accepted change, which other load on the machine moves least.
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        place = Path(directory)
        database = stack.enter_context(Database(place))
        theirs = [
            stack.enter_context(OfflineSync(place, database, "theirs", f"{number:04x}"))
            for number in range(PROCESSES)
        ]
        print(CAVEAT)
        compare_rates(place, database, theirs)
        compare_commands(place, database, theirs)


def compare_rates(place: Path, database: Database, theirs: list[OfflineSync]) -> None:
    print(EXPLANATION.format(batch=BATCH))
    print(f"{'round':>5}{'connections':>13}{'fastapi-offline-sync':>46}{'pulsed':>46}")
    print(f"{'':18}" + f"{'changes/s':>14}{'failed':>8}{'driver':>8}{'db CPU':>8}{'db ms':>8}" * 2, flush=True)
    bests, accepted = [], [0, 0]
    with Pulsed(database.uri("ours"), log=place / "pulsed.log") as pulsed:
        for number in range(1, ROUNDS + 1):
            best = [0.0, 0.0]
            for connections in CONNECTIONS:
                line = f"{number:>5}{connections:>13}"
                for side, run in enumerate([
                    lambda: push(theirs, connections, BATCH, SECONDS),
                    lambda: upload(pulsed, connections, BATCH, SECONDS),
                ]):
                    load, share, busy = watched(database, run)
                    accepted[side] += load.accepted
                    best[side] = max(best[side], load.per_second)
                    line += f"{load.per_second:>14,.0f}{load.failed:>8}{load.driver:>8.1%}{share:>8.0%}"
                    line += f"{1000 * busy / load.accepted:>8.2f}"
                print(line, flush=True)
            bests.append(best)
    print()
    for side, name in enumerate(["fastapi-offline-sync", "pulsed"]):
        print(f"{name:24}{spread([best[side] for best in bests], ',.0f')} changes/s, best of each round")
    print(f"{'ratio':24}{spread([ours / theirs for theirs, ours in bests], '.1f')}")
    for side, name in enumerate(["theirs", "ours"]):
        stored = database.count(name, "task")
        print(f"{name + ' in the database':24}{stored:,} of {accepted[side]:,} accepted")
        if stored != accepted[side]:
            sys.exit("The database does not hold what was accepted.")


def compare_commands(place: Path, database: Database, theirs: list[OfflineSync]) -> None:
    print("\nCommands that the database is sent, by size of the batch (pulsed: 8 connections)\n")
    print(f"{'':8}{'fastapi-offline-sync':>22}{'pulsed':>69}")
    print(f"{'batch':>8}{'commands/push':>22}{'commits':>10}{'changes/commit':>16}", end="")
    print(f"{'commands/commit':>17}{'retried':>9}{'others, per s':>17}", flush=True)
    for batch in [5, 50, 500]:
        before = database.requests()
        if push(theirs[:1], 1, batch, 0).failed:
            sys.exit("A push that nothing disturbed failed.")
        per_push = database.requests() - before - 1
        with Pulsed(database.uri(f"batch{batch}"), log=place / "pulsed.log") as pulsed:
            before = database.requests()
            load = upload(pulsed, 8, batch, SECONDS)
            seen = database.requests() - before - 1
            count, commands, retried = commits(pulsed)
        # What the database counted, less what pulsed says its commits took, are reads: they go by time, not by commit.
        others = (seen - commands) / (SECONDS + 1)
        print(f"{batch:>8}{per_push:>22}{count:>10}{load.accepted / count:>16,.0f}", end="")
        print(f"{commands / count:>17.2f}{retried:>9}{others:>17.1f}", flush=True)


def watched(database: Database, run) -> tuple[Load, float, float]:
    """A run, and the processor time the database took for it: as a share of one core, and in seconds."""
    began, before = time.monotonic(), cpu_seconds(database.pid)
    load = run()
    busy = cpu_seconds(database.pid) - before
    return load, busy / (time.monotonic() - began), busy


def spread(values: list[float], form: str) -> str:
    return f"{median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


main()
