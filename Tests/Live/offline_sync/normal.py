"""Makes two runs of a conversation comparable."""

from typing import Any

from offline_sync.names import STAMP, Names, rank

#: What is said in an answer of these statuses is free text.
FREE_TEXT = [401, 500]


def normalise(answers: list[dict], names: Names) -> list[dict]:
    """Placeholders for ids, versions renumbered in their order; no free text, and no order where there is none."""
    answers = [_without_free_text(answer) for answer in answers]
    held = [_without_last_seq(answer) for answer in answers]
    stamps = sorted({rank(text) for text in _texts(held) if STAMP.fullmatch(text)})
    ranks = {stamp: f"v{number}" for number, stamp in enumerate(stamps, start=1)}
    return [_normal(answer, names, ranks) for answer in answers]


def _normal(answer: dict, names: Names, ranks: dict) -> dict:
    shown = {key: value for key, value in answer.items() if key not in ("method", "path", "lines", "issued")}
    found = names.restored(_renumbered(shown, ranks))
    if "cursor" in found:
        found["cursor"] = found["cursor"] is not None
    if "last_seq" in answer:
        # A pull behind it must miss nothing: it is where it stands among the versions of this scope that counts.
        issued = {version: ranks[version] for version in sorted(map(rank, answer["issued"]))}
        found["last_seq"] = _place(answer["last_seq"], issued)
    if "all" in found:
        found["all"].sort(key=lambda line: (line["collection"], str(line["doc_id"])))
    return found


def _without_free_text(answer: dict) -> dict:
    if answer.get("status") == 422:
        return {**answer, "body": {"detail": _complaints(answer["body"]["detail"])}}
    if answer.get("status") in FREE_TEXT:
        return {**answer, "body": None}
    return answer


def _complaints(detail: list[dict]) -> list[dict]:
    """Where a request is wrong, and how; once for a value that may be of several types."""
    found = []
    for entry in detail:
        if entry["type"] == "json_invalid":
            entry = {**entry, "loc": ["body"]}
        loc = [part for part in entry["loc"] if part not in ("str", "int")]
        if not found or found[-1]["loc"] != loc:
            found.append({"loc": loc, "type": entry["type"]})
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _renumbered(value: Any, ranks: dict) -> Any:
    if isinstance(value, dict):
        return {key: _renumbered(item, ranks) for key, item in value.items()}
    if isinstance(value, list):
        return [_renumbered(item, ranks) for item in value]
    return _place(value, ranks) if isinstance(value, str) and STAMP.fullmatch(value) else value


def _place(stamp: str, ranks: dict) -> str:
    """The last of some versions that is not behind a stamp."""
    reached = [name for version, name in ranks.items() if version <= rank(stamp)]
    return reached[-1] if reached else "before"


def _without_last_seq(answer: Any) -> Any:
    if not isinstance(answer, dict):
        return answer
    return {key: _without_last_seq(value) for key, value in answer.items() if key != "last_seq"}
