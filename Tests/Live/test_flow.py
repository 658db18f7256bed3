"""What an admitted client may ask for: floods, many uploads and many deltas at once hurt nobody else, and a store that is
full still takes deletes."""

import asyncio
import multiprocessing
import queue
import selectors
import statistics
import threading
import time
import uuid
from pathlib import Path

import pytest

from harness import Client, Closed, Pulsed
from reliability.disks import small_disk
from support.client import RawClient
from test_slow_reader import delta, peak

pytestmark = pytest.mark.measures

TEXT = "x" * 1_000


def upload(*payloads: dict) -> dict:
    return {"type": "SYNC_BATCH_UPLOAD", "table": "task", "payloads": list(payloads)}


def record(title: str = TEXT, **members) -> dict:
    return {"sync_id": str(uuid.uuid4()), "title": "A", "description": title, **members}


async def answer(client: Client, message: dict) -> dict:
    """What a message that is no request is answered by."""
    await client.send(message)
    return (await client.receive_until(lambda frame: frame["type"] != "SYNC_UPDATE"))[-1]


async def latency(server: Pulsed, user: str, count: int = 300) -> float:
    """The 99th percentile, in seconds, from an upload to its ack."""
    times = []
    async with await Client.connect(server.url(user)) as client:
        for _ in range(count):
            begun = time.perf_counter()
            assert (await answer(client, upload(record("short"))))["type"] == "BATCH_ACK"
            times.append(time.perf_counter() - begun)
            await asyncio.sleep(0.005)
    return statistics.quantiles(times, n=100)[98]


def bound(quiet: float) -> float:
    """What a neighbour may make of a latency, on a machine that runs the clients, too."""
    return quiet * 3 + 0.1


class Flooder:
    """Sends as fast as the server takes it, and reads what it is answered."""

    def __init__(self, url: str):
        self.client, self.errors, self.code, self.sent = RawClient(url), [], None, 0
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._send, self._read)]
        for thread in self.threads:
            thread.start()

    def _send(self) -> None:
        for _ in range(100):
            self.client.protocol.send_text(b'{"type":"SYNC_REQUEST_DELTA","table":"task","last_version":0}')
        burst = b"".join(self.client.protocol.data_to_send())
        self.client.socket.settimeout(None)
        try:
            while True:
                self.client.socket.sendall(burst)
                self.sent += 100
        except OSError:
            pass

    def _read(self) -> None:
        try:
            while True:
                self.errors += [frame for frame in self.client.read() if frame["type"] == "SYNC_ERROR"]
        except (Closed, OSError):
            said = self.client.protocol.close_rcvd
            self.code = said and said.code

    def join(self) -> None:
        self.threads[1].join(20)


def test_a_flood_is_slowed_down_and_closed_and_its_neighbours_do_not_notice(tmp_path):
    limits = ["--limit", "messages-per-second=200", "--limit", "rate-refusals-per-minute=12"]
    with Pulsed(tmp_path / "store.db", *limits) as server:
        quiet = asyncio.run(latency(server, "good"))
        flooders = [Flooder(server.url(f"flood-{number}")) for number in range(4)]
        loud = asyncio.run(latency(server, "good"))
        for flooder in flooders:
            flooder.join()
        print(f"p99 quiet {quiet * 1e3:.1f} ms, beside 4 flooders {loud * 1e3:.1f} ms")
        assert loud < bound(quiet)
        for flooder in flooders:
            assert flooder.code == 1008
            assert {(error["code"], error["retryable"]) for error in flooder.errors} == {(502, True)}
            assert len(flooder.errors) == 12 and "ms" in flooder.errors[0]["message"]
        assert asyncio.run(latency(server, "good", 10)) < 1, "the server serves on"


def test_who_comes_back_when_it_was_told_to_loses_nothing(tmp_path):
    async def run(server: Pulsed) -> tuple[int, int]:
        refused = acked = 0
        async with await Client.connect(server.url("1")) as client:
            pending = [record("short") for _ in range(60)]
            for _ in range(20):
                for item in pending:
                    await client.send(upload(item))
                left = []
                for item in pending:
                    frame = (await client.receive_until(lambda frame: frame["type"] != "SYNC_UPDATE"))[-1]
                    if frame["type"] == "BATCH_ACK":
                        assert frame["synced_ids"] == [item["sync_id"]], "answers come in the order of the messages"
                        acked += 1
                    else:
                        assert (frame["code"], frame["retryable"]) == (502, True), frame
                        refused += 1
                        left.append(item)
                pending = left
                if not pending:
                    return acked, refused
        raise AssertionError("it was refused again and again")

    with Pulsed(tmp_path / "store.db", "--limit", "messages-per-second=20") as server:
        acked, refused = asyncio.run(run(server))
    assert acked == 60 and refused >= 1


