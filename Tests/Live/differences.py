"""Where this server is meant to answer otherwise than django-pulse."""

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
