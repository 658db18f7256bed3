"""Plays a conversation against a server."""

import gzip
import json
from contextlib import ExitStack
from email.message import Message
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from offline_sync.names import Names
from offline_sync.script import Script
from offline_sync.sides import Side
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

#: How long a message may take that is awaited, and how long it must stay quiet after the last step.
PATIENCE, QUIET = 5, 0.7


class Player:
    """One run of a script, with documents and users of its own. `answers` holds what each step received."""

    def __init__(self, script: Script, side: Side):
        self.script, self.side = script, side
        self.names = Names()
        self.port, self.prefix = side.place(script.site)
        self.streams: dict[str, ClientConnection] = {}
        self.opened = ExitStack()
        self.issued: dict[str, list[str]] = {}
        self.lines: list[dict] = []
        self.answers: list[dict] = []

    def play(self) -> list[dict]:
        """What each step was answered, and at last what else came over the streams, all as it was received."""
        with self.opened:
            for step in self.script.steps:
                self.answers.append(getattr(self, next(iter(step)))(step))
            rest = {name: self._listen(name, None) for name in list(self.streams)}
            self.answers.append({"rest": {name: messages for name, messages in rest.items() if messages}})
            return self.answers

    def push(self, step: dict) -> dict:
        changes = [self._change(change) for change in step["push"]]
        answer = self.post({**step, "post": {"client_id": step.get("client", "phone"), "changes": changes}})
        results = answer.get("body", {}).get("results", [])
        self.issued.setdefault(self._scope(step), []).extend(given(results))
        return answer

    def _change(self, short: dict) -> dict:
        """`{upsert: ID, data: …}` or `{delete: ID}`, of `notes` and without a parent unless it says otherwise."""
        operation = "upsert" if "upsert" in short else "delete"
        change = {
            "collection": short.get("in", "notes"),
            "operation": operation,
            "doc_id": short[operation],
            "data": short.get("data"),
            "parent_version": short.get("parent"),
        }
        return self.names.fill(change)

    def post(self, step: dict) -> dict:
        return self._request(step, "POST", "/push", json.dumps(self.names.fill(step["post"])).encode())

    def text(self, step: dict) -> dict:
        return self._request(step, "POST", "/push", step["text"].encode())

    def get(self, step: dict) -> dict:
        return self._request(step, "GET", step["get"])

    def pull(self, step: dict) -> dict:
        return self._request(step, "GET", "/pull?" + urlencode(self.names.fill(step["pull"])))

    def full(self, step: dict) -> dict:
        answer = self._request(step, "GET", "/full?" + urlencode(self.names.fill(step["full"])))
        if "lines" not in answer:
            return answer
        answer["issued"] = self.issued.get(self._scope(step), [])
        self.lines += answer["lines"]
        if answer["cursor"] is None:
            # Pages may be cut anywhere, and be in any order: together they must hold the same.
            answer["all"], self.lines = self.lines, []
        return answer

    def subscribe(self, step: dict) -> dict:
        message = {"type": "subscribe", **self.names.fill(step["subscribe"])}
        if step.get("as", "ann") and "token in" not in step:
            message["token"] = self._token(step)
        return self._open(step, json.dumps(message), self.side.wait_until_live if step.get("live", True) else None)

    def say(self, step: dict) -> dict:
        """Opens a stream with a first message that is no subscription."""
        return self._open(step, step["say"], None)

    def _open(self, step: dict, first: str, wait) -> dict:
        query = f"?token={self._token(step)}" if "token in" in step else ""
        url = f"ws://127.0.0.1:{self.port}{self.prefix}/stream{query}"
        stream = self.opened.enter_context(connect(url, proxy=None, compression=None))
        self.streams[step.get("stream", "only")] = stream
        marked = self.side.mark()
        stream.send(first)
        if wait:
            wait(marked)
        return {}

    def receive(self, step: dict) -> dict:
        marked = step.get(self.side.name)
        count = len(marked["messages"]) if marked else step["receive"]
        return {"messages": self._listen(step.get("stream", "only"), count)}

    def release(self, step: dict) -> dict:
        self.side.release(self.port)
        return {}

    def _listen(self, name: str, count: int | None) -> list:
        """The next messages: `count` of them, or all until it is quiet."""
        found = []
        while count is None or len(found) < count:
            try:
                message = self.streams[name].recv(timeout=QUIET if count is None else PATIENCE)
            except TimeoutError:
                break
            except ConnectionClosed:
                del self.streams[name]
                found.append("closed")
                break
            found.append(json.loads(message))
        return found

    def _scope(self, step: dict) -> str:
        user, _, business = (step.get("as", "ann") or "").partition("@")
        return business if self.script.site == "business" else user

    def _token(self, step: dict) -> str:
        user, _, business = step.get("as", "ann").partition("@")
        claims = {"business_id": self.names.user(business)} if business else {}
        return self.side.token("the wrong secret" if user == "forged" else None, self.names.user(user), **claims)

    def _request(self, step: dict, method: str, path: str, body: bytes | None = None) -> dict:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if step.get("as", "ann"):
            headers["Authorization"] = f"Bearer {self._token(step)}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, self.prefix + path, body, headers | step.get("headers", {}))
            response = connection.getresponse()
            answer = {"method": method, "path": path.partition("?")[0], "status": response.status}
            return answer | self._read(response.headers, response.read())
        finally:
            connection.close()

    def _read(self, headers: Message, content: bytes) -> dict:
        kind = headers.get_content_type()
        answer = {"type": kind}
        if kind == "application/json":
            answer["body"] = json.loads(content)
            self._remember(answer["body"])
        elif kind == "application/x-ndjson":
            answer["encoding"] = headers["Content-Encoding"]
            answer["last_seq"], answer["cursor"] = headers["X-Sync-LastSeq"], headers["X-Sync-Cursor"]
            answer["lines"] = [json.loads(line) for line in gzip.decompress(content).splitlines()]
            answer["count"] = len(answer["lines"])
            self.names.last |= {"seq": answer["last_seq"], "cursor": answer["cursor"] or "none"}
        return answer

    def _remember(self, body: Any) -> None:
        if not isinstance(body, dict):
            return
        self.names.versions += given(body.get("results", []))
        if "last_seq" in body:
            self.names.last["seq"] = body["last_seq"]


def given(results: list[dict]) -> list[str]:
    """The versions that a push was given."""
    return [result["new_version"] for result in results if result["new_version"]]
