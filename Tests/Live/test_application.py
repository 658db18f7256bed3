"""`Examples/TaskServer`: an executable of a developer's own has what `pulsed` has, and its own models and work."""

import asyncio
import subprocess
import time
import uuid

import pytest

from harness import Client, Pulsed
from support.pulsed import binary, serve

pytestmark = pytest.mark.examples

BAD_USAGE, UNAVAILABLE, FAILED_WORK, WRONG = 64, 69, 70, 78
UNTIL_THE_END = 5  # Seconds that work is waited for once it has been told to end.


def run(*command) -> subprocess.CompletedProcess:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=30)


def task_server(*arguments) -> subprocess.CompletedProcess:
    return run(binary("TaskServer"), *arguments)


def served(tmp_path, price_seconds: str = "3600") -> Pulsed:
    return Pulsed(tmp_path / "store.db", program="TaskServer", env={"PRICE_SECONDS": price_seconds})


def test_its_own_models_and_rules_are_served(tmp_path):
    async def converse(server: Pulsed) -> list[dict]:
        async with await Client.connect(server.url("ada")) as client:
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
            for fields in ({"title": " Buy milk "}, {"title": " "}, {"bogus": "a field of nobody"}):
                await client.send(
                    {"type": "SYNC_UPLOAD", "table": "task", "payload": {"sync_id": str(uuid.uuid4()), **fields}})
            seen = []
            while len(seen) < 4:  # Three answers, and the echo of the one that was taken.
                seen.append(await client.receive_one())
            return seen

    with served(tmp_path) as server:
        frames = asyncio.run(converse(server))
    acks = [frame for frame in frames if frame["type"] == "SYNC_ACK_INDIVIDUAL"]
    assert [ack["status"] for ack in acks] == ["SUCCESS", "ERROR", "ERROR"]
    assert acks[1]["error"] == "A task needs a title."
    echoes = [frame["data"]["data"] for frame in frames if frame["type"] == "SYNC_UPDATE"]
    assert [(echo["title"], echo["completed"]) for echo in echoes if "title" in echo] == [("Buy milk", False)]


def test_a_rule_sees_what_was_uploaded_just_before(tmp_path):
    """A device's queue: a record is created and changed, and nobody waits for an answer in between."""
    async def converse(server: Pulsed) -> list[str]:
        async with await Client.connect(server.url("ada")) as client:
            task = str(uuid.uuid4())
            for fields in ({"title": "Buy milk"}, {"completed": True}, {"description": "Two"}):
                await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": {
                    "sync_id": task, "version": 1_000, **fields}})
            acks: list[str] = []
            while len(acks) < 3:
                frame = await client.receive_one()
                acks += [frame["status"]] if "status" in frame else []
            return acks

    with served(tmp_path) as server:
        assert asyncio.run(converse(server)) == ["SUCCESS"] * 3


def test_what_its_work_writes_reaches_clients_until_it_is_told_to_stop(tmp_path):
    async def watch(server: Pulsed) -> list[dict]:
        async with await Client.connect(server.url("ada")) as client:
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "item", "last_version": 0})
            return [(await client.receive_one())["data"] for _ in range(5)]

    with served(tmp_path, price_seconds="0.05") as server:
        records = asyncio.run(watch(server))
        began = time.monotonic()
        assert server.terminate() == 0, server.log()
        assert time.monotonic() - began < UNTIL_THE_END, "the work was not cancelled"
    versions = [record["version"] for record in records]
    assert versions == list(range(versions[0], versions[0] + 5))
    assert len({record["sync_id"] for record in records}) == 1 and records[0]["data"]["name"] == "Lamp"
    assert "error" not in server.log()


def test_work_that_fails_ends_the_server_in_order(tmp_path):
    with served(tmp_path, price_seconds="soon") as server:
        assert server.process.wait(UNTIL_THE_END) == FAILED_WORK, server.log()
        assert "critical" in server.log() and "WrongInterval" in server.log()


def test_no_other_schema_is_served(tmp_path):
    refused = run(*serve(tmp_path / "store.db", program="TaskServer"), "--schema", "Examples/schema.yaml")
    assert (refused.returncode, refused.stdout, refused.stderr) == (
        WRONG, "", "TaskServer: --schema: this program brings its own, and takes no other\n")
    assert not (tmp_path / "store.db").exists()


def test_its_schema_goes_from_swift_to_yaml(tmp_path):
    printed = task_server("schema", "print")
    assert printed.returncode == 0 and "decimal_places: 2" in printed.stdout
    file = tmp_path / "schema.yaml"
    file.write_text(printed.stdout)
    assert run(binary(), "schema", "print", file).stdout == printed.stdout, "pulsed reads it as it was meant"
    assert task_server("schema", "check").stdout == "the built-in schema: 2 models, 6 fields: fine\n"
    assert task_server("schema", "check", file).stdout == f"{file}: 2 models, 6 fields: fine\n"


@pytest.mark.parametrize("arguments", [
    [], ["serve"], ["store"], ["store", "copy"], ["schema"], ["schema", "check"], ["schema", "print"], ["bench"],
    ["bench", "upload"],
], ids=" ".join)
def test_it_has_the_subcommands_of_pulsed_under_its_own_name(arguments):
    own, model = task_server(*arguments, "--help"), run(binary(), *arguments, "--help")
    assert own.returncode == model.returncode == 0
    assert f"USAGE: {' '.join(['TaskServer', *arguments])} " in own.stdout
    assert own.stdout == model.stdout.replace("pulsed", "TaskServer")


def test_a_command_that_fails_says_who_speaks(tmp_path):
    missing = tmp_path / "missing.db"
    copied = task_server("store", "copy", "--from", f"sqlite:{missing}", "--to", f"sqlite:{tmp_path / 'new.db'}")
    assert (copied.returncode, copied.stderr) == (UNAVAILABLE, f"TaskServer: there is no file {missing}\n")
    assert task_server("sevre").returncode == BAD_USAGE


def test_it_copies_its_store(tmp_path):
    async def wait_for_record(server: Pulsed) -> None:
        async with await Client.connect(server.url("ada")) as client:
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "item", "last_version": 0})
            await client.receive_one()

    with served(tmp_path) as server:
        asyncio.run(wait_for_record(server))
    copied = task_server(
        "store", "copy", "--from", f"sqlite:{tmp_path / 'store.db'}", "--to", f"sqlite:{tmp_path / 'copy.db'}")
    assert copied.returncode == 0, copied.stderr
    assert copied.stdout.startswith("copied 1 record of 1 model in 1 scope"), copied.stdout