def test_more_uploads_than_may_wait_are_not_read_rather_than_refused(tmp_path):
    connections, each = 60, 40

    async def run(server: Pulsed) -> list[dict]:
        async def work(user: int) -> list[dict]:
            async with await Client.connect(server.url(user)) as client:
                batches = [upload(*(record("short") for _ in range(8))) for _ in range(each)]

                async def send() -> None:
                    for batch in batches:
                        await client.send(batch)

                sending = asyncio.create_task(send())
                answers = []
                while len(answers) < each:
                    frame = await client.receive_one(60)
                    if frame["type"] != "SYNC_UPDATE":
                        answers.append(frame)
                await sending
                for batch, frame in zip(batches, answers):
                    assert frame.get("synced_ids") == [item["sync_id"] for item in batch["payloads"]], frame
                return answers

        return sum(await asyncio.gather(*map(work, range(1, connections + 1))), [])

    # 8 uploads of 8 writes of each connection would be 3,840.
    with Pulsed(tmp_path / "store.db", "--limit", "queued-writes=1200") as server:
        answers = asyncio.run(run(server))
    assert [frame["type"] for frame in answers] == ["BATCH_ACK"] * connections * each


def read_deltas(url: str, connections: int, records: int, begun, results) -> None:
    """Asks for everything with many connections at once; tells how many records each of them got."""
    clients = {client.socket: client for client in (RawClient(url) for _ in range(connections))}
    begun.set()
    selector = selectors.DefaultSelector()
    counts, tails = dict.fromkeys(clients, 0), dict.fromkeys(clients, b"")
    for socket, client in clients.items():
        client.protocol.send_text(b'{"type":"SYNC_REQUEST_DELTA","table":"task","last_version":0}')
        socket.sendall(b"".join(client.protocol.data_to_send()))
        selector.register(socket, selectors.EVENT_READ)
    word = b'"SYNC_UPDATE"'
    while min(counts.values()) < records and (ready := selector.select(30)):
        for key, _ in ready:
            piece = tails[key.fileobj] + key.fileobj.recv(65536)
            counts[key.fileobj] += piece.count(word)
            tails[key.fileobj] = piece[1 - len(word):] if not piece.endswith(word) else b""
    results.put(sorted(counts.values()))


