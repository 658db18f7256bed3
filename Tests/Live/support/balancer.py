"""A TCP balancer of the tests' own."""

import asyncio
import itertools
import threading


class Balancer:
    """Hands each connection to the next of these servers, in turn, that takes it and is not `away`."""

    def __init__(self, servers: list):
        self._servers = servers
        self._turns = itertools.cycle(servers)
        self.away: set[int] = set()  # Ports of servers that are not to be used.
        self._listens = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        self._listens.wait()

    def url(self, token: str | int) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/pulse/sync/?token={token}"

    async def _run(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        listening = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        self._listens.set()
        await self._stopping.wait()

    async def _accept(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        for _ in self._servers:
            port = next(self._turns).port
            if port in self.away:
                continue
            try:
                server, to_server = await asyncio.open_connection("127.0.0.1", port)
                break
            except ConnectionRefusedError:
                continue
        else:
            return to_client.close()
        await asyncio.gather(_pass(client, to_server), _pass(server, to_client))

    def __enter__(self) -> "Balancer":
        return self

    def __exit__(self, *_) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """All bytes up to the end of one side, which then is the end of the other."""
    try:
        while piece := await source.read(65536):
            sink.write(piece)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()
