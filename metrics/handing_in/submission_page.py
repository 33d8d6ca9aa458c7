"""One delivery as its page shows it: its figures with what is said of them, and the rows that were left out."""

from dataclasses import dataclass
from typing import Any

from metrics.handing_in import attesting
from metrics.ingestion.oddities import NOTICES
from metrics.models import FigureNote, Observation, Submission
from truthgov.figures import Figure, word_in_full
from truthgov.keyset import Page, turn_to
from truthgov.periods import Grain, Period

SIZE = 100
PERIODS = 3
"""Periods whose sheets are named."""
LEFT_OUT = 100
"""Rows left out that are listed."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A figure of a delivery, worded. `is_attested` is None of what is computed: nobody is asked to stand behind it."""

    observation: Observation
    figure: Figure
    earlier: Figure | None
    """What it restated."""
    period: Period
    notices: list[str]
    note: str
    is_attested: bool | None


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    figures: list[Delivered]
    page: Page[Observation]
    left_out: list[tuple[int, str]]
    """Of a lenient delivery, the first rows that were refused, numbered from 1, and why."""

    @property
    def periods(self) -> list[Period]:
        """Whose figures these are, the latest first."""
        found = {each.period for each in self.figures}
        return sorted(found, key=lambda period: period.start, reverse=True)[:PERIODS]


def submission_page(submission: Submission, cursor: str) -> SubmissionPage:
    """The page at a cursor; a fixed number of queries."""
    named = ("series__measure", "series__segment", "series__source", "definition")
    figures = Observation.objects.filter(submission=submission).select_related(*named)
    page = turn_to(cursor, figures, ("pk",), size=SIZE)
    numbers = [figure.pk for figure in page.rows]
    notes, attested = FigureNote.objects.latest_of(numbers), attesting.attested_observations(numbers)
    restated = Observation.objects.in_bulk([figure.restates for figure in page.rows if figure.restates])
    told = [_delivered(figure, restated.get(figure.restates or 0), notes.get(figure.pk), figure.pk in attested)
            for figure in page.rows]  # fmt: skip
    refusals: list[dict[str, Any]] = submission.refusals[:LEFT_OUT]
    return SubmissionPage(told, page, [(each["row"] + 1, each["message"]) for each in refusals])


def _delivered(
    figure: Observation, restated: Observation | None, note: FigureNote | None, is_attested: bool
) -> Delivered:
    unit, definition = figure.definition.worded_unit, figure.definition
    return Delivered(
        figure, word_in_full(figure.value, unit), word_in_full(restated.value, unit) if restated else None,
        Period.containing(figure.period_start, Grain(definition.grain)),
        [NOTICES[code] for code in figure.notices or ()],
        note.text if note and note.text != figure.reason else "", None if definition.is_derived else is_attested,
    )  # fmt: skip
