"""The same conversations with the reference and with this server, compared frame by frame."""

import pytest

from conversations.compare import (
    departs_at, in_expected_form, live_differences, reference_differences, server_differences)
from conversations.normal import with_free_errors
from conversations.session import (
    DOUBTFUL_PACE, PATIENT_PACE, PATIENT_REFERENCE_PACE, REFERENCE_PACE, SERVER_PACE, play_all)
from conversations.vector import load_all
from differences import DIFFERENT_ON_PURPOSE
from harness import Pulsed
from support.workers import LevelWorkers

COMMON = [vector for vector in load_all() if vector.schema is None]
RECORDED = {vector.name: vector for vector in COMMON if vector.source == "recorded"}
EXPECTED = {vector.name: vector for vector in COMMON if vector.source == "expected"}
EVERY = {**RECORDED, **EXPECTED}


@pytest.fixture(scope="session")
def reference_runs(django_pulse):
    """What the reference does in each conversation."""
    recorded = play_all(list(RECORDED.values()), django_pulse, REFERENCE_PACE)
    late = [vector for name, vector in RECORDED.items() if not does_what_is_recorded(vector, recorded[name])]
    expected = play_all(list(EXPECTED.values()), django_pulse, DOUBTFUL_PACE)
    hurried = [vector for name, vector in EXPECTED.items() if not departs_where_it_says(vector, expected[name])]
    return (
        recorded | play_all(late, django_pulse, PATIENT_REFERENCE_PACE)
        | expected | play_all(hurried, django_pulse, PATIENT_PACE))


def does_what_is_recorded(vector, run) -> bool:
    return not isinstance(run, Exception) and not reference_differences(vector, run)


def departs_where_it_says(vector, run) -> bool:
    return not isinstance(run, Exception) and departs_at(vector, run) == vector.content["reference"]["departs_at"]


@pytest.fixture(scope="session", params=["sqlite", "mongodb", "two workers"])
def pulsed_runs(request, tmp_path_factory):
    """What this server does in each conversation: on a store of each kind, and two of it behind a balancer."""

    def start(name: str) -> Pulsed | LevelWorkers:
        directory = tmp_path_factory.mktemp(name)
        if request.param == "two workers":
            return LevelWorkers(directory, directory / "store.db")
        if request.param == "sqlite":
            return Pulsed(directory / "store.db")
        return Pulsed(request.getfixturevalue("secantus").uri(name), log=directory / "pulsed.log")

    with start("conversations") as server:
        runs = play_all(list(EVERY.values()), server, SERVER_PACE, lambda vector: start(vector.name))
    if request.param != "two workers":
        return runs
    return {
        name: run if isinstance(run, Exception) else in_expected_form(EVERY[name], run) for name, run in runs.items()}


def transcript_of(runs, name):
    """The run's transcript; an exception that ended the run is raised here, in the test that it belongs to."""
    if isinstance(runs[name], Exception):
        raise runs[name]
    return runs[name]


@pytest.mark.parametrize("name", RECORDED)
def test_reference_still_does_what_is_recorded(reference_runs, name):
    assert reference_differences(RECORDED[name], transcript_of(reference_runs, name)) == []


@pytest.mark.parametrize("name", RECORDED)
def test_pulsed_agrees_with_the_recording(pulsed_runs, name):
    assert server_differences(RECORDED[name], transcript_of(pulsed_runs, name)) == []


@pytest.mark.parametrize("name", RECORDED)
def test_pulsed_agrees_with_the_running_reference(reference_runs, pulsed_runs, name):
    received = transcript_of(reference_runs, name).received
    reference = [[with_free_errors(frame) for frame in frames] for frames in received]
    assert live_differences(RECORDED[name], reference, transcript_of(pulsed_runs, name)) == []


@pytest.mark.parametrize("name", EXPECTED)
def test_reference_does_not_satisfy_what_is_to_be_better(reference_runs, name):
    """It fails, and just where the conversation says: not before, for want of something else."""
    vector = EXPECTED[name]
    assert departs_at(vector, transcript_of(reference_runs, name)) == vector.content["reference"]["departs_at"]


@pytest.mark.parametrize("name", EXPECTED)
def test_pulsed_satisfies_what_is_to_be_better(pulsed_runs, name):
    assert server_differences(EXPECTED[name], transcript_of(pulsed_runs, name)) == []


def test_every_intended_difference_is_listed_by_row():
    marked = {name: vector.differing_rows for name, vector in RECORDED.items() if vector.differing_rows}
    assert marked == DIFFERENT_ON_PURPOSE

