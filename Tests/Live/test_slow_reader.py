"""Clients that do not read: they cost no memory, delay nobody and miss nothing; who takes a little is not cut off."""

import asyncio
import re
import time
import uuid
from pathlib import Path

import pytest

from harness import Client, Pulsed
from support.client import RawClient

pytestmark = pytest.mark.measures

RECORDS, BATCH, HOT, ROUNDS, FLOOD = 60_000, 500, 100, 50, 5_000
TEXT = "x" * 1_000
GROWTH = 24 << 20  # Of memory. Measured: up to 12 MiB. What the clients do not read is more than 60 MB.


def delta(table: str, after: int = 0) -> dict:
    return {"type": "SYNC_REQUEST_DELTA", "table": table, "last_version": after}


def peak(server: Pulsed) -> int:
    """The most memory that the server ever had resident."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())[1]) << 10


async def upload(server: Pulsed, user: int, numbers: range, name: str = "") -> None:
    """Writes records, each fourth batch of them items, which are told by their number; returns when all are acked."""
    async with await Client.connect(server.url(user)) as client:
        for start in range(numbers.start, numbers.stop, BATCH):
            table, key = ("item", "name") if start // BATCH % 4 == 3 else ("task", "title")
            payloads = [
                {"sync_id": str(uuid.UUID(int=number)), "version": 2**62 if name else 0, key: name, "description": TEXT}
                for number in range(start, min(start + BATCH, numbers.stop))]
            await client.send({"type": "SYNC_BATCH_UPLOAD", "table": table, "payloads": payloads})
            ack = (await client.receive_until(lambda frame: frame["type"] != "SYNC_UPDATE"))[-1]
            assert (ack["type"], len(ack["synced_ids"])) == ("BATCH_ACK", len(payloads)), ack


def states(frames: list[dict]) -> dict[str, tuple]:
    """The last state of each record in updates, which must come in version order."""
    versions = [frame["data"]["version"] for frame in frames]
    back = [step for step in zip(versions, versions[1:]) if step[0] >= step[1]]
    assert not back, f"{len(back)} steps back among {len(frames)} updates, the first {back[0]}"
    return {data["sync_id"]: (data["version"], data["data"].get("title")) for data in (f["data"] for f in frames)}


def read_to(client: RawClient, version: int) -> list[dict]:
    """All updates until one has this version."""
    frames = client.read()
    while not frames or frames[-1]["data"]["version"] != version:
        frames += client.read()
    return frames


def test_a_client_that_stops_reading_gets_the_newest_state_and_costs_no_memory(tmp_path):
    head = RECORDS * 2 + HOT * ROUNDS
    hot = range(RECORDS - BATCH * 4, RECORDS - BATCH * 4 + HOT)  # Tasks that it has not been sent when they change.

    async def work(server: Pulsed) -> list[dict]:
        """Uploads everything; returns what another connection of the user was sent."""
        async with await Client.connect(server.url(1)) as healthy:
            reading = asyncio.create_task(healthy.receive_until(lambda frame: frame["data"]["version"] == head, 60))
            await upload(server, 1, range(RECORDS))
            for turn in range(ROUNDS):
                await upload(server, 1, hot, f"Round {turn}")
            return await reading

    with Pulsed(tmp_path / "store.db") as server:
        asyncio.run(upload(server, 2, range(RECORDS, RECORDS * 2)))  # What this load takes without a slow client.
        before = peak(server)
        with RawClient(server.url(1)) as slow:
            slow.send(delta("task", RECORDS), delta("item", RECORDS))
            at_once, late = asyncio.run(work(server)), read_to(slow, head)
        growth = peak(server) - before
    print(f"grew by {growth / 2**20:.1f} MiB; {len(at_once)} updates at once, {len(late)} late")
    assert growth < GROWTH
    newest = states(at_once)
    assert states(late) == newest and len(newest) == RECORDS
    assert len(late) == RECORDS, "each record was sent once, those that changed often too"
    assert {newest[str(uuid.UUID(int=number))][1] for number in hot} == {f"Round {ROUNDS - 1}"}


def test_a_client_that_reads_a_little_now_and_then_is_not_cut_off(tmp_path):
    """The limit for one that takes no byte is 3 s here. This one takes 1 KiB every 0.2 s, three times as long."""
    with Pulsed(tmp_path / "store.db", "--ping-interval", 1) as server, RawClient(server.url(1)) as slow:
        asyncio.run(upload(server, 1, range(BATCH * 6)))
        slow.send(delta("task"), delta("item"))
        frames, end = [], time.monotonic() + 9
        while time.monotonic() < end:
            time.sleep(0.2)  # That slow it is.
            frames += slow.read(1024)
        frames += read_to(slow, BATCH * 6)
    assert len({frame["data"]["sync_id"] for frame in frames}) == BATCH * 6


def test_a_client_that_asks_and_does_not_read_costs_no_memory(tmp_path):
    head = BATCH * 6 + FLOOD // 10
    asked = [delta("task") if number % 10 else
             {"type": "SYNC_UPLOAD", "table": "task", "payload": {"sync_id": str(uuid.uuid4()), "title": "Flood"}}
             for number in range(FLOOD)]
    with Pulsed(tmp_path / "store.db") as server, RawClient(server.url(1)) as flooder:
        asyncio.run(upload(server, 1, range(BATCH * 4)))
        before, acks, version = peak(server), [], 0
        sending = flooder.send(*asked)
        asyncio.run(upload(server, 1, range(BATCH * 4, BATCH * 6)))  # Others are served meanwhile.
        while len(acks) < FLOOD // 10 or version < head:
            for frame in flooder.read():
                if frame["type"] == "SYNC_UPDATE":
                    version = max(version, frame["data"]["version"])
                else:
                    acks.append((frame["status"], frame["sync_id"]))
        sending.join()
        growth = peak(server) - before
    print(f"grew by {growth / 2**20:.1f} MiB")
    assert acks == [("SUCCESS", message["payload"]["sync_id"]) for message in asked if "payload" in message]
    assert growth < GROWTH
