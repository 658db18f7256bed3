"""Two workers behind a balancer are restarted one after the other under load: nothing that was acked is lost, and all
that a client notices is that it is told to come back."""

import asyncio
import os
import signal
import sqlite3
import uuid

from harness import Client, Closed, Pulsed, Redis, free_port
from support.balancer import Balancer

DEVICES, USERS, IN_FLIGHT, ROUNDS = 24, 4, 4, 2
BETWEEN = 40  # Acks of each device from one restart to the next, at least.


class Device:
    """Uploads all the time, comes back when it is told to, and keeps what it is sent."""

    def __init__(self, number: int, balancer: Balancer):
        self.user, self.balancer = f"user{number % USERS}", balancer
        self.records: dict[str, int] = {}
        self.pending: dict[str, dict] = {}
        self.acked: set[str] = set()
        self.codes: list[int | None] = []
        self.is_resting = False

    @property
    def cursor(self) -> int:
        return max(self.records.values(), default=0)

    async def run(self) -> None:
        while True:
            try:
                async with await Client.connect(self.balancer.url(self.user)) as client:
                    await self._talk(client)
            except Closed as closed:
                self.codes.append(closed.code)

    async def _talk(self, client: Client) -> None:
        await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": self.cursor})
        for payload in list(self.pending.values()):
            await self._upload(client, payload)
        while True:
            while len(self.pending) < IN_FLIGHT and not self.is_resting:
                payload = {"sync_id": str(uuid.uuid4()), "version": 0, "title": "A"}
                self.pending[payload["sync_id"]] = payload
                await self._upload(client, payload)
            frame = await client.receive_one(30)
            if frame["type"] == "SYNC_UPDATE":
                self.records[frame["data"]["sync_id"]] = frame["data"]["version"]
            else:
                assert (frame["type"], frame["status"]) == ("SYNC_ACK_INDIVIDUAL", "SUCCESS"), frame
                self.acked.add(frame["sync_id"])
                self.pending.pop(frame["sync_id"], None)

    async def _upload(self, client: Client, payload: dict) -> None:
        try:
            await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": payload})
        except Closed:
            pass  # What is still to be read comes before the code.


async def progress(devices: list[Device]) -> None:
    """Until each of them has had some more acks."""
    goals = [len(device.acked) + BETWEEN for device in devices]
    async with asyncio.timeout(60):
        while any(len(device.acked) < goal for device, goal in zip(devices, goals)):
            await asyncio.sleep(0.02)


def stored(path) -> dict[str, dict[str, int]]:
    """User -> sync id -> version."""
    rows = sqlite3.connect(path).execute("SELECT scope, sync_id, version FROM record").fetchall()
    users: dict[str, dict[str, int]] = {}
    for user, sync_id, version in rows:
        users.setdefault(user.removeprefix("u:"), {})[str(uuid.UUID(bytes=sync_id))] = version
    return users


def test_a_rolling_restart_under_load_costs_nothing_but_a_reconnect(tmp_path):
    store = tmp_path / "store.db"

    async def roll(workers: list[Pulsed], start, balancer: Balancer) -> list[Device]:
        devices = [Device(number, balancer) for number in range(DEVICES)]
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(device.run()) for device in devices]
            for _ in range(ROUNDS):
                for index, worker in enumerate(workers):
                    await progress(devices)
                    os.kill(worker.pid, signal.SIGTERM)
                    await asyncio.to_thread(worker.wait_until, "stopping")
                    balancer.away.add(worker.port)  # Its health check has failed.
                    assert await asyncio.to_thread(worker.process.wait, 30) == 0, worker.log()
                    workers[index] = await asyncio.to_thread(start, index)
                    balancer.away.discard(worker.port)
            await progress(devices)
            for device in devices:
                device.is_resting = True
            async with asyncio.timeout(30):
                while True:
                    expected = await asyncio.to_thread(stored, store)
                    if all(not each.pending and each.records == expected[each.user] for each in devices):
                        break
                    await asyncio.sleep(0.05)
            for task in running:
                task.cancel()
        return devices

    with Redis(tmp_path) as redis:
        ports = [free_port(), free_port()]

        def start(index: int) -> Pulsed:
            log = tmp_path / f"worker-{index}.log"
            return Pulsed(store, "--redis", redis.url, "--drain-delay", "1", "--drain", "1", log=log, port=ports[index])

        workers = [start(0), start(1)]
        try:
            with Balancer(list(workers)) as balancer:
                devices = asyncio.run(roll(workers, start, balancer))
        finally:
            for worker in workers:
                worker.stop()
    codes = [code for device in devices for code in device.codes]
    assert set(codes) == {1012}, codes
    assert len(codes) >= DEVICES, "everybody was sent away at least once"
    expected = stored(store)
    for device in devices:
        assert device.acked <= expected[device.user].keys()
