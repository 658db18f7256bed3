"""One row as an SVG: a bar for each median, a whisker from the lowest to the highest run, on a logarithmic scale."""

import math
from html import escape

from lines import Figure, Line, show

LABELS, WIDTH, RIGHT = 330, 420, 190
STEP, TOP = 26, 44
STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #222 } .title { font-weight: 600 } .scale { fill: #777; font-size: 10px }
.ours { fill: #2f6fde } .theirs { fill: #a9b2bf } line { stroke: #222 } .grid { stroke: #ddd }
@media (prefers-color-scheme: dark) {
text { fill: #eee } .scale { fill: #999 } line { stroke: #eee } .grid { stroke: #444 } .theirs { fill: #6b7380 } }"""


def plot(title: str, lines: list[Line]) -> str:
    bars = list(dict.fromkeys(bar for line in lines for bar in bars_of(line)))
    positive = [value for _, _, values, _ in bars for value in values if value > 0] or [1]
    low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)) + 1e-9)
    high = max(high, low + 1)

    def at(value: float) -> float:
        """Where a value stands; what is 0 stands at the left end."""
        return LABELS + WIDTH * (math.log10(max(value, 10**low)) - low) / (high - low)

    height = TOP + STEP * len(bars) + 24
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LABELS + WIDTH + RIGHT} {height}" role="img">',
             f"<title>{escape(title)}</title><style>{STYLE}</style>",
             f'<text class="title" x="8" y="20">{escape(title)}</text>']
    for power in range(low, high + 1):
        x = at(10**power)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{height - 20}"/>'
                     f'<text class="scale" text-anchor="middle" x="{x:.1f}" y="{height - 6}">{10**power:,g}</text>')
    for index, (kind, name, values, unit) in enumerate(bars):
        y, middle = TOP + STEP * index, Figure(unit, list(values)).median
        parts.append(
            f'<text x="{LABELS - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{at(middle) - LABELS:.1f}" height="18"/>'
            f'<line x1="{at(min(values)):.1f}" x2="{at(max(values)):.1f}" y1="{y + 9}" y2="{y + 9}"/>'
            f'<text x="{max(at(middle), at(max(values))) + 6:.1f}" y="{y + 13}">{show(middle)} {escape(unit)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def bars_of(line: Line):
    """Kind, name, values and unit."""
    if line.ours:
        yield "ours", "pulsed", tuple(line.ours.values), line.ours.name
    if line.theirs:
        yield "theirs", line.beside, tuple(line.theirs.values), line.theirs.name
