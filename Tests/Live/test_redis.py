"""Workers on one store with a Redis between them, and what becomes of them when it goes away."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import time
import uuid

import pytest

from harness import Client, Closed, Pulsed, Redis, free_port
from support.pulsed import binary

HEALING = 4  # Seconds until a change crosses without Redis: two head checks, on a machine that is busy.


@pytest.fixture
def workers(tmp_path):
    port = free_port()
    flags = ["--redis", f"redis://127.0.0.1:{port}"]
    with Pulsed(tmp_path / "pulse.db", *flags) as first, Pulsed(tmp_path / "pulse.db", *flags) as second:
        yield first, second, lambda: Redis(tmp_path, port)


def state(worker: Pulsed) -> str:
    status, readiness = worker.readiness()
    assert status == 200
    return readiness["status"]


def wait_for(worker: Pulsed, status: str) -> None:
    deadline = time.monotonic() + 10
    while state(worker) != status:
        assert time.monotonic() < deadline, f"not {status} within 10 s"
        time.sleep(0.05)


async def live(worker: Pulsed) -> Client:
    client = await Client.connect(worker.url("ann"))
    await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
    await client.receive_until_quiet(1.5)
    return client


async def cross(writer: Client, reader: Client) -> float:
    """Seconds until a change crosses."""
    sync_id = str(uuid.uuid4())
    start = time.monotonic()
    await writer.send({"type": "SYNC_UPLOAD", "table": "task",
                       "payload": {"sync_id": sync_id, "version": 0, "title": "A"}})
    await reader.receive_until(lambda frame: frame.get("data", {}).get("sync_id") == sync_id, timeout=HEALING)
    return time.monotonic() - start


@pytest.mark.measures
def test_changes_cross_with_redis_away_from_the_start_and_fast_when_it_comes(workers):
    asyncio.run(redis_comes_and_goes(*workers))


async def redis_comes_and_goes(first, second, start_redis):
    assert state(first) == state(second) == "degraded"
    async with await live(first) as one, await live(second) as two:
        await cross(one, two)
        await cross(two, one)
        with start_redis():
            wait_for(first, "ready")
            wait_for(second, "ready")
            times = [await cross(one, two) for _ in range(20)]
            # Not by the head check, whose tenth is 0.1 s.
            assert sorted(times)[10] < 0.1
        wait_for(first, "degraded")
        await cross(one, two)


def test_a_redis_that_is_stopped_is_noticed_and_changes_cross_all_the_same(workers):
    asyncio.run(redis_stands_still(*workers))


async def redis_stands_still(first, second, start_redis):
    with start_redis() as redis:
        wait_for(first, "ready")
        wait_for(second, "ready")
        async with await live(first) as one, await live(second) as two:
            await cross(one, two)
            os.kill(redis.pid, signal.SIGSTOP)
            try:
                await cross(one, two)
                wait_for(first, "degraded")
                wait_for(second, "degraded")
                await cross(two, one)
            finally:
                os.kill(redis.pid, signal.SIGCONT)
            wait_for(first, "ready")
            await cross(one, two)


def test_a_worker_whose_store_is_replaced_says_so_and_ends(workers):
    asyncio.run(store_is_replaced(*workers))


async def store_is_replaced(first, second, _):
    async with await live(first) as client:
        with sqlite3.connect(first.store) as database:
            database.execute("UPDATE log SET epoch = randomblob(16)")
        database.close()
        with pytest.raises(Closed) as closed:
            await client.receive_one()
        assert closed.value.code == 1012
    for worker in first, second:
        assert worker.process.wait(20) == 69
    assert first.log().count("pulsed: The store was replaced") == 2


def test_a_wrong_address_is_refused_without_repeating_it(tmp_path):
    flags = ["serve", "--auth", "insecure", "--store", f"sqlite:{tmp_path}/pulse.db"]
    ended = subprocess.run([binary(), *flags, "--redis", "redis://:secret@host/x"], capture_output=True, text=True)
    assert ended.returncode == 78
    assert "--redis" in ended.stderr and "secret" not in ended.stderr
