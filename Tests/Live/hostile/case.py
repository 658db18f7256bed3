"""A case of the corpus: a line of one of the `.jsonl` files.

    {"layer": "frames", "id": "W1-unmasked", "note": "why it is hostile", "send": [...], "expect": [...]}

`doubt` beside them says why the answer, though it is what the server gives, may not be the best; `bug` that it gives
another one, and why it should give this.

**Bytes** are written as a string, which stands for its UTF-8; as `{"hex": "00 ff"}`; either with `"repeat": n`; as
`{"numbered": "X-#: 1\\r\\n", "count": n}`, in which `#` is 0, 1, 2, …; or as a list of all these, one behind the
other.

**In the layers http, credentials and api** `send` is what the socket takes, bytes or a handshake in order but for what
`{"handshake": {...}}` changes: `path`, `method`, `version`, `without` (a list of fields) and `fields`. `expect` lists
the responses, `{"status", "body"}` with those `fields` that matter. With `"stays": true` the connection serves on
behind them; otherwise the server ends it.

**In the other layers** `send` is what a client of a user of its own says once its WebSocket is open: bytes are a text
message; `{"opcode", "fin", "rsv", "mask", "length", "payload"}` is a frame, of whose parts all may be left out but the
first; `{"raw": bytes}` is put on the socket as it is. `expect` lists the answers: a message; `{"text": bytes}`, which
is a message letter by letter; `{"match": regular expression}`, which is one that names the store's head; `{"pong":
bytes}`; or, as the last, `{"close": code, "reason": text}`, behind which the server ends the connection. Without it
the connection must serve on. Behind the answers stand the records that the client has in the end, whether a delta or a
push brought them: `{"record", "of", "holds"}` are its sync id, its table, and its fields, as an object or in bytes;
`"is_deleted": true` where it is. They are all there are if the client has asked for a delta. `steps` has several such
pairs, each on a connection of its own, with `as` naming its user.

Everywhere `{{uuid:a}}` is a sync id and `{{user:me}}` the user: see `conversations.names`.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from conversations.names import Names

DIRECTORY = Path(__file__).parent
HTTP_LAYERS = ("http", "credentials", "api")


@dataclass(frozen=True)
class Case:
    id: str
    layer: str
    content: dict

    @property
    def is_http(self) -> bool:
        return self.layer in HTTP_LAYERS

    @property
    def bug(self) -> str | None:
        return self.content.get("bug")

    @property
    def steps(self) -> list[dict]:
        return self.content.get("steps") or [self.content]


def load(*names: str) -> list[Case]:
    """The cases of these files."""
    lines = [line for name in names for line in (DIRECTORY / f"{name}.jsonl").open()]
    contents = [json.loads(line) for line in lines]
    assert len({content["id"] for content in contents}) == len(contents), "an id is there twice"
    return [Case(content["id"], content["layer"], content) for content in contents]


def encode(value, names: Names) -> bytes:
    """The bytes that a case writes in one of the ways above."""
    if isinstance(value, str):
        return str(names.fill(value)).encode()
    if isinstance(value, list):
        return b"".join(encode(part, names) for part in value)
    if "numbered" in value:
        return b"".join(encode(value["numbered"].replace("#", str(n)), names) for n in range(value["count"]))
    piece = bytes.fromhex(value["hex"]) if "hex" in value else encode(value["text"], names)
    return piece * value.get("repeat", 1)
