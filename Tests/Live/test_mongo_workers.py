"""Two and four servers on one MongoDB database: one log, whichever of them a client writes to and reads from.

PULSE_WORKER_SECONDS sets how long the load lasts (4), PULSE_WORKER_KILLS how often one is killed (8), PULSE_SEED which
run.
"""

import asyncio
import re
import threading
import uuid

import pytest

from harness import Client, Pulsed, Secantus
from reliability.databases import OnMongoDB
from reliability.journal import FIELDS
from reliability.load import Uploader, Work
from reliability.servers import real
from reliability.settings import conclude, count, seed
from reliability.steady import SteadyLoad, SteadyRun
from reliability.workers import WorkersRun

RETRIED = re.compile(r"MongoDB: (\d+) transactions retried")


class Watch(threading.Thread):
    """Looks into the database all the time: whoever can see the head can see every version up to it.

    Only where records are never changed, as a change takes a version away."""

    def __init__(self, server: Secantus, database: str):
        super().__init__()
        self.server, self.database = server, database
        self.looks, self.head, self.gaps = 0, 0, []
        self.ended = threading.Event()
        self.start()

    def run(self) -> None:
        with self.server.client() as client:
            database = client[self.database]
            while not self.ended.wait(0.02):
                head = database["pulse.log"].find_one({"_id": "head"}) or {"version": 0}
                up_to = {"version": {"$lte": head["version"]}}
                seen = sum(database[model].count_documents(up_to) for model in FIELDS)
                if seen != head["version"] or head["version"] < self.head:
                    self.gaps.append(f"{seen} versions below the head, {head['version']} after {self.head}")
                self.looks, self.head = self.looks + 1, head["version"]


@pytest.mark.parametrize(("servers", "insert_only"), [(2, False), (4, True)], ids=["2-changes", "4-inserts"])
def test_workers_share_one_log(secantus, tmp_path, servers, insert_only):
    storage = OnMongoDB(secantus, tmp_path)
    run = WorkersRun(real, storage, servers, seed(), insert_only)
    watch = Watch(secantus, storage.database) if insert_only else None
    try:
        run.run(seconds=count("PULSE_WORKER_SECONDS", 4))
    finally:
        if watch:
            watch.ended.set()
            watch.join()
    retries = [sum(map(int, RETRIED.findall(log))) for log in run.logs]
    conclude(run, f"{servers} workers, retries {retries}")
    assert sum(retries) > 0, "the workers never met: the test proves nothing"
    assert not [log for log in run.logs if "abortTransaction" in log], "a line for each retry, beside that of the second"
    if watch:
        assert watch.gaps == []
        assert watch.looks > 10 and watch.head > 0, "nobody looked"


def test_a_worker_that_is_killed_holds_the_other_up_for_moments(tmp_path):
    """Not longer than a transaction may live that has touched the head: one second here."""

    async def kill(load: SteadyLoad) -> None:
        work = Work(load.journal, "neighbour", "ada", load.rng, insert_only=True)
        neighbour = await asyncio.to_thread(real, storage.store, log=tmp_path / "neighbour.log")
        try:
            uploading = asyncio.create_task(Uploader(neighbour.url("ada"), work).run())
            await asyncio.sleep(0.2 + load.rng.random() * 0.5)  # Anywhere in a transaction.
        finally:
            await asyncio.to_thread(neighbour.kill9)
        await uploading

    with Secantus(tmp_path / "secantus", transaction_lifetime=1) as database:
        storage = OnMongoDB(database, tmp_path)
        run = SteadyRun(real, storage, seed())
        run.run([kill] * count("PULSE_WORKER_KILLS", 8))
    conclude(run, f"neighbour killed {len(run.totals.resumed)} times")


async def race(
    one: Client, other: Client, sync_id: str, versions: dict[str, int], titles: tuple[str, str]
) -> list[str]:
    """Uploads of one record to two servers at the same moment, from the same version; returns how they were answered.

    Keeps in `versions` what the titles that were stored have."""

    async def upload(client: Client, title: str) -> str:
        payload = {"sync_id": sync_id, "version": max(versions.values(), default=0), "title": title}
        await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": payload})
        frames = await client.receive_until(lambda frame: frame["type"] != "SYNC_UPDATE")
        return frames[-1]["status"]

    async def hear(client: Client, title: str) -> None:
        """Until it has been shown the state of this title."""
        frames = await client.receive_until(lambda frame: frame["data"]["data"]["title"] == title)
        versions[title] = frames[-1]["data"]["version"]

    answers = await asyncio.gather(upload(one, titles[0]), upload(other, titles[1]))
    stored = titles[answers.index("SUCCESS")]
    await asyncio.gather(hear(one, stored), hear(other, stored))
    return answers


def test_of_two_writes_at_two_servers_from_one_version_one_wins(secantus, tmp_path):
    uri = secantus.uri("race")

    async def run(urls: list[str]) -> None:
        async with await Client.connect(urls[0]) as one, await Client.connect(urls[1]) as other:
            for client in (one, other):
                await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
            for record in range(1, 3):
                sync_id, versions = str(uuid.uuid4()), {}
                for turn in range(2):
                    titles = (f"{record}/{turn}/one", f"{record}/{turn}/other")
                    assert sorted(await race(one, other, sync_id, versions, titles)) == ["CONFLICT", "SUCCESS"]
                same = (f"{record}/same",) * 2
                assert await race(one, other, sync_id, versions, same) == ["SUCCESS", "SUCCESS"], "a repeat"
                assert list(versions.values()) == list(range(3 * record - 2, 3 * record + 1)), "one version a race"

    with Pulsed(uri, log=tmp_path / "one.log") as one, Pulsed(uri, log=tmp_path / "other.log") as other:
        asyncio.run(run([one.url(1), other.url(1)]))
