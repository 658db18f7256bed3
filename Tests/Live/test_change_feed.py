"""`Examples/ChangeFeed`: a reader of the log that keeps its cursor loses nothing and repeats nothing."""

import asyncio
import json
import time
import uuid

import pytest

from harness import Client, Pulsed

pytestmark = pytest.mark.examples

RECORDS, BATCH, KILLS = 100_000, 500, 4


def served(tmp_path, journal) -> Pulsed:
    return Pulsed(tmp_path / "store.db", program="ChangeFeed", env={"JOURNAL": str(journal)})


def lines(journal) -> list[list[str]]:
    return [line.split(" ") for line in journal.read_text().splitlines()] if journal.exists() else []


def wait_for_lines(journal, count: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not journal.exists() or journal.read_bytes().count(b"\n") < count:
        assert time.monotonic() < deadline, f"{len(lines(journal))} of {count} lines"
        time.sleep(0.01)


async def upload(server: Pulsed, ids: list[str]) -> list[str]:
    """Uploads tasks in batches; returns the ids that were acknowledged when the server went away."""
    acked: list[str] = []
    try:
        async with await Client.connect(server.url("ada")) as client:
            for start in range(0, len(ids), BATCH):
                batch = [{"sync_id": sync_id, "version": 0, "title": "A"} for sync_id in ids[start:start + BATCH]]
                await client.send({"type": "SYNC_BATCH_UPLOAD", "table": "task", "payloads": batch})
                ack = await client.receive_until(lambda frame: frame["type"] == "BATCH_ACK")
                acked += ack[-1]["synced_ids"]
    except Exception:  # The server was killed.
        pass
    return acked


def test_a_feed_loses_and_repeats_nothing_when_its_reader_is_killed_again_and_again(tmp_path):
    journal = tmp_path / "tasks.journal"
    ids = [str(uuid.uuid4()) for _ in range(RECORDS)]
    acked: set[str] = set()
    for kill in range(1, KILLS + 1):
        with served(tmp_path, journal) as server:
            async def upload_and_kill():
                uploading = asyncio.create_task(upload(server, [sync_id for sync_id in ids if sync_id not in acked]))
                # In the midst of it: while records come in and the reader has not seen them all.
                await asyncio.to_thread(wait_for_lines, journal, kill * RECORDS // (KILLS + 1))
                server.process.kill()
                acked.update(await uploading)
            asyncio.run(upload_and_kill())
    with served(tmp_path, journal) as server:
        acked.update(asyncio.run(upload(server, [sync_id for sync_id in ids if sync_id not in acked])))
        assert len(acked) == RECORDS
        wait_for_lines(journal, RECORDS)
        time.sleep(0.2)
    found = lines(journal)
    versions = [int(cursor.split(":")[1]) for cursor, _, _ in found]
    assert len(found) == RECORDS, "none twice"
    assert {sync_id for _, _, sync_id in found} == set(ids), "none lost"
    assert versions == sorted(versions) and len(set(versions)) == RECORDS, "in order"
    assert len({cursor.split(":")[0] for cursor, _, _ in found}) == 1


def test_half_a_line_that_a_crash_left_is_written_again(tmp_path):
    journal = tmp_path / "tasks.journal"
    ids = [str(uuid.uuid4()) for _ in range(10)]
    with served(tmp_path, journal) as server:
        asyncio.run(upload(server, ids))
        wait_for_lines(journal, 10)
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-20])
    with served(tmp_path, journal):
        wait_for_lines(journal, 10)
    assert journal.read_bytes() == whole


def test_a_journal_of_another_store_ends_the_server(tmp_path):
    journal = tmp_path / "tasks.journal"
    journal.write_text(f"{'0' * 32}:5 saved {uuid.uuid4()}\n")
    with served(tmp_path, journal) as server:
        assert server.process.wait(5) == 70, server.log()
        assert "of another store" in server.log()
