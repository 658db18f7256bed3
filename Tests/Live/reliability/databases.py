"""Databases of a MongoDB-wire server as stores, and what must hold of the documents in them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

from pymongo import MongoClient

from support.secantus import Secantus

from .journal import FIELDS, Journal


class OnMongoDB:
    """A crash of the process alone: the database server lives on."""

    def __init__(self, server: Secantus, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.server, self.database = server, directory.name
        self.store, self.log = server.uri(directory.name), directory / "pulsed.log"
        self.env: dict[str, str] = {}

    def crashed(self, rng: Random) -> None:
        pass

    def check(self, journal: Journal) -> None:
        with self.server.client() as client:
            check_documents(journal, client, self.database)


def check_documents(journal: Journal, client: MongoClient, name: str) -> None:
    """The documents are those writes that clients were shown last, and the head is the newest of their versions.

    Sound after a full read of every scope with nothing on its way."""
    database = client[name]
    head = database["pulse.log"].find_one({"_id": "head"})["version"]
    stored = {
        str(document["_id"]): (model, document["version"])
        for model in FIELDS for document in database[model].find({}, {"version": 1})}
    shown = {
        record.sync_id: (record.model, max(write.version for write in record.writes if write.version))
        for record in journal.records.values() if any(write.version for write in record.writes)}
    for sync_id in stored.keys() | shown.keys():
        if stored.get(sync_id) != shown.get(sync_id):
            journal.violation(
                "failed", ("document", sync_id),
                f"{sync_id} was shown as {shown.get(sync_id)}, its document is {stored.get(sync_id)}")
    if head != max(journal.denoted, default=0):
        journal.violation("failed", "head", f"the head is {head}, the newest version {max(journal.denoted, default=0)}")
    for version, times in Counter(version for _, version in stored.values()).items():
        if times > 1:
            journal.violation("reused", version, f"{times} documents have version {version}")
