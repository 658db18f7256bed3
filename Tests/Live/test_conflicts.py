"""The conversations about models with rules for conflicts, which the reference does not have."""

import asyncio
import uuid

import pytest

from conversations.compare import server_differences
from conversations.session import SERVER_PACE, play_all
from conversations.vector import load_all
from harness import Client, Pulsed, Refused

VECTORS = {vector.name: vector for vector in load_all() if vector.schema}
[SCHEMA] = {vector.schema for vector in VECTORS.values()}


@pytest.fixture(scope="session", params=["sqlite", "mongodb"])
def runs(request, tmp_path_factory):
    """What this server does in each conversation, on a store of each kind."""
    directory = tmp_path_factory.mktemp("conflicts")
    store = directory / "store.db" if request.param == "sqlite" else request.getfixturevalue("secantus").uri("conflicts")
    with Pulsed(store, "--schema", SCHEMA, log=directory / "pulsed.log") as server:
        return play_all(list(VECTORS.values()), server, SERVER_PACE)


@pytest.mark.parametrize("name", VECTORS)
def test_pulsed_merges_as_expected(runs, name):
    if isinstance(runs[name], Exception):
        raise runs[name]
    assert server_differences(VECTORS[name], runs[name]) == []


def test_devices_that_say_which_they_are_may_make_the_same_change(tmp_path):
    """Two devices of one user raise 10 to 11; one of them repeats itself from a new connection."""
    note = str(uuid.uuid4())

    async def upload(server: Pulsed, device: str, version: int, views: int) -> dict:
        async with await Client.connect(server.url("alice") + f"&client_id={device}") as client:
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "note", "last_version": version})
            await client.send({"type": "SYNC_UPLOAD", "table": "note", "payload": {
                "sync_id": note, "version": version, "views": views}})
            frames = await client.receive_until(lambda frame: frame["type"] == "SYNC_ACK_INDIVIDUAL")
            assert frames[-1]["status"] == "SUCCESS"
            return (await client.receive_one())["data"]

    async def converse(server: Pulsed) -> list[tuple[int, int]]:
        seen = [await upload(server, "phone", 0, 10)]
        version = seen[0]["version"]
        for device in ("phone", "tablet", "phone", "tablet"):
            seen.append(await upload(server, device, version, 11))
        return [(data["version"], data["data"]["views"]) for data in seen]

    with Pulsed(tmp_path / "store.db", "--schema", SCHEMA) as server:
        assert asyncio.run(converse(server)) == [(1, 10), (2, 11), (3, 12), (3, 12), (3, 12)]


@pytest.mark.parametrize("query", ["client_id=", "client_id=" + 65 * "x", "client_id=a%00b", "client_id=a&client_id=b"])
def test_a_device_with_an_unusable_name_is_refused(pulsed, query):
    with pytest.raises(Refused) as refused:
        asyncio.run(Client.connect(f"{pulsed.url('alice')}&{query}"))
    assert refused.value.status == 400
