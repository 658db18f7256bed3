"""No user is ever sent what is not theirs: random users, groups and claims that change, over one worker and over two.

Every record carries in its text whose it is, so a frame tells by itself whether it may be where it is. What a client
may see is known from its token; what it names of its own accord, it may find again in the answer."""

import asyncio
import json
import os
import random
import re
import uuid
from contextlib import suppress

import pytest

from harness import Client, Closed, Pulsed, Workers
from support import tokens

SCHEMA = """
models:
  - {name: task, scope: user, fields: [{name: title, type: text}]}
  - {name: board, scope: {group: team}, fields: [{name: title, type: text}]}
  - {name: news, scope: global, access: {write: {role: staff}}, fields: [{name: title, type: text}]}
  - {name: vault, scope: global, access: {read: {role: staff}}, fields: [{name: title, type: text}]}
"""
USERS, TEAMS, ROLES = ["ann", "bob", "cy", "dee"], ["red", "green", "blue"], ["staff", "guest"]
DEVICES, STEPS = 12, 120
MARK = re.compile(r"mark\[([^\]]*)\]")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class World:
    """What exists: the owners' marks of all records, by sync id."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.marks: dict[str, str] = {}

    def claims(self) -> dict:
        """Random rights."""
        return {"team": self.random.sample(TEAMS, self.random.randint(0, 2)), "role": self.random.choice(ROLES)}


class Device:
    """One device of a user. Its rights change now and then, by a new connection or by an AUTH frame."""

    def __init__(self, world: World, user: str, ports: list[int]):
        self.world, self.user, self.ports = world, user, ports
        self.named: set[str] = set()
        self.frames = 0
        self.foreign: list[str] = []
        self.renewed = self.closed_for_access = 0

    async def live(self) -> None:
        for _ in range(4):
            self.rights = self.world.claims()
            self.previous = None
            port = self.world.random.choice(self.ports)
            url = f"ws://127.0.0.1:{port}/ws/pulse/sync/?token={tokens.token(self.user, **self.rights)}"
            async with await Client.connect(url) as client:
                reading = asyncio.create_task(self._read(client))
                try:
                    for _ in range(STEPS // 4):
                        await self._act(client)
                        await asyncio.sleep(self.world.random.random() * 0.02)
                    await asyncio.sleep(0.3)
                except Closed as closed:
                    assert closed.code == 4003, closed
                    self.closed_for_access += 1
                finally:
                    reading.cancel()
                    with suppress(asyncio.CancelledError):
                        await reading

    def marks(self, rights: dict) -> set[str]:
        """Whose records one may see."""
        staff = {"vault"} if rights["role"] == "staff" else set()
        return {f"user:{self.user}", *(f"team:{team}" for team in rights["team"]), "news", *staff}

    async def _act(self, client: Client) -> None:
        rng = self.world.random
        action = rng.choice(["delta", "create", "create", "batch", "foreign", "foreign", "garbage", "auth"])
        table = rng.choice(["task", "board", "news", "vault"])
        if action == "delta":
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": table, "last_version": rng.choice([0, 0, 5, 50])})
        elif action == "create":
            await client.send({"type": "SYNC_UPLOAD", "table": table, "payload": self._new(table)})
        elif action == "batch":
            payloads = [self._new(table), self._foreign(), self._new(table)]
            await client.send({"type": "SYNC_BATCH_UPLOAD", "table": table, "payloads": payloads})
        elif action == "foreign":
            await client.send({"type": "SYNC_UPLOAD", "table": table, "payload": self._foreign()})
        elif action == "garbage":
            await client.send({"type": "SYNC_UPLOAD", "table": table, "payload": {"sync_id": 7, "title": [1]}})
        elif rng.random() < 0.2:
            await self._renew(client)

    def _new(self, table: str) -> dict:
        payload = {"sync_id": str(uuid.UUID(int=self.world.random.getrandbits(128))), "version": 0}
        owner = {"task": f"user:{self.user}", "news": "news", "vault": "vault"}.get(table)
        if table == "board":
            team = self.world.random.choice(self.rights["team"] or TEAMS)
            owner, payload["team"] = f"team:{team}", team
        payload["title"] = f"mark[{owner}]"
        self.named.add(payload["sync_id"])
        self.world.marks[payload["sync_id"]] = owner
        return payload

    def _foreign(self) -> dict:
        """A change of any record there is, whosever it is, at a guessed version."""
        known = list(self.world.marks) or [str(uuid.uuid4())]
        sync_id = self.world.random.choice(known)
        self.named.add(sync_id)
        deleted = {"is_deleted": True} if self.world.random.random() < 0.1 else {}
        return {"sync_id": sync_id, "version": self.world.random.choice([0, 1, 2**60]), **deleted}

    async def _renew(self, client: Client) -> None:
        """A token with the same rights, with other ones, or another user's."""
        rng = self.world.random
        rights = self.rights if rng.random() < 0.5 else self.world.claims()
        user = self.user if rng.random() < 0.8 else rng.choice([other for other in USERS if other != self.user])
        if user == self.user:
            # Between the token and its acknowledgement either rights may count.
            self.previous, self.rights = self.rights, rights
        await client.send({"type": "AUTH", "token": tokens.token(user, **rights)})

    async def _read(self, client: Client) -> None:
        with suppress(Closed):
            while True:
                frame = await client.receive_one(timeout=60)
                self.frames += 1
                if frame["type"] == "AUTH_ACK":
                    self.previous = None
                    self.renewed += 1
                    continue
                self._judge(frame)

    def _judge(self, frame: dict) -> None:
        may = self.marks(self.rights) | (self.marks(self.previous) if self.previous else set())
        text = json.dumps(frame)
        strange = [mark for mark in MARK.findall(text) if mark not in may]
        ids = {sync_id for sync_id in ID.findall(text) if self.world.marks.get(sync_id) not in may}
        if frame["type"] != "SYNC_UPDATE":
            ids -= self.named
        if strange or ids:
            self.foreign.append(f"{self.user} with {self.rights}: {text}")


async def play(world: World, ports: list[int]) -> list[Device]:
    devices = [Device(world, USERS[index % len(USERS)], ports) for index in range(DEVICES)]
    await asyncio.gather(*(device.live() for device in devices))
    return devices


@pytest.mark.parametrize("workers", [1, 2])
def test_no_frame_names_what_is_not_its_readers(workers, tmp_path):
    seed = int(os.environ.get("PULSE_SEED", 0)) or random.randrange(2**32)
    schema = tmp_path / "schema.yaml"
    schema.write_text(SCHEMA)
    arguments = ["--schema", schema, *tokens.ARGUMENTS]
    world = World(seed)
    if workers == 1:
        with Pulsed(tmp_path / "store.db", *arguments, env=tokens.ENVIRONMENT) as server:
            devices = asyncio.run(play(world, [server.port]))
    else:
        with Workers(tmp_path, tmp_path / "store.db", args=arguments, env=tokens.ENVIRONMENT) as both:
            devices = asyncio.run(play(world, [worker.port for worker in both.workers]))
    assert [one for device in devices for one in device.foreign] == [], f"PULSE_SEED={seed}"
    # It has really been tried.
    assert sum(device.frames for device in devices) > 1_000
    assert sum(device.renewed for device in devices) > 5
    assert sum(device.closed_for_access for device in devices) > 0
