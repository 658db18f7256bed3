"""One server of each kind for the whole session."""

import os

import pytest

from harness import DjangoPulse, Pulsed, Secantus

# libmongoc counts in shared memory. What is killed leaves its piece behind, and a program that gets its process id later
# warns of that.
os.environ["MONGOC_DISABLE_SHM"] = "1"


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
