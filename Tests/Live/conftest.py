"""One server of each kind for each process that runs tests, the order of the files, and what the marks mean."""

import os

import pytest

from harness import DjangoPulse, Pulsed, Secantus

# libmongoc counts in shared memory. What is killed leaves its piece behind, and a program that gets its process id later
# warns of that.
os.environ["MONGOC_DISABLE_SHM"] = "1"

#: They take longest: a process that came to one of them last would be waited for by the others. A short file stands after
#: each of two tests at most, as it is given out with that.
LONGEST = [
    "test_kill9.py", "test_mutants.py", "test_differential.py", "test_handshake.py", "test_workers_torture.py",
    "test_mongo_faults.py", "test_mongo_workers.py", "test_disk_faults.py", "test_power_loss.py", "test_autobahn.py"]


def pytest_configure(config):
    config.addinivalue_line("markers", "measures: of time or memory; in Scripts/test nothing else is tested meanwhile")
    config.addinivalue_line("markers", "examples: needs what is built behind the server, or builds itself")


def pytest_collection_modifyitems(items):
    names = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: names.get(item.path.name, len(LONGEST)))


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
