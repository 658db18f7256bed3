"""Where this server is meant to answer otherwise than fastapi-offline-sync: rows of conversations/differences.yaml.

Each says what the reference does, and what is done here."""

ROWS = {
    "malformed": "A `since` that is no version is a 500; a 422 that names the parameter.",
    "no parent": "An edit without a parent of a document that is there is a 500; a conflict like any other.",
    "stale since": "A `since` older than the oldest entry demands a full resync; it is served unless purged.",
    "since from the future": "A `since` far ahead misses everything until then; it demands a full resync. One a little "
    "ahead is its own `last_seq`; it is answered with one that is not ahead.",
    "parent from the future": "A parent far ahead wins; it is rejected.",
    "foreign scope": "A document of another scope can be overwritten and deleted, and a rejection reveals its version; "
    "ids are by scope.",
    "repeated push": "A push that is sent again after a lost answer is rejected as superseded; it is known.",
    "LastSeq": "X-Sync-LastSeq is that of each page, so that edits made between pages are missed; of the first page.",
    "cursor": "The cursor of a full resync is plain base64, which anybody can write; signed, of one request.",
    "last page": "A last page that is full has a cursor; it has none.",
    "numeric ids": "Of documents with numeric ids there is only one page, and their ids are text; all, and numbers.",
    "backlog": "A stream drops what is beyond the page limit, or between backlog and live; it drops nothing.",
    "node": "Versions that are equal but for the node are not equal; nodes do not count.",
    "history": "A pull sends each change of a document; a document once, at its newest version.",
    "reasons": "A change that may not be made gives its reason to the whole batch; to itself.",
    "failures": "Other requests that are a 500; they are answered.",
    "denied": "A pull that names no collection is refused when one is denied; it is of those that may be read.",
    "ids": "An empty id is taken, and true is 1; an id is text of 1 to 512 bytes, or an integer.",
    "clock": "Versions repeat within a millisecond, and sort wrongly past 9999 in one; neither.",
}
