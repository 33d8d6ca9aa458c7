"""`make score DATA=DIR`: a folder of measures, links and figures through the product, scored against its labels.

In a throw-away database the dictionary is imported, the figures come in through `ingest`, everything is assessed;
what was found goes to alerts.csv in the working directory. The folder holds measures.csv, links.csv or pairs.csv, and
observations.csv or observations.csv.gz; labels are ground_truth.json, or planted.json and decoys.json.
"""

import csv
import gzip
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django

os.environ.setdefault("TRUTHGOV_MODE", "development")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from benchmarks import databases, scoring  # noqa: E402 - models can be imported only after the set-up
from metrics.assessment import assess  # noqa: E402
from metrics.detection.batch import Verdict  # noqa: E402
from metrics.dictionary_files import from_sheets  # noqa: E402
from metrics.dictionary_import import declare_dimensions, dimensions_in, import_dictionary  # noqa: E402
from metrics.ingestion import Delivery, Rows, ingest  # noqa: E402
from metrics.ingestion.periods import from_inclusive  # noqa: E402
from metrics.models import Judgement, Segment, Source, Submission  # noqa: E402
from truthgov.actor import Actor  # noqa: E402
from truthgov.models import Person, Scope  # noqa: E402
from truthgov.periods import Grain, Period  # noqa: E402

ROWS_A_DELIVERY = 50_000
ALERTS = Path("alerts.csv")
TRUTHS = ("ground_truth.json", "planted.json", "decoys.json")
FAMILIES = {"source_disagreement": "source", "inconsistency": "variance", "definition_break": "definition"}
"""What the labels call our kinds, where they say something else."""
BY = Actor(clockwork="score")


def main() -> int:
    """Score the folder named on the command line; the exit status."""
    folder = Path(sys.argv[1])
    databases.provision()
    began = time.monotonic()
    declare(folder)
    counts = take_in(folder)
    loaded = time.monotonic()
    assess()
    assessed = time.monotonic()
    print(f"{folder.name}: {counts['accepted']} figures in, {counts['refused']} refused, in {loaded - began:.1f} s; "
          f"assessed in {assessed - loaded:.1f} s")  # fmt: skip
    alerts = list(findings())
    write(alerts)
    entries = [entry for name in TRUTHS if (folder / name).exists() for entry in scoring.entries(folder / name)]
    if entries:
        for key in ("tier", "family", "kind"):
            print("\n".join(scoring.table(alerts, entries, by=key)))
    return 0


def declare(folder: Path) -> None:
    """Found an organisation and import the folder's dictionary, its dimensions and its sources."""
    Scope.objects.create(kind=Scope.Kind.ORGANISATION, name=folder.name)
    proposer, approver = (Person.objects.create_user(f"{name}@example.org", name=name) for name in ("one", "two"))
    links = next(path for name in ("links.csv", "pairs.csv") if (path := folder / name).exists())
    document = from_sheets((folder / "measures.csv").read_text(), links.read_text())
    import_dictionary(document, proposed_by=proposer, approved_by=approver, unguarded_because="Labelled figures.")
    segments, sources = set(), set()
    for row in observations(folder):
        segments.add(row["segment_json"])
        sources.add(row["source"])
    declare_dimensions(dimensions_in(segments), by=BY)
    for number, name in enumerate(sorted(sources - set(Source.objects.values_list("name", flat=True)))):
        Source.objects.create(code=f"further-{number}", name=name)


def take_in(folder: Path) -> dict[str, int]:
    """Push all figures through `ingest`, leaving out and counting the rows it refuses."""
    counts = {"accepted": 0, "refused": 0}
    for batch in deliveries(observations(folder)):
        delivery = Delivery(channel=Submission.Channel.COMMAND, reason="as loaded", lenient=True)
        outcome = ingest(Rows.of(map(record, batch)), delivery, by=BY)
        counts["accepted"] += outcome.accepted
        counts["refused"] += len(outcome.refusals)
    return counts


def deliveries(rows: Iterator[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    """The rows in deliveries of which none names a cell twice: a figure that comes again restates the one before."""
    batch: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        cell = tuple(row[name] for name in ("measure_code", "segment_json", "period_start", "source"))
        if cell in batch or len(batch) == ROWS_A_DELIVERY:
            yield list(batch.values())
            batch = {}
        batch[cell] = row
    yield list(batch.values())


def observations(folder: Path) -> Iterator[dict[str, str]]:
    """The rows of the folder's figures."""
    plain = folder / "observations.csv"
    with plain.open(newline="") if plain.exists() else gzip.open(f"{plain}.gz", "rt", newline="") as lines:
        yield from csv.DictReader(lines)


def record(row: dict[str, str]) -> dict[str, str]:
    """A row of the sheet as one of a delivery."""
    period = from_inclusive(row["period_start"], row["period_end"])
    return {"measure": row["measure_code"], "segment": row["segment_json"], "period": period,
            **{name: row[name] for name in ("value", "numerator", "denominator", "source")}}  # fmt: skip


def findings() -> Iterator[dict[str, str]]:
    """Every finding, as a line of alerts.csv."""
    segments = Segment.objects.in_bulk()
    parties = "rule__link__from_measure", "rule__link__to_measure", "rule__measure", "rule__other_measure"
    for judgement in Judgement.objects.select_related(*parties).order_by("kind", "period_start", "rule"):
        period = Period.containing(judgement.period_start, Grain(judgement.grain))
        claimed, other = judgement.rule.parties
        for segment in judgement.cells["segment"][judgement.cells["verdict"] == Verdict.FLAG].tolist():
            yield {
                "function_kpi": claimed.code,
                "outcome": other.code if other else "",
                "segment_json": json.dumps(segments[segment].values),
                "period_start": period.start.isoformat(),
                "period_end": period.last_day.isoformat(),
                "family": FAMILIES.get(judgement.kind, judgement.kind),
            }


def write(alerts: list[dict[str, str]]) -> None:
    """Write alerts.csv."""
    with ALERTS.open("w", newline="") as sheet:
        lines = csv.DictWriter(sheet, scoring.COLUMNS)
        lines.writeheader()
        lines.writerows(alerts)


if __name__ == "__main__":
    sys.exit(main())
