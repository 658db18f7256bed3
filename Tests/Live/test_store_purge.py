"""`store purge` and a server's own purging: old tombstones leave a store, and nothing else does."""

import sqlite3
import subprocess
import time
import uuid

import pytest

from harness import Pulsed
from support.pulsed import METRICS, binary

DAY = 86_400 * 1_000 * 10_000  # In the ticks of stamps.
SCHEMA = """
models: [{name: task, scope: user, fields: []}]
collections: [{name: stock, scope: user, retention: 7}, {name: rates, scope: global, retention: forever}]
"""
LIVE, DELETED, ERASED = range(3)


def purge(tmp_path, *options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [binary("pulsed"), "store", "purge", "--store", f"sqlite:{tmp_path / 'store.db'}",
         "--schema", str(tmp_path / "schema.yaml"), *options], capture_output=True, text=True, timeout=30)


def write(tmp_path, *records):
    """Records of (model, state, days ago), oldest first."""
    now = time.time_ns() // 1_000_000 * 10_000
    with sqlite3.connect(tmp_path / "store.db") as store:
        for version, (model, state, days) in enumerate(records, 1):
            store.execute(
                "INSERT INTO record (version, model, sync_id, scope, id, state, base, created, updated, fields, stamp)"
                " VALUES (?, (SELECT id FROM model WHERE name = ?), ?, 'u:1', ?, ?, 0, 0, 0, x'', ?)",
                (version, model, uuid.uuid4().bytes, version, state, now - days * DAY + version))


def versions(tmp_path) -> list[int]:
    with sqlite3.connect(tmp_path / "store.db") as store:
        return [row[0] for row in store.execute("SELECT version FROM record ORDER BY version")]


@pytest.fixture
def store(tmp_path):
    (tmp_path / "schema.yaml").write_text(SCHEMA)
    assert purge(tmp_path, "--dry-run").returncode == 0  # It makes the file.
    write(tmp_path, ("stock", DELETED, 9), ("stock", LIVE, 9), ("rates", DELETED, 9), ("task", ERASED, 9),
          ("stock", ERASED, 8), ("stock", DELETED, 6), ("stock", DELETED, 0))
    return tmp_path


def test_a_dry_run_counts_and_changes_nothing(store):
    done = purge(store, "--dry-run")
    assert done.stdout.splitlines() == [
        "stock: 2 records from more than 7 days ago would be purged",
        "pulse_push: 0 records from more than 30 days ago would be purged", "2 records would be purged"], done.stderr
    assert versions(store) == [1, 2, 3, 4, 5, 6, 7]


def test_old_tombstones_go_and_the_newest_record_stays(store):
    assert purge(store).stdout.splitlines()[-1] == "2 records purged"
    assert versions(store) == [2, 3, 4, 6, 7]
    assert purge(store, "--older-than", "0").stdout.splitlines()[-1] == "1 record purged"
    assert versions(store) == [2, 3, 4, 7]


def test_a_server_purges_by_itself_and_tells_the_floor(store):
    with Pulsed(store / "store.db", "--schema", store / "schema.yaml", *METRICS) as server:
        deadline = time.monotonic() + 20
        while server.metrics()['pulse_purge_floor{collection="stock"}'] != 5:
            assert time.monotonic() < deadline, server.log()
            time.sleep(0.1)
        assert server.metrics()['pulse_purged_records_total{collection="stock"}'] == 2
    assert versions(store) == [2, 3, 4, 6, 7]


def test_mistakes_are_told(tmp_path):
    (tmp_path / "schema.yaml").write_text("models: 7\n")
    assert purge(tmp_path).returncode == 78
    assert purge(tmp_path, "--older-than", "-1").returncode == 64
    (tmp_path / "schema.yaml").unlink()
    assert purge(tmp_path).returncode == 66
