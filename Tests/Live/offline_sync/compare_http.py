"""Pushes to fastapi-offline-sync and to pulsed, and pulls from both, in turns on one database: Scripts/compare-sync."""

import json
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from offline_sync.load import change, push  # noqa: E402
from offline_sync.servers import Database, OfflineSync  # noqa: E402
from support.pulsed import Pulsed  # noqa: E402

ROUNDS = 3
SECONDS = 5
BATCH = 20
CONNECTIONS = [1, 8, 32]
ROWS, PAGE, PULLS = 1_500, 500, 1
BEGINNING = "19700101T000000.000Z-0000"
SCHEMA = "collections:\n  - {name: task, scope: user}\n"
CAVEAT = """\
The database is SecantusDB, a single-node stand-in that speaks MongoDB's protocol. Its speed says nothing about
MongoDB's, and neither do the figures: only the ratios are meant."""


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        place = Path(directory)
        database = stack.enter_context(Database(place))
        (place / "schema.yaml").write_text(SCHEMA)
        theirs = [
            stack.enter_context(OfflineSync(place, database, "theirs", f"{number:04x}")) for number in range(2)]
        ours = stack.enter_context(
            Pulsed(database.uri("ours"), "--schema", place / "schema.yaml", log=place / "pulsed.log"))
        embedded = stack.enter_context(Pulsed(place / "store.db", "--schema", place / "schema.yaml"))
        print(CAVEAT)
        sides = {"fastapi-offline-sync": theirs, "pulsed, same database": [ours], "pulsed, SQLite": [embedded]}
        for connections in CONNECTIONS:
            compare(
                f"accepted changes/s, batches of {BATCH}, {connections} connections", sides,
                lambda servers, connections=connections: push(servers, connections, BATCH, SECONDS).per_second)
        rate = raw_inserts(database)
        print(f"\nThe database's own floor: {rate:,.0f} documents like those of pulsed inserted per second, with the same indexes,\n"
              f"{BATCH} a transaction, by one client that does nothing else.")
        for servers in sides.values():
            fill(servers[0])
        compare(f"rows/s, pulls of {PAGE} from {ROWS} rows", sides,
                lambda servers: pull(servers, database))


def compare(what: str, sides: dict, run) -> None:
    rates = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, servers in sides.items():
            rates[name].append(run(servers))
    print(f"\n{what}\n")
    theirs = rates["fastapi-offline-sync"]
    for name, values in rates.items():
        ratios = [ours / other for ours, other in zip(values, theirs)]
        print(f"  {name:24}{median(values):>10,.0f} ({min(values):,.0f}–{max(values):,.0f})"
              f"{median(ratios):>10.1f} x ({min(ratios):.1f}–{max(ratios):.1f})", flush=True)


def raw_inserts(database: Database) -> float:
    ours = database.reader["ours"]["task"]
    model = ours.find_one()
    raw = database.reader["raw"]["task"]
    for name, index in ours.index_information().items():
        if name != "_id_":
            filters = {"partialFilterExpression": index["partialFilterExpression"]} if "partialFilterExpression" in index else {}
            raw.create_index(index["key"], **filters)
    began, count = time.monotonic(), 0
    while time.monotonic() < began + SECONDS:
        documents = []
        for _ in range(BATCH):
            count += 1
            sync = {**model["_sync"], "stamp": model["_sync"]["stamp"] + count}
            documents.append({**model, "_id": uuid.uuid4(), "id": count, "version": count, "_sync": sync})
        with database.reader.start_session() as session, session.start_transaction():
            raw.insert_many(documents, ordered=False, session=session)
    return count / (time.monotonic() - began)


def fill(server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=120)
    for start in range(0, ROWS, 100):
        body = json.dumps({"client_id": "reader", "changes": [change() for _ in range(100)]})
        connection.request(
            "POST", "/sync/push", body, {"Content-Type": "application/json", "Authorization": "Bearer reader"})
        results = json.loads(connection.getresponse().read())["results"]
        assert all(result["status"] == "accepted" for result in results), results[0]
    connection.close()


def pull(servers: list, database: Database) -> float:
    """Several readers page through all rows, one behind the other."""
    start = BEGINNING
    if isinstance(servers[0], OfflineSync):
        # It asks for a full resync of whoever comes from before its first entry.
        start = database.reader["theirs"]["sync_oplog"].find_one({"scope_id": "reader"}, sort=[("_id", 1)])["_id"]
    began = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        rows = sum(threads.map(lambda _: read_all(servers[0], start), range(2)))
    return rows / (time.monotonic() - began)


def read_all(server, start: str) -> int:
    connection, rows = HTTPConnection("127.0.0.1", server.port, timeout=120), 0
    for _ in range(PULLS):
        since = start
        while True:
            connection.request("GET", f"/sync/pull?since={since}&collections=task&limit={PAGE}",
                               headers={"Authorization": "Bearer reader"})
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 200, content
            # What a row costs the reader to decode is the same for both, and would hide what it costs the server.
            count = content.count(b'"operation"')
            rows += count
            if count < PAGE:
                break
            since = content[content.rindex(b'"last_seq":"') + 12:].split(b'"')[0].decode()
    connection.close()
    return rows


if __name__ == "__main__":
    main()