def test_many_deltas_at_once_are_all_sent_and_hurt_nobody(tmp_path):
    connections, records = 200, 1_000
    with Pulsed(tmp_path / "store.db") as server:
        async def fill() -> None:
            async with await Client.connect(server.url("1")) as client:
                for _ in range(records // 100):
                    await answer(client, upload(*(record() for _ in range(100))))

        asyncio.run(fill())
        quiet = asyncio.run(latency(server, "good"))
        before = peak(server)
        context = multiprocessing.get_context("spawn")
        begun, results = context.Event(), context.Queue()
        reading = context.Process(target=read_deltas, args=(server.url("1"), connections, records, begun, results))
        reading.start()
        assert begun.wait(30)
        loud = asyncio.run(latency(server, "good", 200))
        counts = results.get(timeout=60)
        reading.join()
        growth = peak(server) - before
    print(f"p99 quiet {quiet * 1e3:.1f} ms, beside {connections} deltas {loud * 1e3:.1f} ms; {growth >> 20} MiB more")
    assert counts == [records] * connections
    assert loud < bound(quiet)
    assert growth < connections << 20, "a page or two for each connection, and no more"


def faults(server: Pulsed) -> int:
    """How many pages of memory the system has given to the server so far, each cleared before."""
    return int(Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()[7])


def test_deltas_use_the_same_memory_again_and_again(tmp_path):
    records, turns = 5_000, 5
    with Pulsed(tmp_path / "store.db") as server:
        async def fill() -> None:
            async with await Client.connect(server.url("1")) as client:
                for _ in range(records // 500):
                    await answer(client, upload(*(record() for _ in range(500))))

        asyncio.run(fill())
    # Anew: what large uploads have taken would be used for deltas, too.
    with Pulsed(tmp_path / "store.db") as server:
        results = queue.SimpleQueue()
        read_deltas(server.url("1"), 1, records, threading.Event(), results)
        before = faults(server)
        for _ in range(turns):
            read_deltas(server.url("1"), 1, records, threading.Event(), results)
        taken = faults(server) - before
    print(f"{taken} pages of memory taken for {turns} deltas of {records} records")
    assert taken < turns * 100, "a tenth of what each delta has, and no more"


async def fill_up(client: Client, seconds: float = 20) -> dict:
    """Uploads until the store is full; what the first refusal says."""
    deadline = time.monotonic() + seconds
    while True:
        frame = await answer(client, upload(*(record() for _ in range(20))))
        if frame["type"] == "SYNC_ERROR":
            return frame
        assert time.monotonic() < deadline, "the store takes more and more"
        await asyncio.sleep(0.05)


FULL = {
    "type": "SYNC_ERROR", "code": 503, "message": "The store is full. Only deletes may be taken just now.",
    "retryable": True, "table": "task"}


def test_a_store_at_its_limit_refuses_writes_and_takes_deletes(tmp_path):
    async def until_full(server: Pulsed) -> None:
        async with await Client.connect(server.url("1")) as client:
            kept = record("short")
            assert (await answer(client, upload(kept)))["synced_ids"]
            assert await fill_up(client) == FULL
            assert await answer(client, upload(record())) == FULL
            deleted = {"sync_id": kept["sync_id"], "version": 1, "is_deleted": True}
            assert await answer(client, upload(deleted, record())) == FULL, "all of a batch, or nothing"
            assert (await answer(client, upload(deleted)))["synced_ids"] == [kept["sync_id"]]
            await client.send(delta("task", 1))
            assert (await client.receive_one())["type"] == "SYNC_UPDATE", "what is there can be read"

    async def write(server: Pulsed) -> dict:
        async with await Client.connect(server.url("1")) as client:
            return await answer(client, upload(record()))

    # From a quarter more on nothing is taken: the uploads between two measurements must not reach that.
    with Pulsed(tmp_path / "store.db", "--limit", "store-bytes=8000000") as server:
        asyncio.run(until_full(server))
        assert "the store is full" in server.log()
    with Pulsed(tmp_path / "store.db", "--limit", "store-bytes=8000000") as server:
        assert asyncio.run(write(server)) == FULL, "it knows from the start"
    with Pulsed(tmp_path / "store.db", "--limit", "store-bytes=20000000") as server:
        assert asyncio.run(write(server))["type"] == "BATCH_ACK"


def test_a_disk_that_is_nearly_full_is_left_to_deletes_until_there_is_room(tmp_path):
    async def run(server: Pulsed, disk) -> None:
        async with await Client.connect(server.url("1")) as client:
            kept = record("short")
            assert (await answer(client, upload(kept)))["synced_ids"]
            disk.fill(leave=3 << 20)
            assert await fill_up(client) == FULL
            deleted = {"sync_id": kept["sync_id"], "version": 1, "is_deleted": True}
            assert (await answer(client, upload(deleted)))["synced_ids"] == [kept["sync_id"]]
            disk.free()
            deadline = time.monotonic() + 10
            while (frame := await answer(client, upload(record())))["type"] != "BATCH_ACK":
                assert frame == FULL and time.monotonic() < deadline
                await asyncio.sleep(0.1)

    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("mounting a tmpfs is not permitted here")
        with Pulsed(
            disk.path / "store.db", "--limit", "disk-free-bytes=4000000", log=tmp_path / "server.log"
        ) as server:
            asyncio.run(run(server, disk))


def test_a_string_that_is_too_long_is_the_error_of_its_item_and_names_the_field(tmp_path):
    async def run(server: Pulsed) -> None:
        async with await Client.connect(server.url("1")) as client:
            good, bad, many = record(), record("x" * 300_000), record()
            many |= {f"key{number}": 1 for number in range(11_000)}
            ack = await answer(client, upload(good, bad, many))
            assert ack["synced_ids"] == [good["sync_id"]]
            assert ack["errors"] == [
                {"id": bad["sync_id"], "msg": "description: is longer than allowed"},
                {"id": many["sync_id"], "msg": "An object has more keys than allowed."}]

    with Pulsed(tmp_path / "store.db") as server:
        asyncio.run(run(server))
