"""Runs a command on a store in a machine that loses power whenever the command is killed.

    python power.py DIRECTORY COMMAND…      {store} in the command is the store's path of now
"""

import os
import pickle
import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from reliability.shims import PowerLoss  # noqa: E402

directory, command = Path(sys.argv[1]), sys.argv[2:]
state = directory / "state"
if state.exists():
    storage = pickle.loads(state.read_bytes())
    storage.crashed(Random(storage.boots))
else:
    storage = PowerLoss(directory)
state.write_bytes(pickle.dumps(storage))
arguments = [part.replace("{store}", str(storage.store)) for part in command]
os.execvpe(arguments[0], arguments, {**os.environ, **storage.env})
