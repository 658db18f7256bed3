"""Says where what was received departs from what was expected."""

from typing import Any

from conversations.player import Transcript
from conversations.vector import Vector

ANY = {"string": str, "int": int}


def differences(expected: Any, actual: Any, path: str = "$") -> list[str]:
    """Every difference in value, type, key or order of keys.

    `{"$any": "string" | "int"}`, `{"$contains": text}` and `{"$has": object}` in `expected` stand for many values."""
    if isinstance(expected, dict) and "$any" in expected:
        return [] if type(actual) is ANY[expected["$any"]] else [f"{path}: {actual!r} is no {expected['$any']}"]
    if isinstance(expected, dict) and "$contains" in expected:
        text = expected["$contains"]
        return [] if isinstance(actual, str) and text in actual else [f"{path}: {actual!r} does not hold {text!r}"]
    if isinstance(expected, dict) and "$has" in expected:
        return _missing_members(expected["$has"], actual, path)
    if type(expected) is not type(actual):
        return [f"{path}: expected {expected!r}, received {actual!r}"]
    if isinstance(expected, dict):
        if list(expected) != list(actual):
            return [f"{path}: expected keys {list(expected)}, received {list(actual)}"]
        return [found for key in expected for found in differences(expected[key], actual[key], f"{path}.{key}")]
    if isinstance(expected, list):
        return _list_differences(expected, actual, path)
    return [] if expected == actual else [f"{path}: expected {expected!r}, received {actual!r}"]


def _missing_members(expected: dict, actual: Any, path: str) -> list[str]:
    if not isinstance(actual, dict):
        return [f"{path}: {actual!r} is no object"]
    known = {key: value for key, value in actual.items() if key in expected}
    return differences(expected, known, path)


def _list_differences(expected: list, actual: list, path: str) -> list[str]:
    found = [
        difference
        for index, (one, other) in enumerate(zip(expected, actual))
        for difference in differences(one, other, f"{path}[{index}]")
    ]
    found += [f"{path}: missing {missing!r}" for missing in expected[len(actual) :]]
    return found + [f"{path}: unexpected {extra!r}" for extra in actual[len(expected) :]]


def step_differences(frames: list, resent: list, actual: list, path: str) -> list[str]:
    """Like `differences` of `frames` and `actual`, where `resent` frames may stand anywhere after the first."""
    rest, missing = list(actual), []
    for frame in resent:
        places = [place for place in range(len(rest) - 1, 0, -1) if not differences(frame, rest[place])]
        if places:
            rest.pop(places[0])
        else:
            missing.append(f"{path}: not sent again: {frame!r}")
    return differences(frames, rest, path) + missing


def reference_differences(vector: Vector, transcript: Transcript) -> list[str]:
    """Where a run departs from what is recorded of the reference."""
    return _run_differences([(step["frames"], []) for step in vector.expectations], transcript)


def server_differences(vector: Vector, transcript: Transcript) -> list[str]:
    """Where a run departs from what this server is to do: the recording, but for the differences it marks."""
    return _run_differences([intended(step, step["frames"]) for step in vector.expectations], transcript)


def live_differences(vector: Vector, reference: list[list], transcript: Transcript) -> list[str]:
    """Like `server_differences`, against what the reference sent a moment ago in place of the recording."""
    pairs = zip(vector.expectations, reference, strict=True)
    return _run_differences([intended(step, frames) for step, frames in pairs], transcript)


def departs_at(vector: Vector, transcript: Transcript) -> int | None:
    """The number, from 1, of the first expectation of this server that a run does not meet; None: it meets all."""
    pairs = zip(vector.expectations, transcript.received, strict=True)
    for number, (step, actual) in enumerate(pairs, start=1):
        if step_differences(*intended(step, step["frames"]), actual, ""):
            return number
    return None


def in_expected_form(vector: Vector, transcript: Transcript) -> Transcript:
    """The transcript with each push in the delta form where that is expected.

    Of a record that another worker has just written either form may come."""
    expected = [intended(step, step["frames"])[0] for step in vector.expectations]
    return Transcript([list(map(_reshaped, actual, wanted)) + actual[len(wanted) :]
                       for actual, wanted in zip(transcript.received, expected, strict=True)], transcript.extra)


def _reshaped(actual: Any, expected: Any) -> Any:
    push, line = _record(actual), _record(expected)
    if not push or not line or "sync_id" in push or "sync_id" not in line:
        return actual
    data = {**actual["data"], "data": {**push, "sync_id": actual["data"]["sync_id"]}}
    if data["model"] == expected["data"]["model"].lower():
        data["model"] = expected["data"]["model"]
    return {**actual, "data": data}


def _record(frame: Any) -> dict | None:
    """The record of an update."""
    return frame["data"].get("data") if isinstance(frame, dict) and isinstance(frame.get("data"), dict) else None


def intended(step: dict, frames: list) -> tuple[list, list]:
    """What this server is to send where the reference sent `frames`, and what it sends again besides."""
    return step.get("instead", {}).get("frames", frames), step.get("resent", {}).get("frames", [])


def _run_differences(expectations: list[tuple[list, list]], transcript: Transcript) -> list[str]:
    found = [f"{client} received more: {frames!r}" for client, frames in transcript.extra.items()]
    for number, ((frames, resent), actual) in enumerate(zip(expectations, transcript.received, strict=True), start=1):
        found += step_differences(frames, resent, actual, f"expectation {number}")
    return found
