"""How `pulsed` begins on MongoDB: it waits for a server, refuses one that it cannot use, and tells no password."""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from harness import Pulsed, Secantus, free_port
from support.pulsed import serve

UNAVAILABLE = 69
PASSWORD, WRONG = "c0rrect-h0rse", "wr0ng-h0rse"
WAITING = re.compile(r"^(\S+) .*waiting for MongoDB at 127\.0\.0\.1:\d+", re.MULTILINE)


def refusal(uri: str) -> str:
    """What a server that does not start says last, after it has ended as it should."""
    ended = subprocess.run(
        [*serve(uri), "--log-level", "trace"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=15)
    assert ended.returncode == UNAVAILABLE, ended.stdout
    for password in (PASSWORD, WRONG):
        assert password not in ended.stdout
    said = [line for line in ended.stdout.splitlines() if line.startswith("pulsed: ")]
    assert len(said) == 1, f"one sentence was to be expected: {ended.stdout}"
    return said[0]


def test_it_waits_for_a_database_with_a_line_a_second_and_then_serves(tmp_path):
    port, log = free_port(), tmp_path / "pulsed.log"
    uri = f"mongodb://127.0.0.1:{port}/late?replicaSet=secantus"
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(Pulsed, uri, log=log, timeout=30)
        while not log.exists() or len(WAITING.findall(log.read_text())) < 4:
            assert not starting.done(), "it did not wait"
            time.sleep(0.05)
        with Secantus(tmp_path / "secantus", port=port):
            began = time.monotonic()
            with starting.result() as server:
                assert time.monotonic() - began < 3, "it was slow to find the database"
                assert server.is_running()
    moments = [datetime.fromisoformat(moment) for moment in WAITING.findall(log.read_text())]
    assert (moments[-1] - moments[0]).seconds >= len(moments) - 2, f"more than a line a second: {moments}"


def test_a_standalone_is_refused(tmp_path):
    with Secantus(tmp_path, "--standalone") as database:
        for uri in (database.uri("alone"), database.uri("alone").split("?")[0]):
            assert "standalone" in refusal(uri)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server with users: `writer` may use the database `app`, `reader` may only read it."""
    with Secantus(tmp_path_factory.mktemp("guarded")) as database:
        with database.client() as client:
            for user, role in (("writer", "readWrite"), ("reader", "read")):
                roles = [{"role": role, "db": "app"}]
                client.admin.command("createUser", user, pwd=PASSWORD, roles=roles)
        database.stop()
        database.start("--auth")
        yield database


@pytest.mark.parametrize(
    ("credentials", "hint"),
    [
        ("", "may not use the database"),
        (f"writer:{WRONG}", "user and password"),
        (f"nobody:{WRONG}", "user and password"),
        (f"reader:{PASSWORD}", "readWrite"),
    ],
    ids=["none", "wrong password", "unknown user", "may only read"])
def test_who_may_not_use_the_database_is_refused(guarded, credentials, hint):
    uri = guarded.uri("app", credentials) + "&authSource=admin"
    said = refusal(uri)
    assert hint in said and str(guarded.port) in said


def test_the_right_password_serves_and_is_told_to_nobody(guarded, tmp_path):
    uri = guarded.uri("app", f"writer:{PASSWORD}") + "&authSource=admin"
    with Pulsed(uri, "--log-level", "trace", log=tmp_path / "pulsed.log") as server:
        guarded.kill9()
        server.wait_for_log(r"listening on ws[\s\S]*MongoDB", 15)  # What it says of a database that is gone.
        guarded.start("--auth")
    assert PASSWORD not in server.log()


@pytest.fixture
def database(secantus, tmp_path):
    """A database that has been served once; gives its URI, and a client's view of it."""
    name = tmp_path.name
    Pulsed(secantus.uri(name), log=tmp_path / "pulsed.log").stop()
    with secantus.client() as client:
        yield secantus.uri(name), client[name]


def test_a_database_of_a_newer_format_is_refused(database):
    uri, inside = database
    inside["pulse.log"].update_one({"_id": "head"}, {"$inc": {"format": 1}})
    assert "newer" in refusal(uri)


def test_an_index_that_differs_is_reported(database):
    uri, inside = database
    [name] = [index["name"] for index in inside.task.list_indexes() if "_sync.scope" in index["key"]]
    inside.task.drop_index(name)
    inside.task.create_index([("title", 1)], name=name)
    said = refusal(uri)
    assert "index" in said and "'task'" in said and name in said


def test_a_missing_index_is_made_again(database, tmp_path):
    uri, inside = database
    indexes = {index["name"]: index["key"] for index in inside.task.list_indexes()}
    inside.task.drop_indexes()
    with Pulsed(uri, log=tmp_path / "again.log"):
        assert {index["name"]: index["key"] for index in inside.task.list_indexes()} == indexes
