"""`make score DATA=DIR`: a folder of measures, links and figures through the product, scored against its labels.

In a throw-away database the dictionary is imported, the figures come in through `ingest`, everything is assessed;
what was found goes to alerts.csv in the working directory. The folder holds measures.csv, links.csv or pairs.csv, and
observations.csv or observations.csv.gz; labels are ground_truth.json, or planted.json and decoys.json. What of it the
product does not take is read otherwise or left out, and printed; the exit status is 2 where it cannot be read at all.
"""

import csv
import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("TRUTHGOV_MODE", "development")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from benchmarks import databases, scoring  # noqa: E402 - models can be imported only after the set-up
from benchmarks.folder import Folder, FolderFault, Notes  # noqa: E402
from benchmarks.loading import Loading  # noqa: E402
from metrics.assessment import assess  # noqa: E402
from metrics.dictionary_import import ImportRefused  # noqa: E402
from metrics.ingestion import SourceDenied  # noqa: E402
from truthgov.errors import InvalidInput  # noqa: E402

ALERTS = Path("alerts.csv")
TRUTHS = ("ground_truth.json", "planted.json", "decoys.json")


def main() -> int:
    """Score the folder named on the command line; the exit status."""
    notes = Notes()
    try:
        score(Path(sys.argv[1]), notes)
    except FolderFault as fault:
        return refused(notes, *fault.problems)
    except ImportRefused as fault:
        return refused(notes, *map(str, fault.problems))
    except (InvalidInput, SourceDenied) as fault:
        return refused(notes, str(fault))
    return 0


def score(path: Path, notes: Notes) -> None:
    """Load a folder, assess it, write what was found and print how that fits the labels."""
    folder = Folder.at(path)
    entries = [entry for name in TRUTHS if (path / name).exists() for entry in scoring.entries(path / name, notes)]
    began = time.monotonic()
    loading = Loading(folder, notes)
    read = time.monotonic()
    databases.provision()
    provisioned = time.monotonic()
    loading.declare()
    counts = loading.take_in()
    loaded = time.monotonic()
    assess()
    assessed = time.monotonic()
    tell(*notes.lines(), *counts.lines())
    print(f"{folder.path.name}: {counts.accepted} figures in, {counts.refused.total()} refused, in "
          f"{loaded - provisioned + read - began:.1f} s; assessed in {assessed - loaded:.1f} s")  # fmt: skip
    alerts = list(loading.findings())
    write(alerts)
    if entries:
        for key in ("tier", "family", "kind"):
            print("\n".join(scoring.table(alerts, entries, by=key)))


def refused(notes: Notes, *problems: str) -> int:
    """Say why the folder cannot be scored."""
    tell(*notes.lines(), *problems)
    return 2


def tell(*lines: str) -> None:
    for line in lines:
        print(line)


def write(alerts: list[dict[str, str]]) -> None:
    """Write alerts.csv."""
    with ALERTS.open("w", newline="") as sheet:
        lines = csv.DictWriter(sheet, scoring.COLUMNS)
        lines.writeheader()
        lines.writerows(alerts)


if __name__ == "__main__":
    sys.exit(main())
