"""The same conversations with fastapi-offline-sync and with this server, compared answer by answer."""

import pytest
from fastapi_offline_sync.hlc import HybridLogicalClock

from harness import Pulsed
from offline_sync import specification
from offline_sync.differences import ROWS
from offline_sync.match import departures, promised
from offline_sync.names import rank
from offline_sync.normal import normalise
from offline_sync.player import Player
from offline_sync.script import load_all
from offline_sync.servers import OfflineSync
from offline_sync.sides import ARGUMENTS, EACH, Ours, Reference
from support.tokens import ENVIRONMENT, SECRET

EVERY = {script.name: script for script in load_all()}
ALIKE = [name for name, script in EVERY.items() if script.row is None]
DIFFERENT = [name for name, script in EVERY.items() if script.row is not None]


@pytest.fixture(scope="session")
def reference(secantus, tmp_path_factory):
    directory = tmp_path_factory.mktemp("offline-sync")
    # It notices only by the next ping that a stream is gone, and each takes a thread of its pool.
    environment = {"OFFLINE_SYNC_SECRET": SECRET, "MOTOR_MAX_WORKERS": "64"}
    with OfflineSync(directory, secantus, "conversations", "0001", "collections_site", environment) as server:
        yield Reference(server)


@pytest.fixture(scope="session", params=["sqlite", "mongodb"])
def ours(request, tmp_path_factory):
    def start(name: str, *arguments: str) -> Pulsed:
        directory = tmp_path_factory.mktemp(name)
        store = directory / "store.db"
        if request.param == "mongodb":
            store = request.getfixturevalue("secantus").uri(f"offline_{name}")
        options = {"log": directory / "pulsed.log", "auth": "jwt", "env": ENVIRONMENT}
        return Pulsed(store, *ARGUMENTS, *arguments, **options)

    with start("together") as together, start("each", *EACH) as each:
        yield Ours(together, each)


@pytest.fixture(scope="session")
def played():
    """Each conversation is played once with each server."""
    runs = {}

    def play(name: str, side) -> tuple[list[dict], list[dict]]:
        """What was answered, and the same made comparable."""
        if (name, side) not in runs:
            player = Player(EVERY[name], side)
            answers = player.play()
            runs[name, side] = answers, normalise(answers, player.names)
        return runs[name, side]

    return play


@pytest.mark.parametrize("name", EVERY)
def test_reference_does_what_the_conversation_says(reference, played, name):
    _, answers = played(name, reference)
    assert found(EVERY[name], answers, "theirs") == []


@pytest.mark.parametrize("name", EVERY)
def test_pulsed_does_what_the_conversation_says(ours, played, name):
    _, answers = played(name, ours)
    assert found(EVERY[name], answers, "ours") == []


@pytest.mark.parametrize("name", EVERY)
def test_pulsed_answers_as_the_reference_does(reference, ours, played, name):
    _, theirs = played(name, reference)
    _, mine = played(name, ours)
    steps = [*EVERY[name].steps, {}]
    differences = [
        f"step {number} {difference}"
        for number, (step, expected, actual) in enumerate(zip(steps, theirs, mine), start=1)
        if "theirs" not in step
        for difference in departures(expected, actual)
    ]
    assert differences == []


@pytest.mark.parametrize("name", DIFFERENT)
def test_reference_does_not_satisfy_what_is_to_be_better(reference, played, name):
    _, answers = played(name, reference)
    assert found(EVERY[name], answers, "ours") != []


@pytest.mark.parametrize("name", EVERY)
def test_answers_of_pulsed_are_as_specified(ours, played, name):
    answers, _ = played(name, ours)
    assert [departure for answer in answers for departure in specification.departures(answer)] == []


@pytest.mark.parametrize("name", ALIKE)
def test_answers_of_the_reference_are_as_specified(reference, played, name):
    """Clients that were written for it find what they know."""
    answers, _ = played(name, reference)
    assert [departure for answer in answers for departure in specification.departures(answer)] == []


def found(script, answers: list[dict], side: str) -> list[str]:
    """Where the answers of a side depart from what the script says."""
    return [
        f"step {number} {difference}"
        for number, (step, answer) in enumerate(zip(script.steps, answers), start=1)
        for difference in promised(step, answer) + departures(step.get(side, {}), answer, is_partial=True)
    ]


def test_the_reference_repeats_versions_and_sorts_them_wrongly():
    clock = HybridLogicalClock(node_id="0001")
    versions = [clock.now() for _ in range(2000)]
    assert len(set(versions)) < 2000
    later, earlier = "20260502T120000.000Z-10000", "20260502T120000.000Z-9999"
    assert HybridLogicalClock.compare(later, earlier) == -1


def test_pulsed_gives_each_change_a_version_of_its_own(ours):
    player = Player(EVERY["a batch is accepted in its order"], ours)
    changes = [{"upsert": f"<number {number}>"} for number in range(1000)]
    player.push({"push": changes})
    versions = player.names.versions
    assert len(versions) == 1000
    assert versions == sorted(set(versions), key=rank)


def test_every_intended_difference_is_listed_by_row():
    marked = {EVERY[name].row for name in DIFFERENT}
    assert marked | {"clock"} == set(ROWS)
    assert all(any("theirs" in step for step in EVERY[name].steps) for name in DIFFERENT)
    assert not any("theirs" in step or "ours" in step for name in ALIKE for step in EVERY[name].steps)
