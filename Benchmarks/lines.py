"""Lines of the table: a target, what was measured, and whether it was met."""

from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One quantity, once for each run."""

    name: str
    values: list[float]

    @classmethod
    def of(cls, runs: list[dict], key: str, name: str) -> "Figure":
        return cls(name, [float(run[key]) for run in runs])

    @property
    def median(self) -> float:
        return median(self.values)

    def __str__(self) -> str:
        spread = f" ({show(min(self.values))}–{show(max(self.values))})" if len(self.values) > 1 else ""
        return f"{show(self.median)} {self.name}{spread}"


@dataclass(frozen=True)
class Line:
    """`ratio` is ours by theirs in each run, its median; None where there is nothing beside."""

    target: str
    ours: Figure | None
    beside: str = ""
    theirs: Figure | None = None
    ratio: float | None = None
    #: None where there is no target, or nothing was measured.
    met: bool | None = None
    note: str = ""

    def json(self) -> dict:
        found = asdict(self)
        for side in ["ours", "theirs"]:
            if figure := getattr(self, side):
                found[side]["median"] = figure.median
        return found


def compare(
    ours: Figure, beside: str, theirs: Figure, target: str = "", at_least: float | None = None,
    at_most: float | None = None,
) -> Line:
    """Ours by theirs, which are from the same rounds; without a ratio where one of theirs came to nothing."""
    if not all(theirs.values):
        return Line(target, ours, beside, theirs)
    ratio = median([mine / other for mine, other in zip(ours.values, theirs.values)])
    return Line(target, ours, beside, theirs, ratio, within(ratio, at_least, at_most))


def limit(ours: Figure, target: str, at_least: float | None = None, at_most: float | None = None) -> Line:
    return Line(target, ours, met=within(ours.median, at_least, at_most))


def within(value: float, at_least: float | None, at_most: float | None) -> bool | None:
    if at_least is None and at_most is None:
        return None
    return (at_least is None or value >= at_least) and (at_most is None or value <= at_most)


def show(value: float) -> str:
    """Three digits that mean something."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
