"""A folder of labelled figures in the database: its dictionary imported, its figures taken in, its findings told."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks import fitting
from benchmarks.fitting import Line
from benchmarks.folder import Folder, Notes, name_of, rows_of
from benchmarks.observed import Observed
from metrics.detection.batch import Verdict
from metrics.dictionary_files import Document, from_sheets
from metrics.dictionary_import import declare_dimensions, dimensions_in, import_dictionary
from metrics.ingestion import Delivery, RowError, Rows, ingest
from metrics.models import Judgement, Segment, Source, Submission
from truthgov.actor import Actor
from truthgov.models import Person, Scope
from truthgov.periods import Grain, Period

FAMILIES = {"source_disagreement": "source", "inconsistency": "variance", "definition_break": "definition"}
"""What the labels call our kinds, where they say something else."""
BY = Actor(clockwork="score")


@dataclass
class Counts:
    """What became of the rows: those that came in, and those refused by code, with the first sentence of each."""

    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    sentences: dict[str, str] = field(default_factory=dict)

    def refuse(self, error: RowError) -> None:
        self.refused[error.code] += 1
        self.sentences.setdefault(error.code, error.message)

    def lines(self) -> Iterator[str]:
        for code, rows in self.refused.most_common():
            yield f"refused: {rows} rows as {code}; the first: {self.sentences[code]}"


class Loading:
    """A folder on its way through the product: what it says, fitted to the dictionary."""

    def __init__(self, folder: Folder, notes: Notes) -> None:
        self.folder, self.notes = folder, notes
        rows = fitting.measures_by_code(rows_of(folder.measures), notes)
        self.own = {code: row["code"].strip() for code, row in rows.items()}
        declared = {code: name_of(row.get("source", "")) for code, row in rows.items()}
        self.observed = Observed(lambda: rows_of(folder.observations), declared, notes)
        links = self._links()
        journeys = dict(fitting.journeys_of(links))
        lines = {code: Line(code, row, self.observed.measures[code], notes) for code, row in rows.items()}
        for code, line in lines.items():
            line.fit(journeys.get(code, ""))
        self.observed.divisors = {code: line.divisor for code, line in lines.items()}
        self.document = self._document(lines, links)

    def _links(self) -> list[dict[str, str]]:
        if self.folder.links is None:
            self.notes.tell("holds neither links.csv nor pairs.csv; no two measures are judged together.",
                            of=self.folder.path.name)  # fmt: skip
            return []
        return list(rows_of(self.folder.links))

    def _document(self, lines: dict[str, Line], links: list[dict[str, str]]) -> Document:
        measures = fitting.sheet_of(lines, self.notes)
        taken = {entry.text("code") for entry in from_sheets(measures).tables["measures"]}
        return from_sheets(measures, fitting.links_of(links, taken, self.notes))

    def declare(self) -> None:
        """Found an organisation and import the folder's dictionary, its dimensions and its sources.

        Raises ImportRefused where the dictionary does not take it.
        """
        Scope.objects.create(kind=Scope.Kind.ORGANISATION, name=self.folder.path.name)
        proposer, approver = (Person.objects.create_user(f"{name}@example.org", name=name) for name in ("one", "two"))
        reason = "Labelled figures."
        import_dictionary(self.document, proposed_by=proposer, approved_by=approver, unguarded_because=reason)
        declare_dimensions(dimensions_in(self.observed.segments), by=BY)
        known = set(Source.objects.values_list("name", flat=True))
        for number, name in enumerate(sorted(self.observed.sources - known)):
            Source.objects.create(code=f"further-{number}", name=name)

    def take_in(self) -> Counts:
        """Push all figures through `ingest`, leaving out and counting the rows it refuses."""
        counts = Counts()
        for batch in self.observed.deliveries():
            delivery = Delivery(channel=Submission.Channel.COMMAND, reason="as loaded", lenient=True)
            outcome = ingest(Rows.of(batch), delivery, by=BY)
            counts.accepted += outcome.accepted
            for error in outcome.refusals:
                counts.refuse(error)
        return counts

    def findings(self) -> Iterator[dict[str, str]]:
        """Every finding, as a line of alerts.csv, in the folder's own spelling."""
        segments = {pk: json.dumps(self.observed.as_spelled(segment.values))
                    for pk, segment in Segment.objects.in_bulk().items()}  # fmt: skip
        parties = "rule__link__from_measure", "rule__link__to_measure", "rule__measure", "rule__other_measure"
        for judgement in Judgement.objects.select_related(*parties).order_by("kind", "period_start", "rule"):
            period = Period.containing(judgement.period_start, Grain(judgement.grain))
            claimed, other = judgement.rule.parties
            for segment in judgement.cells["segment"][judgement.cells["verdict"] == Verdict.FLAG].tolist():
                yield {
                    "function_kpi": self.own.get(claimed.code, claimed.code),
                    "outcome": self.own.get(other.code, other.code) if other else "",
                    "segment_json": segments[segment],
                    "period_start": period.start.isoformat(),
                    "period_end": period.last_day.isoformat(),
                    "family": FAMILIES.get(judgement.kind, judgement.kind),
                }
