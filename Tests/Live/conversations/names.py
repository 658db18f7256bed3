"""The names a conversation uses for what differs from run to run: sync ids, users, versions."""

import itertools
import re
import uuid
from typing import Any

PLACEHOLDER = re.compile(r"\{\{(\w+)(?::(\w+))?([+-]\d+)?\}\}")
_users = itertools.count(1001)


class Names:
    """Fresh sync ids and users for one run, and the versions that were seen in it."""

    def __init__(self):
        self._uuids: dict[str, uuid.UUID] = {}
        self._users: dict[str, int] = {}
        self._versions: dict[uuid.UUID, int] = {}

    def user(self, name: str) -> int:
        """The id, which is also the token, of a user that nobody else in this process is."""
        if name not in self._users:
            self._users[name] = next(_users)
        return self._users[name]

    def observe(self, frame: Any) -> None:
        """Remembers the version that a SYNC_UPDATE carries."""
        data = frame.get("data") if isinstance(frame, dict) else None
        if isinstance(data, dict) and type(data.get("version")) is int:
            self._versions[uuid.UUID(data["sync_id"])] = data["version"]

    def fill(self, value: Any) -> Any:
        """`value` with every placeholder replaced; a string that is one placeholder becomes the value itself.

        The version of a record that was not seen yet is 0."""
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if not isinstance(value, str):
            return value
        if whole := PLACEHOLDER.fullmatch(value):
            return self._value(whole)
        return PLACEHOLDER.sub(lambda match: str(self._value(match)), value)

    def _value(self, match: re.Match) -> Any:
        kind, name, offset = match[1], match[2], int(match[3] or 0)
        if kind == "user":
            return self.user(name)
        if kind == "version":
            return self._versions.get(self._uuid(name), 0) + offset
        return self._spellings(name)[kind]

    def _uuid(self, name: str) -> uuid.UUID:
        return self._uuids.setdefault(name, uuid.uuid4())

    def _spellings(self, name: str) -> dict[str, str]:
        value = self._uuid(name)
        return {"uuid": str(value), "upper": str(value).upper(), "hex": value.hex}

    def placeholders(self) -> dict[str, str]:
        """From every spelling of every sync id back to its placeholder."""
        return {
            text: f"{{{{{kind}:{name}}}}}"
            for name in self._uuids
            for kind, text in self._spellings(name).items()
        }

    def user_placeholders(self) -> dict[int, str]:
        """From every user id back to its placeholder."""
        return {number: f"{{{{user:{name}}}}}" for name, number in self._users.items()}
