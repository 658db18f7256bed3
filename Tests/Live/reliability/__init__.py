"""Reliability tests: nothing acked is lost, nothing shown is unmade, no version is handed out twice.

    journal.py      what the clients sent, what was acked, what was shown; judges every observation
    check.py        what must hold of a whole snapshot, and of the version numbers of a whole store
    wire.py         frames and connections
    load.py         uploaders and a listener that put the server under load
    reader.py       reads all that a user may see, and knows when that is all
    crash.py        rounds of load, crash, restart, check
    faults.py       a storage fault that comes and goes under load
    steady.py       load that goes on while its database is killed, hangs and fails
    workers.py      several servers on one store
    databases.py    databases of a MongoDB-wire server as stores, and what must hold of the documents in them
    shims.py        builds and configures powerloss.c and faultfs.c
    mock_server.py  a small pulse server with defects to order: it proves that the checkers catch them
"""
