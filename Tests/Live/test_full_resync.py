"""A full resync of very many documents: memory stays flat, and what is edited meanwhile is not missed.

PULSE_FULL_DOCUMENTS sets how many there are (100,000).
"""

import asyncio
import re
import threading
import uuid
from pathlib import Path

import pytest

from harness import Client, Pulsed
from reliability.settings import count
from support.sync_api import SyncAPI

pytestmark = pytest.mark.measures

BATCH, EDITS = 500, 300
GROWTH = 64 << 20


def memory(server: Pulsed, name: str) -> int:
    return int(re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())[1]) << 10


async def upload(server: Pulsed, user: int, numbers: range, title: str, version: int) -> None:
    async with await Client.connect(server.url(user)) as client:
        for start in range(numbers.start, numbers.stop, BATCH):
            payloads = [{"sync_id": str(uuid.UUID(int=number)), "version": version, "title": f"{title} {number}"}
                        for number in range(start, min(start + BATCH, numbers.stop))]
            await client.send({"type": "SYNC_BATCH_UPLOAD", "table": "task", "payloads": payloads})
            ack = (await client.receive_until(lambda frame: frame["type"] != "SYNC_UPDATE"))[-1]
            assert (ack["type"], len(ack["synced_ids"])) == ("BATCH_ACK", len(payloads)), ack


def test_a_full_resync_takes_no_memory_and_misses_no_edit(tmp_path):
    documents = count("PULSE_FULL_DOCUMENTS", 100_000)
    with Pulsed(tmp_path / "store.db") as server:
        asyncio.run(upload(server, 7, range(documents), "first", 0))
        api, titles, cursor, ends = SyncAPI(server.port, 7), {}, None, set()
        # What the uploads took is not the resync's.
        before, pages = memory(server, "VmRSS"), 0
        highest = before
        edited = range(0, documents, documents // EDITS)
        editing = threading.Thread(
            target=lambda: [asyncio.run(upload(server, 7, range(key, key + 1), "edited", 2**62)) for key in edited])
        while True:
            lines, headers = api.full("task", 1000, cursor)
            for line in lines:
                assert not line["deleted"] and line["doc_id"] not in titles
                titles[line["doc_id"]] = line["data"]["title"]
            ends.add(headers["x-sync-lastseq"])
            pages += 1
            if pages == 5:
                editing.start()
            highest = max(highest, memory(server, "VmRSS"))
            cursor = headers.get("x-sync-cursor")
            if not cursor:
                break
        editing.join()
        assert len(ends) == 1, "the end of a resync must not move"
        for change in api.pull_all(ends.pop(), "task")[0]:
            titles[change["doc_id"]] = change["data"]["title"]
        assert len(titles) == documents
        wrong = [key for key in edited if titles[str(uuid.UUID(int=key))] != f"edited {key}"]
        assert wrong == [], "edits that neither the resync nor the pull behind it had"
        print(f"{documents} documents in {pages} pages: memory grew by {(highest - before) / 2**20:.1f} MiB")
        assert highest - before <= GROWTH
