"""What a run of the rows came to: a Markdown table, JSON, and one plot a row."""

import json
import os
import platform
from datetime import date
from pathlib import Path

from lines import Line, show
from plot import plot

VERDICTS = {True: "yes", False: "**no**", None: ""}
HEAD = "| work | target | pulsed | beside it | ratio | met |\n|---|---|---|---|---|---|\n"


Rows = dict[str, tuple[str, list[Line]]]  # Of each row's name: its work and its lines.


def write(directory: Path, rows: Rows, is_short: bool) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "table.md").write_text(markdown(rows, is_short))
    (directory / "figures.json").write_text(json.dumps(
        {"machine": machine(), "short": is_short, "date": date.today().isoformat(),
         "rows": {name: {"work": work, "lines": [line.json() for line in lines]}
                  for name, (work, lines) in rows.items()}}, indent=1) + "\n")
    for name, (work, lines) in rows.items():
        if any(line.ours for line in lines):
            (directory / f"{name}.svg").write_text(plot(work, lines))


def markdown(rows: Rows, is_short: bool) -> str:
    text = HEAD
    for work, lines in rows.values():
        for index, line in enumerate(lines):
            beside = ": ".join(part for part in [line.beside, str(line.theirs or "")] if part) or line.note
            cells = ["" if index else work, line.target, str(line.ours or "–"), beside,
                     "" if line.ratio is None else f"{show(line.ratio)} ×", "" if is_short else VERDICTS[line.met]]
            text += f"| {' | '.join(cells)} |\n"
    about = "The short form: its figures mean nothing." if is_short else "Medians (lowest–highest) of runs in turns."
    return f"{text}\n{about} On {machine()}.\n"


def machine() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()} {platform.release()})"
