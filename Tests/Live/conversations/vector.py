"""A conversation as it stands in a file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[3] / "Protocol/vectors"


@dataclass
class Vector:
    """One file of `Protocol/vectors`. `source` is "recorded" (from the reference) or "expected" (written by hand)."""

    path: Path
    content: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def source(self) -> str:
        return self.content["source"]

    @property
    def schema(self) -> Path | None:
        """The schema that it needs; None: the built-in one."""
        return self.path.with_name(self.content["schema"]) if "schema" in self.content else None

    @property
    def steps(self) -> list[dict]:
        return self.content["steps"]

    @property
    def expectations(self) -> list[dict]:
        """The steps that receive something, in the order in which a transcript lists what they received."""
        return [step for step in self.steps if "expect" in step]

    @property
    def is_alone(self) -> bool:
        """True when it needs a server that nothing else has written to."""
        return self.content.get("alone", False)

    @property
    def differing_rows(self) -> list[str]:
        """The rows in which this server is meant to answer otherwise than the reference did."""
        marks = [step[mark]["row"] for step in self.expectations for mark in ("instead", "resent") if mark in step]
        return sorted(set(marks))

    def write(self) -> None:
        """Writes the file: one line a step, one line a frame."""
        self.path.write_text(_layout(self.content))


def load_all() -> list[Vector]:
    """Every conversation, by number."""
    return [Vector(path, json.loads(path.read_text())) for path in sorted(VECTORS.glob("[0-9]*.json"))]


def _layout(content: dict[str, Any]) -> str:
    head = [f"  {_line(key)}: {_line(value)}" for key, value in content.items() if key != "steps"]
    steps = ",\n".join("    " + _step(step) for step in content["steps"])
    return "{\n" + ",\n".join(head) + ',\n  "steps": [\n' + steps + "\n  ]\n}\n"


def _step(step: dict) -> str:
    if not step.get("frames"):
        return _line(step)
    parts = [f"{_line(key)}: {_frames(value) if key == 'frames' else _line(value)}" for key, value in step.items()]
    return "{" + ", ".join(parts) + "}"


def _frames(frames: list) -> str:
    return "[\n" + ",\n".join("      " + _line(frame) for frame in frames) + "\n    ]"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)
