"""The hostile corpus, played against one server beside a healthy neighbour.

Each case must get its exact answer; after each the neighbour, and at the end the process and its memory, must be as if
nothing had happened.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness import Pulsed
from hostile import mutations
from hostile.case import Case, load
from hostile.neighbour import Neighbour
from hostile.player import difference
from hostile.wire import Socket, frame

CASES = load("http", "credentials", "api", "frames", "json", "messages", "values")
SEED = 20_261_121
AT_ONCE = 12
"""Cases that are played side by side."""
MEBIBYTE = 1 << 20
GROWTH = 96 * MEBIBYTE
"""Resident memory that a server may have more behind the corpus than before it; 32 MiB are the store's cache."""
SCHEMA = Path(__file__).with_name("hostile") / "schema.yaml"


@dataclass
class Played:
    """What became of the cases."""

    differences: dict[str, str | None]
    growth: int
    log: str


def resident_bytes(server: Pulsed, kind: str = "VmRSS") -> int:
    """Now; `VmHWM` are the most it ever had."""
    return int(re.search(rf"{kind}:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())[1]) * 1024


async def beside_a_neighbour(
    port: int, cases: list[Case], play: Callable[[int, Case], Awaitable[str | None]]
) -> dict[str, str | None]:
    """Plays the cases, a few at once, and looks at the neighbour after each."""
    neighbour = await Neighbour.connect(port)
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> tuple[str, str | None]:
        async with turn:
            found = await play(port, case)
            await neighbour.check()
            return case.id, found

    found = dict(await asyncio.gather(*map(one, cases)))
    neighbour.close()
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    store = tmp_path_factory.mktemp("hostile") / "pulse.db"
    with Pulsed(store, "--schema", SCHEMA, "--allowed-origins", "https://listed.example") as server:
        yield server


@pytest.fixture(scope="module")
def played(server) -> Played:
    before = resident_bytes(server)
    differences = asyncio.run(beside_a_neighbour(server.port, CASES, difference))
    assert server.is_running(), server.log()[-4000:]
    return Played(differences, resident_bytes(server) - before, server.log())


def parameter(case: Case):
    marks = [pytest.mark.xfail(reason=case.bug, strict=True)] if case.bug else []
    return pytest.param(case, id=case.id, marks=marks)


@pytest.mark.parametrize("case", [parameter(case) for case in CASES])
def test_a_case_gets_its_answer(played, case):
    if found := played.differences[case.id]:
        pytest.fail(f"{case.content.get('note', '')}\n{found}", pytrace=False)


def test_memory_does_not_grow(played):
    print(f"{played.growth / MEBIBYTE:.1f} MiB more")
    assert played.growth < GROWTH


def test_the_log_holds_no_control_character_and_no_token(played):
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", played.log)
    assert "token=" not in played.log and "Bearer" not in played.log


def test_mutations_of_what_is_sound_get_documented_answers(server, played):
    print(f"seed {SEED}")
    before = resident_bytes(server)
    made = mutations.make(SEED)
    found = asyncio.run(beside_a_neighbour(server.port, made, mutations.fault))
    assert {id: fault for id, fault in found.items() if fault} == {}
    assert server.is_running(), server.log()[-4000:]
    assert resident_bytes(server) - before < GROWTH


def test_a_small_batch_on_one_large_record_takes_little_memory(tmp_path):
    sync_id = "6f1c2a01-0b1d-4e55-9a77-3c5d2e8f4a01"
    first = {"sync_id": sync_id, "description": "x" * 1_000_000}
    patches = [{"sync_id": sync_id, "version": 1 << 40, "title": str(number)} for number in range(300)]

    async def upload(port: int) -> None:
        socket = await Socket.upgraded(port, 1)
        for payloads in ([first], patches):
            message = {"type": "SYNC_BATCH_UPLOAD", "table": "task", "payloads": payloads}
            socket.send(frame(1, json.dumps(message).encode()))
            while b"SYNC_UPDATE" in (answer := (await socket.frame())[1]):
                pass
            # 300 records of a megabyte are more than one batch may write.
            assert (b"BATCH_ACK" if payloads == [first] else b'"code":104') in answer
        socket.close()

    with Pulsed(tmp_path / "pulse.db", "--limit", "string-bytes=1000000") as server:
        before = resident_bytes(server)
        asyncio.run(upload(server.port))
        assert resident_bytes(server, "VmHWM") - before < 2 * GROWTH
