"""Plays many conversations at once against one server."""

import asyncio
from collections.abc import Callable

from conversations.compare import intended
from conversations.normal import normalise
from conversations.player import Pace, Player, Transcript
from conversations.vector import Vector

AT_ONCE = 16


def _frames_of_reference(step: dict) -> int:
    return len(step["frames"])


def _frames_of_server(step: dict) -> int:
    return sum(map(len, intended(step, step["frames"])))


# The reference answers at once or never.
REFERENCE_PACE = Pace(count=_frames_of_reference, timeout=5, quiet=0.5)
# The same, where that was too fast for a machine that is busy.
PATIENT_REFERENCE_PACE = Pace(count=_frames_of_reference, timeout=20, quiet=2)
# For conversations in which the reference is expected to stay silent, or to send something else.
DOUBTFUL_PACE = Pace(count=_frames_of_server, timeout=2, quiet=0.5)
# Likewise.
PATIENT_PACE = Pace(count=_frames_of_server, timeout=20, quiet=2)
# This server may hold pushes back for a second after connecting, until the first delta is asked for.
SERVER_PACE = Pace(count=_frames_of_server, timeout=8, quiet=1.5)
# Everything that comes: to record it.
RECORDING_PACE = Pace(count=lambda step: None, timeout=1, quiet=1)

Results = dict[str, Transcript | Exception]


def play_all(vectors: list[Vector], server, pace: Pace, start_alone: Callable | None = None) -> Results:
    """The normalised transcript of each conversation by name, or what went wrong in playing it.

    `start_alone` gives a server of its own, as a context manager, to each conversation that must be alone."""
    return asyncio.run(_play_all(vectors, server, pace, start_alone))


async def _play_all(vectors, server, pace, start_alone) -> Results:
    gate = asyncio.Semaphore(AT_ONCE)

    async def play(vector: Vector) -> Transcript | Exception:
        async with gate:
            try:
                if start_alone is None or not vector.is_alone:
                    return await _play(vector, server, pace)
                with await asyncio.to_thread(start_alone, vector) as own:
                    return await _play(vector, own, pace)
            except Exception as failure:
                return failure

    return dict(zip((vector.name for vector in vectors), await asyncio.gather(*map(play, vectors))))


async def _play(vector: Vector, server, pace: Pace) -> Transcript:
    player = Player(vector, server, pace)
    return normalise(await player.play(), player.names)
