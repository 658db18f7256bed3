"""Storms beside good clients: how long these wait for their acks, quiet and in each storm, and what the server takes."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness import Pulsed
from storms.attackers import KINDS
from storms.good import Neighbours

LIVE = Path(__file__).resolve().parents[1]


@dataclass
class Measured:
    """A stretch of time: the waits of the good clients in milliseconds, and the server's memory at its end, in MiB."""

    kind: str
    p50: float
    p99: float
    worst: float
    acks: int
    memory: float


async def storm(server: Pulsed, seconds: float, kinds: list[str]) -> tuple[list[Measured], Neighbours]:
    """Quiet before each storm, so that a slow machine is told from a storm; the good clients live through all of it."""
    measured = []
    async with Neighbours(server.port) as good:
        await asyncio.sleep(1)
        for kind in kinds:
            measured.append(await measure(server, good, "quiet", seconds))
            attack = subprocess.Popen([sys.executable, "-m", "storms.attackers", kind, str(server.port)], cwd=LIVE)
            try:
                await asyncio.sleep(1)
                measured.append(await measure(server, good, kind, seconds))
                assert attack.poll() is None, f"the attack {kind} ended"
            finally:
                attack.kill()
                attack.wait()
            await asyncio.sleep(1)
    return measured, good


async def measure(server: Pulsed, good: Neighbours, kind: str, seconds: float) -> Measured:
    good.forget()
    await asyncio.sleep(seconds)
    waits = sorted(wait * 1_000 for wait in good.waits)
    assert waits, f"no ack at all in {seconds} s of {kind}"
    return Measured(
        kind, waits[len(waits) // 2], waits[len(waits) * 99 // 100], waits[-1], len(waits), resident(server))


def resident(server: Pulsed) -> float:
    pages = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


