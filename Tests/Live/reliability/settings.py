"""What the environment says of a run, and how a run is told of."""

from __future__ import annotations

import os
import random

import pytest

from .crash import CrashRun

def seed() -> int:
    """$PULSE_SEED, or a new one. It repeats what is uploaded and when the crash is due; timing stays its own."""
    return int(os.environ.get("PULSE_SEED") or random.SystemRandom().randrange(10**6))


def count(variable: str, default: int) -> int:
    return int(os.environ.get(variable) or default)


def conclude(run, name: str) -> None:
    """The same for a run on one store that has a journal: the store stays where it is."""
    print(run.totals.line(name, run.seed, run.journal))
    shown = "\n  ".join(map(str, run.journal.violations[:20]))
    assert not run.journal.violations, f"PULSE_SEED={run.seed}, store {run.store}:\n  {shown}"


def finish(run: CrashRun, name: str) -> None:
    """Prints the summary of a run, and fails the test on its first violations."""
    print(run.totals.line(name, run.seed, run.seconds))
    if run.totals.violations:
        shown = "\n  ".join(str(violation) for violation in run.totals.violations[:20])
        pytest.fail(
            f"{len(run.totals.violations)} violations at {run.where} (PULSE_SEED={run.seed}, kept in "
            f"{run.directory}):\n  {shown}", pytrace=False)
