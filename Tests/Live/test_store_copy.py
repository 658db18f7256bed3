"""`pulsed store copy`: a phone that synced with a store goes on with its copy, and a copy goes on where it stopped."""

import asyncio
import os
import pty
import re
import signal
import sqlite3
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from harness import Client, Pulsed
from support.pulsed import binary

RECORDS, BATCH = 20_000, 500
DIFFERENT, UNAVAILABLE, UNFINISHED, WRONG = 65, 69, 75, 78


def command(source: Path, target: Path) -> list[str]:
    return [str(binary()), "store", "copy", "--from", f"sqlite:{source}", "--to", f"sqlite:{target}"]


def copy(source: Path, target: Path) -> subprocess.CompletedProcess:
    return subprocess.run(command(source, target), capture_output=True, text=True, timeout=60)


async def upload(client: Client, count: int) -> list[str]:
    """Creates tasks in batches; returns their sync ids."""
    ids = [str(uuid.uuid4()) for _ in range(count)]
    for start in range(0, count, BATCH):
        payloads = [{"sync_id": sync_id, "title": "Task"} for sync_id in ids[start:start + BATCH]]
        await client.send({"type": "SYNC_BATCH_UPLOAD", "table": "task", "payloads": payloads})
        await client.receive_until(lambda frame: frame["type"] == "BATCH_ACK")
    return ids


async def mark(client: Client) -> dict:
    """Uploads a task; returns it as it is pushed, which is the newest record."""
    sync_id = str(uuid.uuid4())
    await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": {"sync_id": sync_id, "title": "Mark"}})
    return (await client.receive_until(lambda frame: frame.get("data", {}).get("sync_id") == sync_id))[-1]["data"]


async def delta(client: Client, after: int) -> dict[str, dict]:
    """What a phone at a version has missed, by sync id. An upload made behind the request shows where it ends."""
    last = str(uuid.uuid4())
    await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": after})
    await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": {"sync_id": last, "title": "Last"}})
    frames = await client.receive_until(lambda frame: frame.get("data", {}).get("sync_id") == last, timeout=30)
    return {frame["data"]["sync_id"]: frame["data"] for frame in frames[:-1] if frame["type"] == "SYNC_UPDATE"}


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """A store that was served and is at rest."""
    store = tmp_path_factory.mktemp("source") / "store.db"

    async def fill(server: Pulsed) -> None:
        async with await Client.connect(server.url("ada")) as client:
            await upload(client, RECORDS)

    with Pulsed(store) as server:
        asyncio.run(fill(server))
    return store


def test_a_phone_goes_on_with_a_delta_of_nothing(tmp_path):
    first, second = tmp_path / "first.db", tmp_path / "second.db"

    async def before(server: Pulsed) -> tuple[dict, dict, int]:
        async with await Client.connect(server.url("ada")) as phone:
            ids = await upload(phone, 1_000)
            version = (await mark(phone))["version"]
            changed = {"sync_id": ids[0], "version": version, "title": "Changed"}
            deleted = {"sync_id": ids[1], "version": version, "is_deleted": True}
            await phone.send({"type": "SYNC_BATCH_UPLOAD", "table": "task", "payloads": [changed, deleted]})
            await asyncio.to_thread(server.act, {"action": "hard-delete", "table": "task", "sync_id": ids[2]})
            await phone.receive_until(lambda frame: frame.get("data", {}).get("type") == "HARD_DELETE")
            async with await Client.connect(server.url("ada")) as tablet:
                everything = await delta(tablet, 0)
            return everything, await delta(phone, version), (await mark(phone))["version"]

    async def after(server: Pulsed, everything: dict, newest: dict, head: int) -> None:
        async with await Client.connect(server.url("ada")) as phone, await Client.connect(server.url("ada")) as tablet:
            assert await delta(phone, head) == {}
            found = await delta(tablet, 0)
            assert {sync_id: found.get(sync_id) for sync_id in everything} == everything
        # One that was away since its first upload, and has the hard delete to come.
        async with await Client.connect(server.url("ada")) as phone:
            found = await delta(phone, 1_001)
            assert {sync_id: found.get(sync_id) for sync_id in newest} == newest

    with Pulsed(first) as server:
        everything, newest, head = asyncio.run(before(server))
    assert (len(everything), len(newest)) == (1_000, 4), "a tombstone only for those who came before, and one end mark"
    done = copy(first, second)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(
        r"copied 1004 records of 1 model in 1 scope, in \d+ s: counts and checksums are equal\n", done.stdout)
    with Pulsed(second) as server:
        asyncio.run(after(server, everything, newest, head))


