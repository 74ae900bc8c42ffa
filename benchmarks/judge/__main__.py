"""`python -m benchmarks.judge [--rollouts N] [--workers N] [--docs DIRECTORY]`: simulate, write tables and picture.

Ends with 1 when more equal versions were taken back than alpha allows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.judge.picture import picture
from benchmarks.judge.result import ROLLOUTS, Result, result, workers
from benchmarks.judge.rule import GATES, JUDGE
from benchmarks.judge.table import placed_in, tables


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when the promise was kept, 1 when it was not, 2 for wrong options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judge", description=__doc__)
    parser.add_argument("--rollouts", type=int, default=ROLLOUTS, help=f"of equal versions; {ROLLOUTS} by default")
    parser.add_argument("--workers", type=int, default=2, help="processes; 2 by default")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where judge.md and images/judge.svg are")
    options = parser.parse_args(arguments)
    if options.rollouts < 1 or options.workers < 1:
        parser.error("--rollouts and --workers are at least 1")
    with workers(options.workers) as work:
        measured = result(work, options.rollouts)
    write(measured, options.docs)
    print(tables(measured))
    return int(not kept(measured))


def write(measured: Result, docs: Path) -> None:
    """Into the page between its marks, and the picture beside it."""
    page = docs / "judge.md"
    page.write_text(placed_in(page.read_text(encoding="utf-8"), tables(measured)), encoding="utf-8")
    (docs / "images" / "judge.svg").write_text(picture(measured), encoding="utf-8")


def kept(measured: Result) -> bool:
    """Whether at most alpha of the rollouts of equal versions were taken back by the judge."""
    return all(count[JUDGE] <= GATES.alpha * measured.rollouts for count in measured.false.values())


if __name__ == "__main__":
    sys.exit(main())
