"""One server of each kind for each process that runs tests, the order of the files, and what the marks mean."""

import os

import pytest

from harness import DjangoPulse, Pulsed, Secantus

# libmongoc counts in shared memory. What is killed leaves its piece behind, and a program that gets its process id later
# warns of that.
os.environ["MONGOC_DISABLE_SHM"] = "1"

#: What takes longest, which the others would wait for if it came last. A process is given its next file when two tests
#: are left of its last, so a short one stands where the one behind `test_kill9.py` comes.
LONGEST = [
    "test_kill9.py", "test_mutants.py", "test_differential.py", "test_handshake.py", "test_workers_torture.py",
    "test_torture_command.py", "test_mongo_faults.py", "test_mongo_workers.py", "test_disk_faults.py",
    "test_power_loss.py", "test_autobahn.py"]


def pytest_configure(config):
    config.addinivalue_line("markers", "measures: it measures time or memory; nothing else is to be tested meanwhile")
    config.addinivalue_line("markers", "examples: it needs more than the server to be built")


def pytest_collection_modifyitems(items):
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session")
def django_pulse(tmp_path_factory):
    """The reference."""
    with DjangoPulse(tmp_path_factory.mktemp("django-pulse")) as server:
        yield server


@pytest.fixture(scope="session")
def secantus(tmp_path_factory):
    """A database server for tests that leave it as it is; each takes a database of its own."""
    with Secantus(tmp_path_factory.mktemp("secantus")) as server:
        yield server


@pytest.fixture(scope="session")
def pulsed(tmp_path_factory):
    """The server under test."""
    with Pulsed(tmp_path_factory.mktemp("pulsed") / "store.db") as server:
        yield server
