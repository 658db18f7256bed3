"""The store of the mock server: SQLite, with the defects that a store can have."""

from __future__ import annotations

import json
import sqlite3
import time

#: How long a defective store dwells in its unsafe moment, so that a test meets it within a few crashes.
DWELL = 0.004

TABLES = """
CREATE TABLE IF NOT EXISTS head (version INTEGER NOT NULL);
INSERT INTO head SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM head);
CREATE TABLE IF NOT EXISTS record (
    sync_id TEXT PRIMARY KEY, model TEXT NOT NULL, owner TEXT NOT NULL, version INTEGER NOT NULL,
    fields TEXT NOT NULL, base INTEGER NOT NULL, patch TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_version ON record (version);
"""


class MockStore:
    def __init__(self, path: str, defects: set[str]) -> None:
        self.defects = defects
        self.writer, self.reader = self._open(path), self._open(path)
        self.writer.executescript(TABLES)
        self.head_in_memory = self.writer.execute("SELECT version FROM head").fetchone()[0]
        self.accepted = 0

    def _open(self, path: str) -> sqlite3.Connection:
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        database.execute("PRAGMA journal_mode = WAL")
        synchronous = "NORMAL" if "synchronous-normal" in self.defects else "FULL"
        database.execute(f"PRAGMA synchronous = {synchronous}")
        return database

    def prepare(self, uploads: list[tuple[str, str, dict]]) -> list[tuple[str, dict | None]]:
        """Judges (model, user, payload) in order and writes what is accepted, short of the commit.

        Returns (outcome, current record) for each: outcome is "written", "repeat" or "conflict".
        """
        if "version-outside-transaction" in self.defects:
            outcomes = self._judge(uploads)
            self.writer.execute("BEGIN IMMEDIATE")
            self._number(outcomes)
            self.writer.execute("COMMIT")
            time.sleep(DWELL)
            self.writer.execute("BEGIN IMMEDIATE")
        else:
            self.writer.execute("BEGIN IMMEDIATE")
            outcomes = self._judge(uploads)
            self._number(outcomes)
        for outcome, record in outcomes:
            if outcome == "written" and record["version"]:
                self.writer.execute(
                    "REPLACE INTO record VALUES (:sync_id, :model, :owner, :version, :fields, :base, :patch)", record)
        return outcomes

    def commit(self) -> None:
        self.writer.execute("COMMIT")

    def roll_back(self) -> None:
        if self.writer.in_transaction:
            self.writer.execute("ROLLBACK")

    def read(self, model: str, user: str, after: int) -> list[dict]:
        """What `user` may see of `model` above a version, in version order."""
        return [
            record for record in self.read_all(after)
            if record["model"] == model and (record["owner"] == user or model == "item")]

    def read_all(self, after: int) -> list[dict]:
        """All records above a version, in version order."""
        cursor = self.reader.execute(
            "SELECT sync_id, model, owner, version, fields FROM record WHERE version > ? ORDER BY version", (after,))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor]

    def _judge(self, uploads: list[tuple[str, str, dict]]) -> list[tuple[str, dict | None]]:
        group: dict[str, dict] = {}
        return [self._judge_one(group, *upload) for upload in uploads]

    def _judge_one(self, group: dict[str, dict], model: str, user: str, payload: dict) -> tuple[str, dict | None]:
        sync_id, base = payload["sync_id"], payload.get("version", 0)
        patch = {name: value for name, value in payload.items() if name not in ("sync_id", "version")}
        current = group.get(sync_id) or self._load(sync_id)
        text = json.dumps(patch, sort_keys=True)
        if current and (current["base"], current["patch"]) == (base, text):
            if "repeat-takes-version" not in self.defects:
                return "repeat", current
        elif current and (current["version"] is None or base < current["version"]):  # None: written in this group.
            return "conflict", current
        self.accepted += 1
        if "lose-one-acked" in self.defects and self.accepted % 40 == 0:
            return "written", {"version": 0}
        fields = {"is_deleted": False, **(json.loads(current["fields"]) if current else {}), **patch}
        group[sync_id] = {
            "sync_id": sync_id, "model": model, "owner": user, "version": None, "fields": json.dumps(fields),
            "base": base, "patch": text,
        }
        return "written", group[sync_id]

    def _load(self, sync_id: str) -> dict | None:
        cursor = self.writer.execute("SELECT * FROM record WHERE sync_id = ?", (sync_id,))
        row = cursor.fetchone()
        return dict(zip((column[0] for column in cursor.description), row)) if row else None

    def _number(self, outcomes: list[tuple[str, dict | None]]) -> None:
        written = [record for outcome, record in outcomes if outcome == "written" and record["version"] is None]
        head = self.writer.execute("SELECT version FROM head").fetchone()[0]
        if "reuse-after-restart" in self.defects:
            head = self.head_in_memory
        for number, record in enumerate(written, head + 1):
            record["version"] = number
        new = head + len(written)
        if "reuse-after-restart" not in self.defects or new // 64 != head // 64:
            self.writer.execute("UPDATE head SET version = ?", (new,))
        self.head_in_memory = new
