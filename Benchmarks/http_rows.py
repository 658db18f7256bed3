"""Rows that no target is set for: the HTTP API beside fastapi-offline-sync's, whose API it is.

Both on one MongoDB-wire server, a stand-in on one node: its speed says nothing about MongoDB's and bounds both, so only
the ratios mean something. And pulsed on SQLite, as it comes."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from bench import Bench, drive
from lines import Figure, Line, compare
from offline_sync.load import change
from offline_sync.servers import Database, OfflineSync

BATCH, ROWS, PAGE = 20, 1_500, 500
THEIRS = "fastapi-offline-sync"
SCHEMA = "collections:\n  - {name: task, scope: user}\n"


@contextmanager
def servers(bench: Bench) -> Iterator[tuple[Database, dict]]:
    directory = bench.directory / "http"
    directory.mkdir()
    schema = directory / "schema.yaml"
    schema.write_text(SCHEMA)
    with (
        Database(directory) as database,
        OfflineSync(directory, database, "theirs", "0001") as theirs,
        bench.pulsed(database.uri("ours"), "--schema", schema, log=directory / "pulsed.log") as same,
        bench.pulsed(None, "--schema", schema) as embedded,
    ):
        yield database, {THEIRS: theirs, "same database": same, "SQLite": embedded}


def http(work: str, server, *arguments) -> dict:
    # A push of theirs fails where another one takes the same version, and its changes are not counted.
    return drive(work, "--table", "task", *arguments, url=f"http://127.0.0.1:{server.port}/sync", may_fail=True)


def http_push(bench: Bench) -> list[Line]:
    """pushes of 20 changes over HTTP"""
    lines, rounds = [], min(bench.sizes.rounds, 3)
    with servers(bench) as (database, sides):
        for connections in [1, 8, 32]:
            runs = bench.turns({
                name: lambda number, server=server: http(
                    "push", server, "--connections", connections, "--batch", BATCH, "--user-prefix",
                    f"push-{connections}-{number}-", *bench.timed)
                for name, server in sides.items()}, rounds)
            lines += against(runs, "changes_per_second", "changes/s", f"{connections} at once")
        floor = bench.turns({"floor": lambda _: raw_inserts(database, bench.sizes.seconds)}, rounds)["floor"]
    inserts = Figure.of(floor, "changes_per_second", f"documents/s, {BATCH} a transaction, one client")
    return [*lines, Line("", inserts, note="the stand-in's own floor: plain inserts with the same indexes")]


def http_pull(bench: Bench) -> list[Line]:
    """pulls of 500 rows over HTTP, two readers at once"""
    with servers(bench) as (database, sides):
        for server in sides.values():
            fill(server)

        def run(name: str, server) -> dict:
            since = []
            if name == THEIRS:
                # It asks for a full resync of whoever comes from before its first entry.
                first = database.reader["theirs"]["sync_oplog"].find_one({"scope_id": "reader"}, sort=[("_id", 1)])
                since = ["--since", first["_id"]]
            return http("pull", server, "--user", "reader", "--rows", ROWS, "--limit", PAGE, "--connections", 2, *since)

        runs = bench.turns({
            name: lambda _, name=name, server=server: run(name, server) for name, server in sides.items()}, 3)
    return against(runs, "rows_per_second", "rows/s")


def against(runs: dict[str, list[dict]], key: str, unit: str, work: str = "") -> list[Line]:
    """Each way to run ours, by theirs."""
    theirs = Figure.of(runs[THEIRS], key, unit)
    return [compare(Figure.of(side, key, ", ".join(part for part in [unit, name, work] if part)), THEIRS, theirs)
            for name, side in runs.items() if name != THEIRS]


def fill(server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=120)
    for _ in range(0, ROWS + 1, 100):
        body = json.dumps({"client_id": "reader", "changes": [change() for _ in range(100)]})
        connection.request(
            "POST", "/sync/push", body, {"Content-Type": "application/json", "Authorization": "Bearer reader"})
        results = json.loads(connection.getresponse().read())["results"]
        assert all(result["status"] == "accepted" for result in results), results[0]
    connection.close()


def raw_inserts(database: Database, seconds: float) -> dict:
    """Documents like those of pulsed, with the same indexes, by a client that does nothing else."""
    ours, raw = database.reader["ours"]["task"], database.reader["raw"]["task"]
    model = ours.find_one()
    for name, index in ours.index_information().items():
        if name != "_id_":
            options = {key: index[key] for key in ["partialFilterExpression"] if key in index}
            raw.create_index(index["key"], **options)
    began, count = time.monotonic(), raw.count_documents({})
    before = count
    while time.monotonic() < began + seconds:
        documents = []
        for _ in range(BATCH):
            count += 1
            sync = {**model["_sync"], "stamp": model["_sync"]["stamp"] + count}
            documents.append({**model, "_id": uuid.uuid4(), "id": count, "version": count, "_sync": sync})
        with database.reader.start_session() as session, session.start_transaction():
            raw.insert_many(documents, ordered=False, session=session)
    return {"changes_per_second": (count - before) / (time.monotonic() - began)}


EXTRAS = [http_push, http_pull]
