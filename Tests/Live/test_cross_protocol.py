"""One history for both protocols: whoever writes, by whatever way, all who read come to the same state.

Phones over pulse, clients of the HTTP API and the application's own code change the same records at random. Pulse sockets,
deltas, pulls, full resyncs and streams, from the beginning, from the middle and at the end, must agree. PULSE_SEED sets
which run, PULSE_CROSS_SECONDS how long it takes (6).
"""

import asyncio
import json
import random
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from harness import Client, Pulsed, Secantus, Workers
from reliability.settings import count, seed
from support.sync_api import BEGINNING, SyncAPI, change

USERS = [7, 8]
RECORDS = 25
FIELDS = ["title", "description", "completed"]


@dataclass
class Replica:
    """What a reader has, by sync id: fields, or None for a deleted record; and in what order it came."""

    name: str
    records: dict[str, dict | None] = field(default_factory=dict)
    versions: dict[str, str | int] = field(default_factory=dict)
    last: str | int | None = None

    def take(self, sync_id: str, version, data: dict | None, *, in_order: bool = True) -> None:
        if in_order:
            assert self.last is None or version > self.last, f"{self.name}: {version} came behind {self.last}"
            self.last = version
        # A winner of a conflict is sent again.
        if sync_id in self.versions and version < self.versions[sync_id]:
            return
        self.versions[sync_id] = version
        self.records[sync_id] = None if data is None else {name: data[name] for name in FIELDS}

    def take_update(self, frame: dict) -> None:
        if frame.get("type") != "SYNC_UPDATE":
            return
        update = frame["data"]
        if update.get("type") == "HARD_DELETE":
            self.records[update["sync_id"]] = None
        else:
            data = update["data"]
            self.take(update["sync_id"], data["version"], None if data["is_deleted"] else data, in_order=False)

    def take_entry(self, entry: dict) -> None:
        assert entry["collection"] == "task"
        self.take(entry["doc_id"], entry["version"], entry["data"])
        if entry["data"] is not None:
            assert entry["data"]["_id"] == entry["doc_id"]

    def take_line(self, line: dict) -> None:
        self.records[line["doc_id"]] = None if line["deleted"] else {name: line["data"][name] for name in FIELDS}


