"""Whatever others do, clients that behave keep their connections and get their acks, and the server keeps its size.

How long they wait is measured by Scripts/storms, on a machine that has nothing else to do."""

import asyncio

import pytest

from harness import Pulsed
from storms.attackers import KINDS
from storms.run import storm

pytestmark = pytest.mark.measures

GROWTH = 96  # MiB over the quiet before. Two thousand sockets that come at once are there, too.
PATIENCE = 5_000  # ms; the attackers share the machine.


@pytest.mark.parametrize("kind", KINDS)
def test_good_clients_live_through_a_storm(kind, tmp_path):
    with Pulsed(tmp_path / "store.db") as server:
        [quiet, stormy], good = asyncio.run(storm(server, 2, [kind]))
        assert good.dropped == []
        assert stormy.worst < PATIENCE, stormy
        assert stormy.memory < quiet.memory + GROWTH, (quiet, stormy)