def test_an_interrupted_copy_is_not_served_and_goes_on(source, tmp_path):
    target = tmp_path / "store.db"
    # Each page takes a fifth of a second, so that the signal comes between two of them.
    trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
             "inject=fdatasync:delay_enter=200000"]
    copying = subprocess.Popen([*trace, *command(source, target)], stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    wal = target.with_name("store.db-wal")
    deadline = time.monotonic() + 20
    while not wal.exists() or wal.stat().st_size < 1 << 20:
        assert copying.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    os.killpg(copying.pid, signal.SIGINT)
    _, said = copying.communicate(timeout=20)
    assert copying.returncode == UNFINISHED, said
    assert said.endswith("pulsed: interrupted: copy again to go on from here\n")

    serving = subprocess.run(
        [binary(), "serve", "--auth", "insecure", "--port", "0", "--store", f"sqlite:{target}"],
        capture_output=True, text=True, timeout=20)
    assert serving.returncode == UNAVAILABLE
    assert f"{target} is an unfinished copy of sqlite:{source}: copy from there again" in serving.stderr

    backwards = copy(target, tmp_path / "other.db")
    assert backwards.returncode == UNAVAILABLE
    assert "is an unfinished copy" in backwards.stderr

    done = copy(source, target)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"copied {RECORDS} records of 1 model in 1 scope")
    with Pulsed(target):
        pass


def test_a_copy_killed_at_any_page_goes_on(source, tmp_path):
    target = tmp_path / "store.db"
    for number in (3, 5, 7):
        trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
                 f"inject=fdatasync:signal=KILL:when={number}"]
        killed = subprocess.run([*trace, *command(source, target)], capture_output=True, timeout=60)
        assert killed.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), "the fault was not injected"
    done = copy(source, target)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"copied {RECORDS} records")


def test_on_a_terminal_a_bar_is_drawn(source, tmp_path):
    ours, its = pty.openpty()
    subprocess.run(command(source, tmp_path / "store.db"), stderr=its, stdout=subprocess.PIPE, timeout=60, check=True)
    os.close(its)
    drawn = os.read(ours, 65536).decode()
    os.close(ours)
    assert re.search(r"\rcopying \[#{24}\] 100%, 20000 records, \d+/s\x1b\[K\r\n", drawn)
    assert re.search(r"\rcomparing \[#{24}\] 100%, 20000 records, \d+/s\x1b\[K\r\n", drawn)


def test_what_cannot_be_copied_is_one_line(source, tmp_path):
    missing, full = tmp_path / "missing.db", tmp_path / "full.db"
    assert copy(source, full).returncode == 0
    for arguments, status, line in [
        ((source, source), WRONG, f"--from and --to are the same store, sqlite:{source}"),
        ((missing, tmp_path / "new.db"), UNAVAILABLE, f"there is no file {missing}"),
        ((source, full), UNAVAILABLE,
         f"the target cannot be used: {full} has records already: a store is copied into an empty one"),
    ]:
        done = copy(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (status, "", f"pulsed: {line}\n")
    assert not missing.exists() and not (tmp_path / "new.db").exists()


def test_a_copy_that_differs_is_not_completed(source, tmp_path):
    target = tmp_path / "store.db"
    assert copy(source, target).returncode == 0
    # As if it had not been compared yet, and another program had been there.
    with sqlite3.connect(target) as database:
        database.execute("INSERT INTO unfinished_copy VALUES (?)", [f"sqlite:{source}"])
        database.execute("UPDATE record SET scope = 'u:bob' WHERE version = 7")
    done = copy(source, target)
    assert done.returncode == DIFFERENT
    assert done.stderr.endswith(
        "pulsed: the copy is not equal: model 'task' in scope 'u:ada' has 20000 records in the source and 19999 in "
        "the copy; remove the copy and begin anew\n")
