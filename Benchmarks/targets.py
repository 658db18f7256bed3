"""Runs rows and writes what they came to: see Benchmarks/README.md. Benchmarks/run installs what is needed first."""

import argparse
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(1, str(REPOSITORY / "Tests/Live"))

import table  # noqa: E402
from bench import FULL, SHORT, Bench, BrokenRun  # noqa: E402
from http_rows import EXTRAS  # noqa: E402
from lines import Line  # noqa: E402
from rows import ROWS  # noqa: E402


def main() -> int:
    rows = {row.__name__.replace("_", "-"): row for row in [*ROWS, *EXTRAS]}
    arguments = options(list(rows))
    if arguments.list:
        print("\n".join(f"{name:16}{row.__doc__}" for name, row in rows.items()))
        return 0
    results: table.Rows = {}
    broken = []
    # Stores of a million records are in it: not where there is only memory.
    with TemporaryDirectory(prefix="pulse-benchmark-", dir=arguments.scratch) as place, ExitStack() as servers:
        bench = Bench(Path(place), SHORT if arguments.short else FULL, servers)
        for name in arguments.only or list(rows)[:len(ROWS)]:
            began = time.monotonic()
            try:
                lines = bench.lines(rows[name])
            except BrokenRun as failure:
                broken.append(name)
                lines = [Line("", None, note="the run broke")]
                print(f"{name}: {failure}", file=sys.stderr)
            results[name] = rows[name].__doc__, lines
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            # After each row, so that what was measured is kept if a later one is given up.
            table.write(arguments.output, results, arguments.short)
    print(table.markdown(results, arguments.short))
    return 1 if broken else 0


def options(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="Benchmarks/run", description=__doc__)
    parser.add_argument("--only", action="append", choices=names, metavar="ROW", help="this row (repeat for several)")
    parser.add_argument(
        "--short", action="store_true", help="about a second each: fails on a broken run, never on a target")
    parser.add_argument("--list", action="store_true", help="names and works of the rows")
    parser.add_argument("--output", type=Path, default=REPOSITORY / ".build/benchmarks", help="where the results go")
    parser.add_argument("--scratch", type=Path, help="where stores are kept meanwhile (the temporary directory)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
