"""A test run: what a feed offers now, through the one door and back out again; nothing of it stays."""

from dataclasses import dataclass, field, replace

from django.db import transaction

from metrics.ingestion import Fate, RowError, Rows, ingest
from metrics.ingestion import rehearse as fates_of
from metrics.ingestion.oddities import NOTICES
from metrics.models import Feed, Observation, Submission
from metrics.sources.fetching import Offered, fetch
from metrics.sources.mapping import Row
from metrics.sources.pull import delivery_of
from truthgov import clock, egress
from truthgov.actor import Actor
from truthgov.errors import Refusal, in_full
from truthgov.figures import Figure, word_figure
from truthgov.periods import Grain, Period

SECONDS = 20.0
PAGES = 3
SHOWN = 200


@dataclass(frozen=True)
class Shown:
    """A figure as it would stand in the ledger, worded; beside it what is on record, where it restates something."""

    figure: Observation
    restated: Observation | None

    @property
    def period(self) -> Period:
        return Period.containing(self.figure.period_start, Grain(self.figure.definition.grain))

    @property
    def value(self) -> Figure:
        return word_figure(self.figure.value, self.figure.definition.worded_unit)

    @property
    def on_record(self) -> str:
        return word_figure(self.restated.value, self.figure.definition.worded_unit).text if self.restated else "–"

    @property
    def parts(self) -> str:
        """Numerator over denominator, as they came."""
        given = [part.normalize() for part in (self.figure.numerator, self.figure.denominator) if part is not None]
        return " / ".join(format(part, "f") for part in given) or "–"

    @property
    def notices(self) -> str:
        return "; ".join(NOTICES[code] for code in self.figure.notices or ()) or "–"


@dataclass(frozen=True)
class Rehearsal:
    """What a run for `period` would have done: the figures it would have stored, and the rows it would have refused."""

    period: Period
    offered: Offered = field(default_factory=Offered)
    stored: list[Shown] = field(default_factory=list)
    refused: list[tuple[Row, RowError]] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    """Rows that say what is on record already."""
    counts: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    all_or_nothing: bool = True

    @property
    def is_cut(self) -> bool:
        """Are there more rows of a kind than are shown?"""
        taken = self.counts.get("accepted", 0) + self.counts.get("restated", 0)
        of_each = (taken, self.counts.get("unchanged", 0), self.counts.get("refused", 0))
        return max(of_each) > SHOWN

    @property
    def shown(self) -> int:
        """How many rows of a kind are shown at most."""
        return SHOWN

    @property
    def stores_nothing(self) -> bool:
        """Would a real run refuse the whole for the sake of some rows?"""
        return bool(self.refused) and self.all_or_nothing


def rehearse(feed: Feed) -> Rehearsal:
    """Fetch the latest period that is due and try its rows; a feed that is not stored yet will do."""
    period = feed.schedule.latest(clock.now())
    try:
        offered = fetch(feed, period, seconds=SECONDS, pages=PAGES)
    except (egress.Unreachable, Refusal) as problem:
        return Rehearsal(period, problem=in_full(problem))
    if not offered.rows:
        return Rehearsal(period, offered, problem="No figures are offered for this period.")
    return _tried(feed, period, offered)


def _tried(feed: Feed, period: Period, offered: Offered) -> Rehearsal:
    rows, leaving_out, by = Rows.of(offered.rows), replace(delivery_of(feed), lenient=True), Actor(clockwork="test run")
    stored: list[Shown] = []
    with transaction.atomic():
        outcome = ingest(rows, leaving_out, by=by)
        if outcome.submission:
            stored = _shown(outcome.submission)
        transaction.set_rollback(True)
    refused = [(offered.rows[error.row], error) for error in outcome.refusals[:SHOWN]]
    fates = fates_of(rows, leaving_out, by=by) if outcome.unchanged else {}
    unchanged = [offered.rows[row] for row, found in fates.items() if found.fate is Fate.UNCHANGED][:SHOWN]
    return Rehearsal(period, offered, stored, refused, unchanged, outcome.counts, all_or_nothing=not feed.lenient)


def _shown(submission: Submission) -> list[Shown]:
    """The first figures as they would stand in the ledger, each with the one that it would restate."""
    related = ("series__measure", "series__segment", "definition")
    figures = Observation.objects.filter(submission=submission).select_related(*related)
    first = list(figures.order_by("series__measure__code", "period_start", "pk")[:SHOWN])
    restated = Observation.objects.in_bulk([figure.restates for figure in first if figure.restates])
    return [Shown(figure, restated.get(figure.restates or 0)) for figure in first]
