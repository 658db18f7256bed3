"""What differs from run to run, and the names that a script has for it."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

PLACEHOLDER = re.compile(r"<([\w: ]+)>")
STAMP = re.compile(r"(\d{8}T\d{6}\.\d{1,6})Z-(\d+)(-.+)?", re.ASCII)
MOMENT = "%Y%m%dT%H%M%S.%f"


def rank(stamp: str) -> tuple[datetime, int]:
    """The place of a stamp in time; stamps that differ only in the node are one."""
    moment, counter, _ = STAMP.fullmatch(stamp).groups()
    return datetime.strptime(moment, MOMENT), int(counter)


@dataclass
class Names:
    """Document ids and users of one run, and what its server has named in it.

    In a script `<a>` is a document id, `<n:a>` a number and `<hex:a>` 24 hexadecimal digits as one. `<v2>` is the
    second version that a push was given, and `<v2 bare>`, `<v2 other node>`, `<v2 later>` and `<v2 earlier>` (by a
    millisecond) are made of it. `<seq>` and `<cursor>` are the last received; `<soon>` is 10 s ahead, `<far>` years."""

    run: str = field(default_factory=lambda: secrets.token_hex(4))
    versions: list[str] = field(default_factory=list)
    last: dict[str, str] = field(default_factory=dict)
    used: dict[Any, str] = field(default_factory=dict)

    def user(self, name: str) -> str:
        return f"{name}-{self.run}"

    def fill(self, value: Any) -> Any:
        """`value` with every placeholder replaced; a string that is one placeholder becomes the value itself."""
        if isinstance(value, dict):
            return {self.fill(key): self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if not isinstance(value, str):
            return value
        if whole := PLACEHOLDER.fullmatch(value):
            return self._value(whole[1])
        return PLACEHOLDER.sub(lambda match: str(self._value(match[1])), value)

    def _value(self, name: str) -> Any:
        if name in self.last:
            return self.last[name]
        if name in ("soon", "far"):
            return _text(datetime.now(UTC) + timedelta(seconds=10 if name == "soon" else 3e8), "0000")
        if version := re.fullmatch(r"v(\d+)( .+)?", name):
            return _variant(self.versions[int(version[1]) - 1], version[2])
        kind, _, word = name.rpartition(":")
        digest = hashlib.sha256(f"{word} {self.run}".encode()).hexdigest()
        value = {"n": int(digest[:12], 16), "hex": digest[:24], "": f"{word}-{self.run}"}[kind]
        self.used[value] = f"<{name}>"
        return value

    def restored(self, value: Any) -> Any:
        """`value` with the placeholders of what this run's ids are."""
        if isinstance(value, dict):
            return {self.restored(key): self.restored(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.restored(item) for item in value]
        if isinstance(value, str):
            for text, name in self.used.items():
                value = value.replace(str(text), name)
            return value
        return self.used.get(value, value) if type(value) is int else value


def _variant(stamp: str, variant: str | None) -> str:
    moment, counter, node = STAMP.fullmatch(stamp).groups()
    match variant:
        case None:
            return stamp
        case " bare":
            return f"{moment}Z-{counter}"
        case " other node":
            return f"{moment}Z-{counter}-zzzz"
    step = {" later": 1, " earlier": -1}[variant]
    return _text(datetime.strptime(moment, MOMENT) + timedelta(milliseconds=step), counter + (node or ""))


def _text(moment: datetime, rest: str) -> str:
    return f"{moment.strftime(MOMENT)[:-3]}Z-{rest}"
