"""Where this server is meant to answer otherwise than django-pulse, and what the wire alone cannot show."""

# Recorded conversations in which a step is marked `instead` or `resent`, and the rows that say why:
# B2: a conflict is followed by the stored record, for the connection that lost.
# A13: the reference pushes a value as the client spelled it (1 for true, a sync_id in capitals) and only its delta
#      gives the stored form; this server gives the stored form in both.
DIFFERENT_ON_PURPOSE = {
    "016-older-upload-is-a-conflict": ["B2"],
    "024-batch-items-are-judged-each-on-its-own": ["B2"],
    "025-batch-with-only-conflicts-stores-nothing": ["B2"],
    "041-missing-version-means-0": ["B2"],
    "042-stale-repeat-is-a-conflict": ["B2"],
    "043-loser-of-a-race-retries-and-wins": ["B2"],
    "055-soft-delete-in-a-batch-by-1": ["A13"],
    "059-older-soft-delete-is-a-conflict": ["B2"],
    "064-booleans-sent-as-0-and-1": ["A13"],
    "073-sync-id-in-capitals": ["A13"],
    "074-sync-id-without-hyphens": ["A13"],
}

# Conversations with a `server` step, which the Swift tests replay inside the process.
_HARD_DELETE = "no message of a client deletes a record for good"
_CREATE = "no message of a client writes on the server's side"
NOT_ON_THE_WIRE = {
    "060-hard-delete-reaches-those-online": _HARD_DELETE,
    "061-hard-delete-does-not-reach-another-user": _HARD_DELETE,
    "062-write-on-the-servers-side-is-pushed": _CREATE,
    "126-hard-delete-reaches-a-client-that-was-away": _HARD_DELETE,
    "127-first-sync-holds-no-tombstones": _HARD_DELETE,
}
