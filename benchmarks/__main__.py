"""`make bench`: a line a figure, `name | value | goal | holds`; the exit status says whether every goal is met.

`--small` runs everything on a tiny organisation, to show that it runs; its goals mean nothing and are not judged.
`--large` measures assessment alone, on five million observations.
`--page FILE` writes the table as a page of documentation too.
"""

import argparse
import os
import platform
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.report import as_page
from benchmarks.run import EXTENTS, Run
from truthgov import clock

EXTENT_HELP = {"small": "a tiny organisation, and no verdict", "large": "five million observations, assessment alone"}


def main() -> int:
    """Measure, tell and judge."""
    given = _arguments()
    measured = []
    print("name | value | goal | holds", flush=True)
    for each in Run(EXTENTS[given.extent]).measure():
        measured.append(replace(each, goal="") if given.extent == "small" else each)
        print(measured[-1], flush=True)
    if given.page:
        given.page.write_text(as_page(measured, _circumstances()))
    return sum(not each.holds for each in measured)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    extent = parser.add_mutually_exclusive_group()
    for name, says in EXTENT_HELP.items():
        extent.add_argument(f"--{name}", dest="extent", action="store_const", const=name, default="full", help=says)
    parser.add_argument("--page", type=Path, help="where to write the table")
    return parser.parse_args()


def _circumstances() -> str:
    return (
        f"One run of {clock.today()} on {os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}, load average {os.getloadavg()[1]:.1f} at its end. Ratios are taken within the "
        "run; absolute figures are this machine's."
    )


if __name__ == "__main__":
    sys.exit(main())
