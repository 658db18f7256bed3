"""Where this server is meant to answer otherwise than fastapi-offline-sync: the rows of conversations/differences.yaml."""

ROWS = {
    "malformed": "A `since` that is no version is the reference's 500; here a 422 that names the parameter.",
    "no parent": "An edit without a parent of a document that is there is the reference's 500; here a conflict.",
    "stale since": "A `since` older than the oldest entry demands a full resync, though nothing was purged; here it is served.",
    "since from the future": "A `since` far ahead is taken as it is, and misses everything until then; here it demands a "
    "full resync. One a little ahead is answered with a `last_seq` that is not.",
    "parent from the future": "A parent far ahead wins; here it is rejected.",
    "foreign scope": "A document of another scope can be overwritten and deleted, and a rejection reveals its version; here "
    "ids are by scope.",
    "repeated push": "A push that is sent again after a lost answer is rejected as superseded; here it is known.",
    "LastSeq": "X-Sync-LastSeq is that of the page, so that edits made between pages are missed; here of the first page.",
    "cursor": "A cursor of full resync is plain base64, which anybody can write; here it is signed and of one request.",
    "last page": "A page that holds the rest to the last row still has a cursor; here it has none.",
    "numeric ids": "Pages of documents with numeric ids end after the first one, and the ids are text; here they are numbers.",
    "backlog": "A stream drops what is beyond the page limit, or is written between backlog and live; here nothing.",
    "node": "A parent that equals the stored version but for the node is a conflict; here nodes do not count.",
    "history": "A pull sends each change of a document; here a document is sent once, at its newest version.",
    "reasons": "A change that may not be made gives its reason to the whole batch; here to itself.",
    "failures": "Other requests that are the reference's 500.",
    "denied": "A pull that names no collection is refused when one is denied; here it is of those that may be read.",
    "ids": "An empty id is taken, and true is the number 1; here an id is text of 1 to 255 bytes, or an integer.",
    "clock": "Versions repeat within a millisecond, and sort wrongly past 9999 in one; here neither.",
}
