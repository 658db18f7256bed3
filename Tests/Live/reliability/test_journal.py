"""The judgement of observations, by hand-made histories."""

import random

import pytest

from reliability.check import Baseline, check_gapless, check_insert_only, check_snapshot
from reliability.journal import Journal

FIRST = {"title": "a", "description": "", "completed": False}


@pytest.fixture
def journal() -> Journal:
    return Journal()


def created(journal: Journal, version: int | None = None, acked: bool = True, user: str = "ada"):
    record = journal.create("w", user, "task", FIRST, random.Random(len(journal.records)))
    if acked:
        journal.acknowledge(record.sync_id)
    if version:
        journal.see(user, "task", record.sync_id, version, record.writes[0].state)
    return record


def kinds(journal: Journal) -> set[str]:
    return {violation.kind for violation in journal.violations}


def judge(journal: Journal, snapshot: dict) -> set[str]:
    check_snapshot(journal, "ada", snapshot, Baseline.of(journal))
    return kinds(journal)


def test_what_was_acked_and_is_shown_is_well(journal):
    record = created(journal, version=1)
    assert judge(journal, {record.sync_id: (1, record.writes[0].state)}) == set()


def test_an_acked_record_that_is_not_shown_is_lost(journal):
    created(journal)
    assert judge(journal, {}) == {"lost"}


def test_an_acked_change_that_is_not_shown_is_lost(journal):
    record = created(journal, version=1)
    journal.change(record, {"title": "b"})
    journal.acknowledge(record.sync_id)
    assert judge(journal, {record.sync_id: (1, record.writes[0].state)}) == {"lost"}


def test_a_later_write_stands_for_an_acked_one(journal):
    record = created(journal, version=1)
    journal.change(record, {"title": "b"})
    assert judge(journal, {record.sync_id: (2, record.writes[1].state)}) == set()


def test_an_unacked_record_may_be_absent(journal):
    created(journal, acked=False)
    assert judge(journal, {}) == set()


def test_a_pushed_record_that_is_gone_has_vanished(journal):
    created(journal, version=1, acked=False)
    assert judge(journal, {}) == {"vanished"}


def test_another_users_record_is_not_missed(journal):
    created(journal, user="bob")
    assert judge(journal, {}) == set()


def test_another_users_record_that_is_shown_has_leaked(journal):
    record = created(journal, user="bob")
    journal.see("ada", "task", record.sync_id, 1, record.writes[0].state)
    assert kinds(journal) == {"leaked"}


def test_one_version_for_two_records_is_reused(journal):
    created(journal, version=1)
    created(journal, version=1)
    assert kinds(journal) == {"reused"}


def test_two_versions_for_one_write_are_renumbered(journal):
    record = created(journal, version=1)
    journal.see("ada", "task", record.sync_id, 2, record.writes[0].state)
    assert kinds(journal) == {"renumbered"}


def test_a_later_write_with_a_lower_version_is_disordered(journal):
    record = created(journal, version=5)
    journal.change(record, {"title": "b"})
    journal.see("ada", "task", record.sync_id, 4, record.writes[1].state)
    assert kinds(journal) == {"disordered"}


def test_content_that_nobody_wrote_is_foreign(journal):
    record = created(journal)
    journal.see("ada", "task", record.sync_id, 1, ("z", "", False, False))
    assert kinds(journal) == {"foreign"}


def test_a_missing_version_is_a_hole(journal):
    created(journal, version=1)
    created(journal, version=3)
    check_gapless(journal)
    assert [violation.detail for violation in journal.violations] == ["version 2 denotes nothing, the head is 3"]


def test_insert_only_versions_are_exactly_one_to_n(journal):
    state = ("a", "", False, False)
    check_insert_only(journal, [{"a": (1, state), "g": (3, state)}, {"b": (2, state), "g": (3, state)}])
    assert kinds(journal) == set()
    check_insert_only(journal, [{"a": (2, state), "b": (3, state)}])
    assert kinds(journal) == {"hole"}


def test_a_repeat_is_uploaded_with_the_same_bytes(journal):
    record = created(journal, version=7)
    journal.change(record, {"title": "b"})
    assert record.payload() == record.payload() == {"sync_id": record.sync_id, "version": 7, "title": "b"}
