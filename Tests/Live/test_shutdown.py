"""SIGTERM and SIGINT: what was taken is stored and acknowledged, everybody is sent away, and the process ends."""

import asyncio
import os
import signal
import socket
import uuid
from contextlib import suppress

import pytest

from harness import Client, Closed, Pulsed
from support.client import RawClient

BATCH, IN_FLIGHT, ACKS_BEFORE = 200, 8, 20
END = 15  # Seconds that a stop may take; a close is waited for 5 s.


class Uploader:
    """A connection that keeps `IN_FLIGHT` batches on their way until it is closed, and hears all that is answered."""

    def __init__(self, user: str):
        self.user = user
        self.acked: list[str] = []

    async def run(self, server: Pulsed, ack) -> int | None:
        """Uploads, calls `ack` after each acknowledgement, and returns the close code."""
        async with await Client.connect(server.url(self.user)) as client:
            try:
                for _ in range(IN_FLIGHT):
                    await self._send(client)
                while True:
                    frame = await client.receive_one()
                    if frame["type"] == "BATCH_ACK":
                        self.acked += frame["synced_ids"]
                        ack()
                        await self._send(client)
                    else:
                        assert frame["type"] == "SYNC_UPDATE" or frame["retryable"], frame
            except Closed as closed:
                return closed.code

    async def _send(self, client: Client) -> None:
        payloads = [{"sync_id": str(uuid.uuid4()), "version": 0, "title": "Task"} for _ in range(BATCH)]
        with suppress(Closed):  # What is still to be read comes before the code.
            await client.send({"type": "SYNC_BATCH_UPLOAD", "table": "task", "payloads": payloads})


async def stored(server: Pulsed, user: str) -> list[str]:
    """The tasks of a user, read by a delta from 0; a record uploaded before shows where it ends."""
    last = str(uuid.uuid4())
    async with await Client.connect(server.url(user)) as client:
        await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": {"sync_id": last, "title": "Last"}})
        await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
        frames = await client.receive_until(lambda frame: frame.get("data", {}).get("sync_id") == last)
    return [frame["data"]["sync_id"] for frame in frames[1:-1]]


async def close_code(client: Client) -> int | None:
    """The code that an open connection is closed with."""
    with pytest.raises(Closed) as closed:
        await client.receive_until(lambda frame: False, END)
    return closed.value.code


def test_what_was_taken_under_load_is_stored_and_acknowledged(tmp_path):
    uploaders = [Uploader(user) for user in ("ada", "ada", "bob", "cyd")]

    async def load(server: Pulsed) -> list:
        loaded, acks = asyncio.Event(), []

        def ack():
            acks.append(loaded.is_set())
            if len(acks) == ACKS_BEFORE:
                loaded.set()

        async with await Client.connect(server.url("ada")) as listener, await Client.connect(server.url("dan")) as idle:
            running = [asyncio.create_task(uploader.run(server, ack)) for uploader in uploaders]
            async with asyncio.timeout(20):
                await loaded.wait()
            os.kill(server.pid, signal.SIGTERM)
            codes = await asyncio.gather(*running, close_code(listener), close_code(idle))
            assert await asyncio.to_thread(server.process.wait, END) == 0, server.log()
        assert acks[-1], "nothing was on its way: the test proves nothing"
        return codes

    with Pulsed(tmp_path / "store.db") as server:
        assert asyncio.run(load(server)) == [1012] * 6

    with Pulsed(tmp_path / "store.db") as server:
        for user in ("ada", "bob", "cyd"):
            acked = [sync_id for uploader in uploaders if uploader.user == user for sync_id in uploader.acked]
            assert sorted(asyncio.run(stored(server, user))) == sorted(acked), "all that was acked, and no more"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_clients_that_never_answer_and_further_signals_change_nothing(tmp_path, number):
    async def stop(server: Pulsed) -> None:
        async with await Client.connect(server.url("ada")) as one, await Client.connect(server.url("bob")) as other:
            for client in (one, other):
                await (await client.connection.ping())  # One that is only being opened may be closed with 1001.
            os.kill(server.pid, number)
            assert await asyncio.gather(close_code(one), close_code(other)) == [1012, 1012]
        assert server.is_running(), "the silent clients hold it"
        async with asyncio.timeout(END):
            while server.is_running():  # From here to the very end.
                for again in (signal.SIGTERM, signal.SIGINT):
                    os.kill(server.pid, again)
                await asyncio.sleep(0.01)
        assert server.process.returncode == 0, server.log()

    with Pulsed(tmp_path / "store.db") as server:
        address = ("127.0.0.1", server.port)
        # A WebSocket that reads nothing, an unfinished request, and a connection that says nothing.
        with RawClient(server.url("cyd")), socket.create_connection(address) as unfinished:
            unfinished.sendall(b"GET /ws/pulse/sync/?token=1 HTTP/1.1\r\n")
            with socket.create_connection(address):
                asyncio.run(stop(server))
