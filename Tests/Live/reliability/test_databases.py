"""The judgement of what stands in a database, by hand-made documents; and the count of a fail point."""

import random
from uuid import UUID

import pytest

from harness import FailPoint
from reliability.databases import check_documents
from reliability.journal import Journal

FIRST = {"title": "a", "description": "", "completed": False}


@pytest.fixture
def stored(secantus, tmp_path):
    """A journal of two records, and the database that holds them."""
    journal = Journal()
    with secantus.client() as client:
        database = client[tmp_path.name]
        for version in (1, 2):
            record = journal.create("w", "ada", "task", FIRST, random.Random(version))
            journal.see("ada", "task", record.sync_id, version, record.writes[0].state)
            database.task.insert_one({"_id": UUID(record.sync_id), "version": version})
        database["pulse.log"].insert_one({"_id": "head", "version": 2})
        yield journal, database


def judge(journal: Journal, database) -> set[str]:
    check_documents(journal, database.client, database.name)
    return {violation.kind for violation in journal.violations}


def test_what_was_shown_and_is_stored_is_well(stored):
    assert judge(*stored) == set()


@pytest.mark.parametrize("damage", [
    lambda database: database.task.delete_one({"version": 1}),
    lambda database: database.task.update_one({"version": 1}, {"$set": {"version": 3}}),
    lambda database: database.item.insert_one({"_id": UUID(int=1), "version": 2}),
    lambda database: database["pulse.log"].update_one({"_id": "head"}, {"$inc": {"version": 1}}),
    lambda database: database["pulse.log"].update_one({"_id": "head"}, {"$inc": {"version": -1}}),
], ids=["missing", "another version", "foreign", "head ahead", "head behind"])
def test_damage_is_found(stored, damage):
    damage(stored[1])
    assert "failed" in judge(*stored)


@pytest.mark.parametrize("what", [
    {"closeConnection": True}, {"blockConnection": True, "blockTimeMS": 200}, {"errorCode": 112},
    {"writeConcernError": {"code": 64, "errmsg": "late"}}], ids=lambda what: next(iter(what)))
def test_a_fail_point_knows_how_often_it_fired(secantus, what):
    point = FailPoint(secantus, ["listDatabases"], 3, **what)
    with secantus.client() as client:
        for _ in range(2):
            try:
                client.admin.command("listDatabases")
            except Exception:
                pass
    assert point.fired() == 2
    assert FailPoint(secantus, ["listDatabases"], 3, **what).fired() == 0
