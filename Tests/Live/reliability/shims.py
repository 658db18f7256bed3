"""Builds and configures the preloaded libraries; and the crash of a whole machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from random import Random

from .crash import check_integrity
from .journal import Journal


@cache
def library(name: str) -> Path:
    """`name`.c, compiled."""
    source = Path(__file__).with_name(f"{name}.c")
    target = Path(tempfile.mkdtemp(prefix="pulse-shims-")) / f"{name}.so"
    subprocess.run(
        ["cc", "-std=gnu11", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", target, source, "-ldl", "-lpthread"],
        check=True)
    return target


class PowerLoss:
    """The storage of a machine that loses power at each crash: what was not synced is gone.

    In every second crash some of what was not synced did reach the disk after all: any of its sectors, in no order.
    """

    SECTOR = 512

    def __init__(self, directory: Path) -> None:
        self.directory, self.boots = directory, 0
        self._prepare(None)

    def _prepare(self, survived: Path | None) -> None:
        here, mirror = self.directory / f"boot-{self.boots}", self.directory / f"boot-{self.boots + 1}"
        if survived is None:
            here.mkdir(parents=True)
        mirror.mkdir()
        for file in here.glob("store.db*"):
            if not file.name.endswith((".log", "-shm")):
                shutil.copyfile(file, mirror / file.name)
        self.store, self.log = here / "store.db", here / "store.db.log"
        self.mirror = mirror
        self.env = {
            "LD_PRELOAD": str(library("powerloss")),
            "POWERLOSS_STORE": str(here),
            "POWERLOSS_MIRROR": str(mirror),
        }

    def check(self, journal: Journal) -> None:
        check_integrity(journal, self.store)

    def crashed(self, rng: Random) -> None:
        before = self.store.parent
        if rng.random() < 0.5:
            self._tear(before, rng)
        log = before / "store.db.log"
        if log.exists():
            shutil.copyfile(log, self.mirror / log.name)
        shutil.rmtree(before)
        self.boots += 1
        self._prepare(self.mirror)

    def _tear(self, written: Path, rng: Random) -> None:
        share = rng.random()
        for file in sorted(written.glob("store.db*")):
            target = self.mirror / file.name
            if file.name.endswith((".log", "-shm")) or not target.exists():
                continue
            new, old = file.read_bytes(), bytearray(target.read_bytes())
            for at in range(0, len(new), self.SECTOR):
                sector = new[at : at + self.SECTOR]
                if old[at : at + self.SECTOR] != sector and rng.random() < share:
                    if len(old) < at:
                        old.extend(bytes(at - len(old)))
                    old[at : at + len(sector)] = sector
            target.write_bytes(old)


class FaultyStorage:
    """Configures faultfs for a store, and switches its faults on and off."""

    def __init__(self, store: Path, control: Path) -> None:
        self.control = control
        self.env = {
            "LD_PRELOAD": str(library("faultfs")),
            "FAULTFS_STORE": str(store.parent),
            "FAULTFS_CONTROL": str(control),
        }

    def fail(self, calls: str, error: str) -> None:
        part = self.control.with_suffix(".part")
        part.write_text(f"{calls} {error}")
        part.rename(self.control)

    def heal(self) -> None:
        self.control.unlink(missing_ok=True)

    @property
    def fired(self) -> int:
        note = Path(f"{self.control}.fired")
        return note.stat().st_size if note.exists() else 0
