"""Says where one answer departs from another, or from what a script says of it."""

from typing import Any


def departures(expected: Any, actual: Any, path: str = "", is_partial: bool = False) -> list[str]:
    """Every difference in value, type or member. When partial, objects may have more members than are expected."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        missing = [f"{path}.{key}: missing" for key in expected if key not in actual]
        more = [] if is_partial else [f"{path}.{key}: not expected" for key in actual if key not in expected]
        both = [key for key in expected if key in actual]
        inner = [departures(expected[key], actual[key], f"{path}.{key}", is_partial) for key in both]
        return missing + more + [found for departure in inner for found in departure]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual))
        inner = [departures(one, other, f"{path}[{index}]", is_partial) for index, (one, other) in pairs]
        return [found for departure in inner for found in departure]
    is_same = type(expected) is type(actual) and expected == actual
    return [] if is_same else [f"{path}: expected {expected!r}, received {actual!r}"]


def promised(step: dict, answer: dict) -> list[str]:
    """Where an answer departs from the status, the results and the messages that the script itself promises."""
    if "theirs" in step:
        return []
    if "receive" in step:
        return departures(step["receive"], len(answer["messages"]), ".messages")
    if "status" not in answer:
        return []
    expected = {"status": step.get("status", 200)}
    if "results" in step:
        expected["body"] = {"results": [{"status": status} for status in step["results"]]}
    return departures(expected, answer, is_partial=True)
