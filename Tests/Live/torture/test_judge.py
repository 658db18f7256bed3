"""The judge of the torture: it passes a recorded run, and catches each damage that is done to it."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Iterator

import pytest

from torture.cluster import Cluster, SQLiteLog
from torture.device import Device
from torture.faults import is_publication, rules, subscribers_killed, worker_killed
from torture.judge import Entry, Judge
from torture.run import TortureRun

SEED, TRIES = 7, 20
Stored = dict[str, tuple[str, int]]


def run_small(directory, recording: bool = True) -> TortureRun:
    log = SQLiteLog(directory)
    return TortureRun(log, Cluster(log.store, directory, workers=2), SEED, clients=20, pause=1, recording=recording)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> TortureRun:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Device, "PAUSE", 0.2)
        run = run_small(tmp_path_factory.mktemp("recorded"))
        run.run([subscribers_killed, worker_killed], seconds=0)
    return run


def kinds(history: list[Entry], stored: Stored) -> set[str]:
    judge = Judge.of(history)
    judge.check(stored)
    return {violation.kind for violation in judge.journal.violations}


def updates(history: list[Entry]) -> Iterator[tuple[int, int, dict]]:
    """Place, device and data of each update."""
    for place, (event, device, text) in enumerate(history):
        if event == "received" and (frame := json.loads(text))["type"] == "SYNC_UPDATE":
            yield place, device, frame["data"]


def some(candidates: list) -> list:
    assert len(candidates) >= TRIES, "the recorded run is too short: the test proves little"
    return random.Random(SEED).sample(candidates, TRIES)


def test_what_was_recorded_is_well(recorded):
    assert recorded.journal.violations == []
    assert kinds(recorded.judge.history, recorded.stored) == set()
    assert recorded.totals.fired == {"subscribers_killed": 1, "worker_killed": 1}


def test_a_lost_push_is_caught(recorded):
    """Of the newest state, by a device that was sent it once: what is superseded or sent again nobody misses."""
    history, stored = recorded.judge.history, recorded.stored
    sent: dict[tuple, list[int]] = {}
    for place, device, data in updates(history):
        if stored[data["sync_id"]][1] == data["version"]:
            sent.setdefault((device, data["sync_id"]), []).append(place)
    for place in some([places[0] for places in sent.values() if len(places) == 1]):
        assert kinds(history[:place] + history[place + 1 :], stored) >= {"skipped"}


def test_another_users_record_is_caught(recorded):
    history = recorded.judge.history
    user = {device: text for event, device, text in history if event == "joined"}
    candidates = [
        (place, other) for place, device, data in updates(history) if data["model"] == "task"
        for other in user if user[other] != user[device] and is_connected(history[:place], other)]
    for place, other in some(candidates):
        shown = Entry("received", other, history[place].text)
        assert kinds(history[: place + 1] + [shown] + history[place + 1 :], recorded.stored) >= {"leaked"}


def is_connected(history: list[Entry], device: int) -> bool:
    return next((entry.event for entry in reversed(history) if entry.device == device), "ended") in ("sent", "received")


def test_a_version_out_of_order_is_caught(recorded):
    """Two neighbouring pushes to a device that never uploads, so that none is sent again, change places."""
    history = recorded.judge.history
    readers = {device for _, device, _ in history} - {
        device for event, device, text in history if event == "sent" and '"sync_id"' in text}
    last: dict[int, int] = {}
    candidates = []
    for place, (event, device, text) in enumerate(history):
        is_push = event == "received" and '"SYNC_UPDATE"' in text and "sync_id" not in json.loads(text)["data"]["data"]
        if is_push and device in readers and device in last:
            candidates.append((last[device], place))
        last.pop(device, None)
        if is_push:
            last[device] = place
    for first, second in some(candidates):
        swapped = list(history)
        swapped[first], swapped[second] = history[second], history[first]
        assert kinds(swapped, recorded.stored) >= {"unordered"}


def test_a_late_change_that_is_accepted_is_caught(recorded):
    history = recorded.judge.history
    conflicts = [place for place, entry in enumerate(history) if '"CONFLICT"' in entry.text]
    assert conflicts, "no device was late: the test proves nothing"
    for place in conflicts:
        accepted = history[place]._replace(text=history[place].text.replace('"CONFLICT"', '"SUCCESS"'))
        assert kinds([*history[:place], accepted, *history[place + 1 :]], recorded.stored) >= {"accepted"}


def test_an_acked_write_that_is_not_stored_is_caught(recorded):
    journal, stored = recorded.journal, recorded.stored
    for sync_id in some([sync_id for sync_id in stored if journal.records[sync_id].writes[-1].acked]):
        assert kinds(recorded.judge.history, {key: stored[key] for key in stored if key != sync_id}) >= {"lost"}


def test_a_state_that_is_stored_no_more_is_caught(recorded):
    journal, stored = recorded.journal, recorded.stored
    changed = [record for record in journal.records.values() if len(record.writes) > 1]
    for record in some(changed):
        former = (record.model, record.writes[-2].version)
        assert kinds(recorded.judge.history, {**stored, record.sync_id: former}) >= {"lost", "skipped"}


def test_a_bus_that_lies_is_caught(tmp_path, monkeypatch):
    """Commits of which it is told that they touched nothing: the one loss that workers cannot notice."""
    monkeypatch.setattr(Device, "PAUSE", 0.2)
    monkeypatch.setattr(TortureRun, "PATIENCE", 3.0)

    async def lie(scene) -> bool:
        with rules(scene.cluster.workers, lambda: touching_nothing):
            await asyncio.sleep(2)
        return True

    run = run_small(tmp_path)
    run.run([lie], seconds=0)
    assert {violation.kind for violation in run.journal.violations} & {"undelivered", "skipped"}


def touching_nothing(value: bytes) -> list[bytes]:
    """A commit of the bus's format without its scopes; nothing in place of a content."""
    if is_publication(value):
        return [value]
    *_, channel, _, rest = value.split(b"\r\n", 6)
    message = rest[:-2]
    space = message[5]
    behind_header = 6 + space + 1 + 16 + 8 + 8 + 8 + 8
    if message[6 + space] == 1:
        return []
    message = message[:behind_header] + bytes(4)
    return [b"*3\r\n$7\r\nmessage\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(channel), channel, len(message), message)]
