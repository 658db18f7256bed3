"""A conversation as it stands in a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent / "conversations"


@dataclass
class Script:
    """One conversation: its steps are data, and mean the same to both servers.

    A step is a request, named by its first member as the method of `Player` that takes it, and what it is to come to:
    `status` (200 if left out), and `results` of a push. `as` is the user, or `user@business`; empty: without a token.
    `site` is how the servers are set up: by `users`, by `business`, `each` change on its own, `small` pages, `gated`.
    `row` is set where the servers are meant to differ; the steps in which they do then say what each one answers."""

    name: str
    steps: list[dict[str, Any]]
    site: str = "users"
    row: str | None = None


def load_all() -> list[Script]:
    """Every conversation, by file and place."""
    return [Script(**entry) for path in sorted(FOLDER.glob("*.yaml")) for entry in yaml.safe_load(path.read_text())]
