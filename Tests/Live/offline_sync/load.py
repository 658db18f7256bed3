"""The load on both servers: the same records, in a closed loop, by connections that are users of their own."""

import json
import random
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection

from offline_sync.servers import OfflineSync
from support.pulsed import Pulsed, binary


@dataclass
class Load:
    """What one run came to."""

    per_second: float
    # In the whole run, as the server acknowledged it.
    accepted: int
    # Uploads that were answered with an error.
    failed: int
    # The driver's processor time, as a share of one core.
    driver: float


def upload(server: Pulsed, connections: int, batch: int, seconds: float) -> Load:
    """Load by `pulsed bench upload`, which counts after a second of warming up."""
    options = {"--connections": connections, "--batch": batch, "--duration": seconds, "--warm-up": 1}
    command = [binary(), "bench", "upload", "--json", "--url", server.url("").partition("?")[0]]
    command += [str(part) for option in options.items() for part in option]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 120)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    report = json.loads(done.stdout)
    if report["unanswered"] or report["lost_connections"]:
        sys.exit(f"pulsed left uploads without an answer:\n{done.stdout}\n{server.log()[-2000:]}")
    return Load(
        per_second=report["records_per_second"],
        # Each connection is a user of its own, and so is owed one echo of each record that was accepted.
        accepted=report["echoes_expected"],
        failed=report["errors"] // batch,
        driver=report["client_cpu_seconds"] / report["measured_seconds"],
    )


def push(servers: list[OfflineSync], connections: int, batch: int, seconds: float) -> Load:
    """Load on `POST /sync/push`; connections go to the servers in turn. Counted until the last answer."""
    began, own = time.monotonic(), time.process_time()

    def run(index: int) -> tuple[int, int]:
        return push_until(began + seconds, servers[index % len(servers)], f"user-{index}", batch)

    with ThreadPoolExecutor(connections) as threads:
        counts = list(threads.map(run, range(connections)))
    took = time.monotonic() - began
    accepted, failed = map(sum, zip(*counts))
    return Load(accepted / took, accepted, failed, (time.process_time() - own) / took)


def push_until(end: float, server: OfflineSync, user: str, batch: int) -> tuple[int, int]:
    """One connection: at least one push; how many changes were accepted, and how many pushes failed."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=120)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {user}"}
    accepted = failed = tries = 0
    while True:
        if not tries:
            body = json.dumps({"client_id": user, "changes": [change() for _ in range(batch)]})
        connection.request("POST", "/sync/push", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status == 200:
            accepted += sum(result["status"] == "accepted" for result in json.loads(content)["results"])
            tries = 0
        else:
            # Concurrent batches collide on equal versions. The batch is sent again, as a patient client would.
            connection.close()
            failed += 1
            tries += 1
            time.sleep(random.uniform(0, min(2, 0.1 * 2**tries)))
        if time.monotonic() >= end:
            connection.close()
            return accepted, failed


def change() -> dict:
    """A new record like those of `pulsed bench`."""
    key = str(uuid.uuid4())
    record = {
        "title": f"Call the plumber about room {key[:12]}",
        "description": f"Second floor, before Friday; bring the spare key to {key[-12:]}",
        "completed": key < "8",
    }
    return {"collection": "task", "operation": "upsert", "doc_id": key, "data": record, "parent_version": None}
