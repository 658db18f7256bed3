"""A client of the HTTP sync API."""

import gzip
import json
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

from websockets.asyncio.client import connect

#: A cursor from before everything.
BEGINNING = "19700101T000000.000Z-0000"


class SyncAPI:
    """What one user does at one server, over one connection that is opened again when it was closed."""

    def __init__(self, port: int, token: str | int, prefix: str = "/sync"):
        self.port, self.token, self.prefix = port, str(token), prefix
        self._connection: HTTPConnection | None = None

    def request(self, method: str, path: str, body: dict | None = None, **query) -> tuple[int, dict[str, str], bytes]:
        headers = {"Authorization": f"Bearer {self.token}"}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        target = f"{self.prefix}/{path}" + (f"?{urlencode(query)}" if query else "")
        for attempt in (1, 2):
            reused, connection = self._connection is not None, self._connection
            if connection is None:
                connection = self._connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request(method, target, content, headers)
                answer = connection.getresponse()
                return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
            except (ConnectionError, OSError):
                self.close()
                # The server may have closed a connection that was idle.
                if not reused or attempt == 2:
                    raise
        raise AssertionError

    def push(self, client: str, *changes: dict) -> list[dict]:
        status, _, content = self.request("POST", "push", {"client_id": client, "changes": list(changes)})
        assert status == 200, (status, content)
        return json.loads(content)["results"]

    def pull(self, since: str = BEGINNING, collections: str = "", limit: int = 1000) -> dict:
        query = {"since": since, "limit": limit} | ({"collections": collections} if collections else {})
        status, _, content = self.request("GET", "pull", **query)
        assert status == 200, (status, content)
        return json.loads(content)

    def pull_all(self, since: str = BEGINNING, collections: str = "", limit: int = 1000) -> tuple[list[dict], str]:
        """All changes behind a cursor, page by page, and where they end."""
        changes = []
        while True:
            page = self.pull(since, collections, limit)
            changes += page["changes"]
            if len(page["changes"]) < limit:
                return changes, page["last_seq"]
            since = page["last_seq"]

    def full(self, collections: str, limit: int = 1000, cursor: str | None = None) -> tuple[list[dict], dict[str, str]]:
        """One page: its lines, and its header fields."""
        query = {"collections": collections, "limit": limit} | ({"cursor": cursor} if cursor else {})
        status, headers, content = self.request("GET", "full", **query)
        assert status == 200, (status, content)
        return [json.loads(line) for line in gzip.decompress(content).splitlines()], headers

    @asynccontextmanager
    async def stream(self, since: str = BEGINNING, *collections: str, **options):
        """A socket that has subscribed."""
        async with connect(f"ws://127.0.0.1:{self.port}{self.prefix}/stream", max_size=None, **options) as socket:
            await socket.send(json.dumps(
                {"type": "subscribe", "since": since, "collections": list(collections), "token": self.token}))
            yield socket

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


def change(collection: str, doc_id: str | int, data: dict | None, parent: str | None = None) -> dict:
    """A change to push: a deletion where there is no data."""
    return {"collection": collection, "operation": "delete" if data is None else "upsert", "doc_id": doc_id,
            "data": data, "parent_version": parent}
