"""The comparator itself: it accepts what it should, and flags every kind of damage to a run. Needs no server."""

import copy
import json

import pytest

from conversations.compare import (
    differences, in_expected_form, intended, reference_differences, server_differences, step_differences)
from conversations.names import Names
from conversations.normal import normalise
from conversations.player import Transcript
from conversations.vector import load_all

VECTORS = load_all()
SAID = {"string": "some reason", "int": 4}


def said(value):
    """`value` with something that a server may say in place of each wildcard."""
    if isinstance(value, dict):
        if "$any" in value:
            return SAID[value["$any"]]
        if "$has" in value:
            return said({**value["$has"], "more": 1})
        return value["$contains"] if "$contains" in value else {key: said(item) for key, item in value.items()}
    return [said(item) for item in value] if isinstance(value, list) else value


def perfect_run(vector, of_reference=True):
    """The transcript of a server that does what the conversation expects."""
    runs = []
    for step in vector.expectations:
        frames, again = (step["frames"], []) if of_reference else intended(step, step["frames"])
        runs.append(said([*frames, *again]))
    return Transcript(runs)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_perfect_run_is_accepted(vector):
    assert server_differences(vector, perfect_run(vector, of_reference=False)) == []
    assert reference_differences(vector, perfect_run(vector)) == []


def leaves(value, path=()):
    """The path of every scalar in a frame, but for the reasons that may be any text."""
    if isinstance(value, (dict, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, item in pairs for leaf in leaves(item, (*path, key))]
    return [] if value == SAID["string"] else [path]


def changed(frame, path):
    """`frame` with another value at `path`."""
    copied = copy.deepcopy(frame)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    value = holder[path[-1]]
    holder[path[-1]] = not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else "damaged"
    return copied


def reordered(frame):
    """`frame` with the keys of its innermost object the other way round."""
    if isinstance(frame.get("data"), dict):
        return {**frame, "data": reordered(frame["data"])}
    return dict(reversed(frame.items()))


def damaged_runs(frames):
    """Every way in which this test damages a list of frames."""
    for index, frame in enumerate(frames):
        before, after = frames[:index], frames[index + 1 :]
        yield "a frame lost", before + after
        yield "a frame doubled", before + [frame, frame] + after
        if len(frame) > 1:
            yield "keys reordered", before + [reordered(frame)] + after
        for path in leaves(frame):
            yield f"another value at {path}", before + [changed(frame, path)] + after
    for index in range(len(frames) - 1):
        yield "two frames swapped", frames[:index] + [frames[index + 1], frames[index]] + frames[index + 2 :]


SMALL = [vector for vector in VECTORS if vector.source == "recorded" and len(vector.path.read_text()) < 30_000]


@pytest.mark.parametrize("vector", SMALL, ids=lambda vector: vector.name)
def test_every_damage_to_a_recording_is_flagged(vector):
    perfect = perfect_run(vector).received
    for step, frames in enumerate(perfect):
        for damage, bad in damaged_runs(frames):
            run = Transcript([*perfect[:step], bad, *perfect[step + 1 :]])
            assert reference_differences(vector, run), damage


def test_frames_after_the_last_expectation_are_flagged():
    vector = VECTORS[0]
    run = perfect_run(vector)
    run.extra = {"phone": [{"type": "SYNC_UPDATE"}]}
    assert reference_differences(vector, run)


def test_numbers_of_another_kind_are_different():
    assert differences({"version": 1}, {"version": 1.0})
    assert differences({"completed": True}, {"completed": 1})
    assert differences({"user_id": None}, {"user_id": 0})


def test_wildcards_accept_only_their_kind():
    assert differences({"$any": "string"}, "text") == []
    assert differences({"$any": "string"}, 1)
    assert differences({"$any": "int"}, True)
    assert differences({"$contains": "title"}, "title: too long") == []
    assert differences({"$contains": "title"}, "too long")
    assert differences({"$has": {"code": 1, "table": "task"}}, {"code": 1, "more": 2, "table": "task"}) == []
    assert differences({"$has": {"code": 1, "table": "task"}}, {"code": 1, "more": 2})
    assert differences({"$has": {"code": 1, "table": "task"}}, {"table": "task", "code": 1})


def test_what_is_sent_again_stands_anywhere_after_the_ack():
    ack, push, again = {"type": "ack"}, {"type": "push"}, {"type": "again"}
    assert step_differences([ack, push], [again], [ack, again, push], "$") == []
    assert step_differences([ack, push], [again], [ack, push, again], "$") == []
    assert step_differences([ack, push], [again], [again, ack, push], "$")
    assert step_differences([ack, push], [again], [ack, push], "$")
    assert step_differences([ack, push], [again], [push, ack, again], "$")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_a_push_may_stand_for_a_line_of_a_delta_but_for_nothing_else(vector):
    perfect = perfect_run(vector, of_reference=False)
    pushed = Transcript([[as_push(frame) for frame in frames] for frames in perfect.received])
    assert server_differences(vector, in_expected_form(vector, pushed)) == []
    for step, frames in enumerate(perfect.received):
        if frames and vector.expectations[step]["frames"] and frames[0].get("type") == "SYNC_UPDATE":
            lost = Transcript([*pushed.received[:step], frames[1:], *pushed.received[step + 1 :]])
            assert server_differences(vector, in_expected_form(vector, lost))


def as_push(frame):
    """A line of a delta as it would be pushed."""
    record = frame["data"].get("data") if isinstance(frame.get("data"), dict) else None
    if not record or "sync_id" not in record:
        return frame
    record = {key: value for key, value in record.items() if key != "sync_id"}
    return {**frame, "data": {**frame["data"], "model": frame["data"]["model"].lower(), "data": record}}


def update(version, identity, sync_id="x"):
    record = {"id": identity, "version": version}
    return {"type": "SYNC_UPDATE", "data": {"model": "task", "sync_id": sync_id, "version": version, "data": record}}


def test_renumbering_keeps_order_and_gaps_do_not_matter():
    one = normalise(Transcript([[update(40, 7), update(90, 9)]]), Names())
    assert one.received == [[update(1, 1), update(2, 2)]]


def test_renumbering_does_not_hide_a_wrong_order():
    wrong = normalise(Transcript([[update(90, 9), update(40, 7)]]), Names())
    assert wrong.received == [[update(2, 2), update(1, 1)]]


def test_renumbering_does_not_hide_a_version_that_differs_inside_a_frame():
    frame = update(40, 7)
    frame["data"]["data"]["version"] = 41
    normal = normalise(Transcript([[frame]]), Names()).received[0][0]
    assert normal["data"]["version"] != normal["data"]["data"]["version"]


def test_another_users_id_is_not_taken_for_the_expected_one():
    names = Names()
    names.user("alice")
    frame = update(1, 1)
    frame["data"]["data"]["user_id"] = names.user("bob")
    assert "{{user:bob}}" in json.dumps(normalise(Transcript([[frame]]), names).received)