class Run:
    def __init__(self, servers, number: int, seconds: float):
        self.servers, self.seconds = servers, seconds
        self.random = random.Random(number)
        self.keys = {user: [str(uuid.UUID(int=self.random.getrandbits(128), version=4)) for _ in range(RECORDS)]
                     for user in USERS}
        self.written = {"pulse": 0, "push": 0, "server": 0, "refused": 0}
        self.acted = dict.fromkeys(USERS, 0)
        self.ended = asyncio.Event()
        self.replicas: dict[int, list[Replica]] = {user: [] for user in USERS}

    def api(self, user: int) -> SyncAPI:
        return SyncAPI(self.random.choice(self.ports()), user)

    def ports(self) -> list[int]:
        workers = getattr(self.servers, "workers", [self.servers])
        return [worker.port for worker in workers]

    def replica(self, user: int, name: str) -> Replica:
        replica = Replica(f"user {user}: {name}")
        self.replicas[user].append(replica)
        return replica

    def fields(self) -> dict:
        return {"title": f"t{self.random.getrandbits(32)}", "description": "ü" * self.random.randrange(4),
                "completed": self.random.random() < 0.5}

    async def go(self) -> None:
        async with AsyncExitStack() as stack:
            readers = asyncio.TaskGroup()
            await stack.enter_async_context(readers)
            for user in USERS:
                readers.create_task(self.listen(user))
                readers.create_task(self.follow(user, BEGINNING, "stream from the beginning"))
                readers.create_task(self.pull_on(user))
                readers.create_task(self.resync(user))
                readers.create_task(self.join_late(user))
            async with asyncio.TaskGroup() as writers:
                for user in USERS:
                    for device in range(2):
                        writers.create_task(self.upload(user))
                        writers.create_task(self.push(user, f"client-{user}-{device}"))
                    writers.create_task(self.act(user))
            await asyncio.sleep(3)
            self.ended.set()

    # Writers

    async def writing(self, at_least=lambda: True):
        loop = asyncio.get_running_loop()
        end = loop.time() + self.seconds
        # Processes take long to start on a busy machine.
        while loop.time() < end or not at_least() and loop.time() < end + 60:
            yield
            await asyncio.sleep(self.random.uniform(0, 0.05))

    async def upload(self, user: int) -> None:
        """A phone that has read the log, more or less."""
        async with await Client.connect(self.servers.url(user)) as client:
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
            seen: dict[str, int] = {}
            async for _ in self.writing():
                for frame in await client.receive_until_quiet(0.02):
                    if frame.get("type") == "SYNC_UPDATE" and "data" in frame["data"]:
                        seen[frame["data"]["sync_id"]] = frame["data"]["data"]["version"]
                key = self.random.choice(self.keys[user])
                payload = {"sync_id": key, "version": seen.get(key, 0), **self.fields()}
                if self.random.random() < 0.2:
                    payload["is_deleted"] = True
                await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": payload})
                self.written["pulse"] += 1

    async def push(self, user: int, name: str) -> None:
        api, seen = self.api(user), {}
        async for _ in self.writing():
            if self.random.random() < 0.7:
                for entry in (await asyncio.to_thread(api.pull_all))[0]:
                    seen[entry["doc_id"]] = entry["version"]
            keys = self.random.sample(self.keys[user], self.random.randint(1, 3))
            changes = [change("task", key, None if self.random.random() < 0.2 and key in seen else self.fields(),
                              seen.get(key)) for key in keys]
            results = await asyncio.to_thread(api.push, name, *changes)
            if self.random.random() < 0.3:
                # The answer was lost. What was accepted is answered as it was.
                again = await asyncio.to_thread(api.push, name, *changes)
                if all(result["status"] != "rejected" for result in results):
                    assert again == results, (changes, results, again)
            for result in results:
                if result["status"] == "rejected":
                    self.written["refused"] += 1
                else:
                    self.written["push"] += 1
                    seen[result["doc_id"]] = result["new_version"]
        api.close()

    async def act(self, user: int) -> None:
        """The application's own code, in another process."""
        created = []
        async for _ in self.writing(at_least=lambda: self.acted[user] > 2):
            if created and self.random.random() < 0.4:
                action = {"action": self.random.choice(["soft-delete", "hard-delete"]), "sync_id": created.pop()}
            else:
                key = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
                self.keys[user].append(key)
                created.append(key)
                action = {"action": "create", "sync_id": key, "fields": {"user_id": user, **self.fields()}}
            try:
                await asyncio.to_thread(self.servers.act, {**action, "table": "task"})
                self.written["server"] += 1
                self.acted[user] += 1
            except Exception:
                # Somebody was faster, or the process that did it had to wait for too long.
                self.written["refused"] += 1
            await asyncio.sleep(0.3)

    # Readers

    async def listen(self, user: int) -> None:
        """A phone that only reads, from before the first write."""
        replica = self.replica(user, "pulse socket")
        async with await Client.connect(self.servers.url(user)) as client:
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
            while not self.ended.is_set():
                for frame in await client.receive_until_quiet(0.1):
                    replica.take_update(frame)

    async def follow(self, user: int, since: str, name: str) -> None:
        await self.read_on(user, self.replica(user, name), since)

    async def read_on(self, user: int, replica: Replica, since: str) -> None:
        """A stream, from a version to the end."""
        replica.last = since
        async with self.api(user).stream(since, "task") as socket:
            while not self.ended.is_set():
                try:
                    async with asyncio.timeout(0.2):
                        message = json.loads(await socket.recv())
                except TimeoutError:
                    continue
                if message.get("type") != "ping":
                    replica.take_entry(message)

    async def pull_on(self, user: int) -> None:
        replica, api, since = self.replica(user, "pulls of seven"), self.api(user), BEGINNING
        while not self.ended.is_set():
            changes, since = await asyncio.to_thread(api.pull_all, since, "task", 7)
            for entry in changes:
                replica.take_entry(entry)
            await asyncio.sleep(0.05)

    async def resync(self, user: int) -> None:
        """A full resync while others write, a few lines at a time, and the pull that follows."""
        await asyncio.sleep(self.seconds / 2)
        replica, api = self.replica(user, "full resync and pull"), self.api(user)
        cursor, ends = None, set()
        while True:
            lines, headers = await asyncio.to_thread(api.full, "task", 3, cursor)
            for line in lines:
                replica.take_line(line)
            ends.add(headers["x-sync-lastseq"])
            cursor = headers.get("x-sync-cursor")
            if not cursor:
                break
            await asyncio.sleep(0.02)
        assert len(ends) == 1, ends
        await self.ended.wait()
        replica.last = ends.pop()
        for entry in (await asyncio.to_thread(api.pull_all, replica.last, "task", 50))[0]:
            replica.take_entry(entry)

    async def join_late(self, user: int) -> None:
        """Pulls once, and goes on by a stream from there."""
        await asyncio.sleep(self.seconds / 2)
        replica = self.replica(user, "stream from the middle")
        changes, since = await asyncio.to_thread(self.api(user).pull_all, BEGINNING, "task", 20)
        for entry in changes:
            replica.take_entry(entry)
        await self.read_on(user, replica, since)

    # The end

    async def check(self) -> None:
        for user in USERS:
            last = self.replica(user, "delta at the end")
            async with await Client.connect(self.servers.url(user)) as client:
                await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
                for frame in await client.receive_until_quiet(0.5):
                    last.take_update(frame)
            pulled = self.replica(user, "pull at the end")
            for entry in (await asyncio.to_thread(self.api(user).pull_all))[0]:
                pulled.take_entry(entry)
            resynced = self.replica(user, "full resync at the end")
            for line in (await asyncio.to_thread(self.api(user).full, "task"))[0]:
                resynced.take_line(line)
            live = {key: value for key, value in pulled.records.items() if value is not None}
            assert live, "nothing is left to compare"
            for replica in self.replicas[user]:
                found = {key: value for key, value in replica.records.items() if value is not None}
                assert found == live, f"{replica.name} differs: {difference(found, live)}"
                foreign = set(replica.records) - set(self.keys[user])
                assert not foreign, f"{replica.name} was sent records of somebody else"


def difference(found: dict, expected: dict) -> dict:
    return {key: (found.get(key), expected.get(key)) for key in found.keys() | expected.keys()
            if found.get(key) != expected.get(key)}


@pytest.fixture(params=["sqlite", "mongodb"])
def store(request, tmp_path):
    if request.param == "sqlite":
        yield tmp_path / "store.db"
    else:
        with Secantus(tmp_path / "secantus", transaction_lifetime=5) as server:
            yield server.uri("cross")


@pytest.mark.parametrize("workers", [1, 2])
def test_all_ways_of_reading_come_to_the_same_state(store, tmp_path, workers):
    number = seed()
    servers = Pulsed(store, log=tmp_path / "pulsed.log") if workers == 1 else Workers(tmp_path, store)
    with servers:
        run = Run(servers, number, count("PULSE_CROSS_SECONDS", 6))

        async def story():
            await run.go()
            await run.check()

        asyncio.run(story())
        print(f"PULSE_SEED={number}: {run.written}")
        assert min(run.written[name] for name in ["pulse", "push", "server"]) >= 5, run.written
