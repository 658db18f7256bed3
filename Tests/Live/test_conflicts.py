"""The conversations about models with rules for conflicts, which the reference does not have."""

import pytest

from conversations.compare import server_differences
from conversations.session import SERVER_PACE, play_all
from conversations.vector import load_all
from harness import Pulsed

VECTORS = {vector.name: vector for vector in load_all() if vector.schema}
[SCHEMA] = {vector.schema for vector in VECTORS.values()}


@pytest.fixture(scope="session", params=["sqlite", "mongodb"])
def runs(request, tmp_path_factory):
    """What this server does in each conversation, on a store of each kind."""
    directory = tmp_path_factory.mktemp("conflicts")
    store = directory / "store.db" if request.param == "sqlite" else request.getfixturevalue("secantus").uri("conflicts")
    with Pulsed(store, "--schema", SCHEMA, log=directory / "pulsed.log") as server:
        return play_all(list(VECTORS.values()), server, SERVER_PACE)


@pytest.mark.parametrize("name", VECTORS)
def test_pulsed_merges_as_expected(runs, name):
    if isinstance(runs[name], Exception):
        raise runs[name]
    assert server_differences(VECTORS[name], runs[name]) == []
