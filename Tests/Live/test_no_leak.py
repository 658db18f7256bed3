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
TABLES = ["task", "board", "news", "vault"]
DEVICES, CONNECTIONS, STEPS = 12, 4, 40
MARK = re.compile(r"mark\[([^\]]*)\]")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class World:
    """What is stored: by table and sync id, the owners' marks."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.marks: dict[str, dict[str, str]] = {table: {} for table in TABLES}

    def claims(self) -> dict:
        """Random rights."""
        return {"team": self.random.sample(TEAMS, self.random.randint(0, 2)), "role": self.random.choice(ROLES)}

    def mark(self, sync_id: str) -> str | None:
        """Whose the record is; None where it is not known to be stored."""
        return next((marks[sync_id] for marks in self.marks.values() if sync_id in marks), None)


class Device:
    """One device of a user. Its rights change now and then, by a new connection or by an AUTH frame."""

    def __init__(self, world: World, user: str, ports: list[int]):
        self.world, self.user, self.ports = world, user, ports
        self.named: set[str] = set()
        self.made: dict[str, tuple[str, str]] = {}
        """By sync id: the table and the mark of what was uploaded and not acknowledged."""
        self.updates = self.pushes = 0
        self.foreign: list[str] = []
        self.renewed = self.refused = self.closed_for_access = 0

    async def live(self) -> None:
        for _ in range(CONNECTIONS):
            self.rights = self.world.claims()
            self.renewal: dict | None = None
            """The rights of the token that is being checked."""
            port = self.world.random.choice(self.ports)
            url = f"ws://127.0.0.1:{port}/ws/pulse/sync/?token={tokens.token(self.user, **self.rights)}"
            async with await Client.connect(url) as client:
                reading = asyncio.create_task(self._read(client))
                try:
                    for _ in range(STEPS):
                        await self._act(client)
                        # Longer in all than a fresh connection is sent no pushes.
                        await asyncio.sleep(self.world.random.random() * 0.07)
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
        table = rng.choice(TABLES)
        if action == "delta":
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": table, "last_version": rng.choice([0, 0, 5, 50])})
        elif action == "create":
            await client.send({"type": "SYNC_UPLOAD", "table": table, "payload": self._new(table)})
        elif action == "batch":
            payloads = [self._new(table), self._foreign(table), self._new(table)]
            await client.send({"type": "SYNC_BATCH_UPLOAD", "table": table, "payloads": payloads})
        elif action == "foreign":
            await client.send({"type": "SYNC_UPLOAD", "table": table, "payload": self._foreign(table)})
        elif action == "garbage":
            await client.send({"type": "SYNC_UPLOAD", "table": table, "payload": {"sync_id": 7, "title": [1]}})
        elif rng.random() < 0.3 and self.renewal is None:
            await self._renew(client)

    def _new(self, table: str) -> dict:
        payload = {"sync_id": str(uuid.UUID(int=self.world.random.getrandbits(128))), "version": 0}
        owner = {"task": f"user:{self.user}", "news": "news", "vault": "vault"}.get(table)
        if table == "board":
            team = self.world.random.choice(TEAMS)
            owner, payload["team"] = f"team:{team}", team
        payload["title"] = f"mark[{owner}]"
        self.named.add(payload["sync_id"])
        self.made[payload["sync_id"]] = table, owner
        return payload

    def _foreign(self, table: str) -> dict:
        """A change of any stored record, whosever it is, at a guessed version; now and then into another team."""
        rng = self.world.random
        known = list(self.world.marks[table])
        if not known:
            return self._new(table)
        payload = {"sync_id": rng.choice(known), "version": rng.choice([0, 1, 2**60])}
        self.named.add(payload["sync_id"])
        if rng.random() < 0.1:
            payload["is_deleted"] = rng.random() < 0.5
        if table == "board" and rng.random() < 0.3:
            payload["team"] = rng.choice(TEAMS)
        return payload

    async def _renew(self, client: Client) -> None:
        """A token with the same rights, with other ones, or another user's."""
        rng = self.world.random
        self.renewal = self.rights if rng.random() < 0.5 else self.world.claims()
        user = self.user if rng.random() < 0.8 else rng.choice([other for other in USERS if other != self.user])
        await client.send({"type": "AUTH", "token": tokens.token(user, **self.renewal)})

    async def _read(self, client: Client) -> None:
        with suppress(Closed):
            while True:
                frame = await client.receive_one(timeout=60)
                match frame:
                    case {"type": "AUTH_ACK"}:
                        self.rights, self.renewal = self.renewal, None
                        self.renewed += 1
                    case {"type": "SYNC_ERROR", "code": 400}:
                        self.renewal = None
                        self.refused += 1
                    case {"type": "SYNC_ACK_INDIVIDUAL", "status": "SUCCESS", "sync_id": stored}:
                        self._stored(stored)
                    case {"type": "BATCH_ACK", "synced_ids": several}:
                        for stored in several:
                            self._stored(stored)
                self._judge(frame)

    def _stored(self, sync_id: str) -> None:
        if sync_id in self.made:
            table, mark = self.made.pop(sync_id)
            self.world.marks[table][sync_id] = mark

    def _judge(self, frame: dict) -> None:
        # Until the answer to a token either rights may count.
        may = self.marks(self.rights) | (self.marks(self.renewal) if self.renewal else set())
        text = json.dumps(frame)
        strange = {mark for mark in MARK.findall(text) if mark not in may}
        ids = {sync_id for sync_id in ID.findall(text) if self.world.mark(sync_id) not in {None, *may}}
        if frame["type"] == "SYNC_UPDATE":
            self.updates += 1
            # The delta form ends with the sync id.
            self.pushes += "sync_id" not in frame["data"].get("data", {})
        else:
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
    arguments = ["--schema", schema, "--limit", "errors-per-minute=1000", *tokens.ARGUMENTS]
    world = World(seed)
    if workers == 1:
        with Pulsed(tmp_path / "store.db", *arguments, env=tokens.ENVIRONMENT, auth="jwt") as server:
            devices = asyncio.run(play(world, [server.port]))
    else:
        with Workers(tmp_path, tmp_path / "store.db", *arguments, env=tokens.ENVIRONMENT, auth="jwt") as both:
            devices = asyncio.run(play(world, [worker.port for worker in both.workers]))
    assert [one for device in devices for one in device.foreign] == [], f"PULSE_SEED={seed}"
    # It has really been tried.
    print({name: sum(getattr(device, name) for device in devices)
           for name in ("updates", "pushes", "renewed", "refused", "closed_for_access")})
    assert sum(device.updates for device in devices) > 2_000
    assert sum(device.pushes for device in devices) > 500
    assert all(len(marks) > 20 for marks in world.marks.values())
    assert sum(device.renewed for device in devices) > 10
    assert sum(device.refused for device in devices) > 0
    assert sum(device.closed_for_access for device in devices) > 0
