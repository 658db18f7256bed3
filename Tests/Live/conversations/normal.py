"""Makes two runs of a conversation comparable."""

from collections.abc import Iterable
from typing import Any

from conversations.names import Names
from conversations.player import Transcript

# The only error text that clients may know from the reference; every other is free.
KNOWN_ERROR = "Invalid field name(s)"

Ranks = dict[tuple[str, int], int]


def normalise(transcript: Transcript, names: Names) -> Transcript:
    """Placeholders for sync ids and users; versions, and the ids of each model, renumbered from 1 in their order."""
    everything = [*transcript.received, *transcript.extra.values()]
    ranks = _all_ranks([frame["data"] for frames in everything for frame in frames if _is_update(frame)])
    ids, users = names.placeholders(), names.user_placeholders()

    def normal(frames: list[Any]) -> list[Any]:
        return [_renamed(_renumbered(frame, ranks), "", ids, users) for frame in frames]

    extra = {client: normal(frames) for client, frames in transcript.extra.items()}
    return Transcript([normal(frames) for frames in transcript.received], extra)


def with_free_errors(frame: Any) -> Any:
    """The frame as an expectation: where it gives a reason in free text, any text will do."""
    if frame.get("type") == "SYNC_ACK_INDIVIDUAL" and "error" in frame:
        return {**frame, "error": _free_text(frame["error"])}
    if frame.get("type") == "BATCH_ACK":
        return {**frame, "errors": [{**error, "msg": _free_text(error["msg"])} for error in frame["errors"]]}
    return frame


def _free_text(text: str) -> Any:
    return text if text.startswith(KNOWN_ERROR) else {"$any": "string"}


def _is_update(frame: Any) -> bool:
    """True for a live push or a line of a delta, not for a hard delete."""
    if not isinstance(frame, dict) or frame.get("type") != "SYNC_UPDATE" or not isinstance(frame.get("data"), dict):
        return False
    return isinstance(frame["data"].get("data"), dict)


def _model(update: dict) -> str:
    return str(update.get("model")).lower()


def _all_ranks(updates: list[dict]) -> Ranks:
    """The place of each version among the versions, and of each id among the ids of its model."""
    ranks = _ranks("", (holder.get("version") for update in updates for holder in (update, update["data"])))
    for model in {_model(update) for update in updates}:
        ranks |= _ranks(model, (update["data"].get("id") for update in updates if _model(update) == model))
    return ranks


def _ranks(kind: str, numbers: Iterable[Any]) -> Ranks:
    found = sorted({number for number in numbers if type(number) is int})
    return {(kind, number): rank for rank, number in enumerate(found, start=1)}


def _renumbered(frame: Any, ranks: Ranks) -> Any:
    if not _is_update(frame):
        return frame
    kinds = {"version": "", "id": _model(frame["data"])}

    def numbered(holder: dict) -> dict:
        return {
            key: ranks.get((kinds[key], value), value) if key in kinds and type(value) is int else value
            for key, value in holder.items()
        }

    return {**frame, "data": {**numbered(frame["data"]), "data": numbered(frame["data"]["data"])}}


def _renamed(value: Any, key: str, ids: dict[str, str], users: dict[int, str]) -> Any:
    if isinstance(value, dict):
        return {name: _renamed(item, name, ids, users) for name, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, "", ids, users) for item in value]
    if key == "user_id" and type(value) is int:
        return users.get(value, value)
    return ids.get(value, value) if isinstance(value, str) else value
