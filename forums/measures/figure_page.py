"""One figure followed to where it comes from: every observation of its cell, newest first, source by source."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from forums.cases.sides import Standing, judge
from forums.measures.charts import word
from forums.measures.reliance import Doubts, as_relied_on, doubts_of
from forums.models import Decision
from metrics.dictionary.holding import read_by, shown_source
from metrics.figures.courses import Point
from metrics.handing_in.attesting import attested_observations
from metrics.ingestion.oddities import NOTICES
from metrics.models import (
    Absence,
    Definition,
    FigureNote,
    Measure,
    Observation,
    Provenance,
    Segment,
    Series,
    Source,
    Submission,
)
from truthgov.figures import Figure, word_figure
from truthgov.periods import Grain, Period


@dataclass(frozen=True, slots=True)
class Input:
    """A figure that a derived one was computed from, and where it is followed further."""

    name: str
    figure: Figure
    address: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One observation of the ledger, with what brought it in; `inputs` where it was computed."""

    observation: Observation
    figure: Figure
    parts: str
    current: bool
    withdrawn: bool
    submission: Submission | None
    sender: str
    notices: list[str]
    note: str
    attested: bool
    inputs: list[Input]


@dataclass(frozen=True, slots=True)
class OfSource:
    """A source's history of the cell, newest first."""

    source: Source
    of_record: bool
    standing: Standing
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class FigurePage:
    """`absence` is what was said in the place of a figure, where none stands; those that did are among the entries."""

    measure: Measure
    segment: Segment
    period: Period
    definition: Definition
    sources: list[OfSource]
    absence: Absence | None
    decisions: list[Decision]
    earlier: Period
    later: Period


def figure_page(measure: Measure, segment: Segment, period: Period, versions: list[Definition]) -> FigurePage:
    """The history of one cell; the source of record stands first. As many queries for any number of figures."""
    definition = read_by(versions, period.start)
    series = list(Series.objects.filter(measure=measure, segment=segment).select_related("source").order_by("pk"))
    observations = Observation.objects.filter(series__in=series, period_start=period.start).order_by("-pk")
    of_series: dict[int, list[Observation]] = defaultdict(list)
    for observation in observations.select_related("definition"):
        of_series[observation.series_id].append(observation)
    cited = [each for many in of_series.values() for each in many]
    named = list(measure.sources_of_record.order_by("pk"))
    record = shown_source(named, [each.source_id for each in series if of_series[each.pk]], period.start)
    absent = _absences(measure, segment, period)
    current = {history[0].pk for history in of_series.values() if history}
    said = _Said.of(cited, current & {each.withdraws for each in absent if each.withdraws})
    doubts = doubts_of(measure, segment, [period])
    told = [_of_source(each, of_series[each.pk], period, said, doubts if each.source_id == record else None)
            for each in series if of_series[each.pk]]  # fmt: skip
    return FigurePage(
        measure, segment, period, definition, sorted(told, key=lambda each: (not each.of_record, each.source.name)),
        absent[0] if absent and (not told or absent[0].withdraws in said.withdrawn) else None, _decisions(cited),
        period.shift(-1), period.shift(1),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands beside the observations of a cell; `withdrawn` are those that would be current."""

    submissions: dict[object, Submission]
    notes: dict[int, FigureNote]
    attested: set[int]
    inputs: dict[int, list[Input]]
    withdrawn: set[int]

    @classmethod
    def of(cls, cited: list[Observation], withdrawn: set[int]) -> "_Said":
        wanted, numbers = {each.submission_id for each in cited}, [each.pk for each in cited]
        submissions = Submission.objects.select_related("person", "key", "function").in_bulk(wanted)
        notes = FigureNote.objects.latest_of(numbers)
        return cls(submissions, notes, attested_observations(numbers), _inputs(numbers), withdrawn)


def _inputs(numbers: list[int]) -> dict[int, list[Input]]:
    """By observation, the figures that it was computed from, in the order of their names."""
    kept = {each.observation_id: each.inputs for each in Provenance.objects.filter(pk__in=numbers)}
    if not kept:
        return {}
    read = Observation.objects.select_related("series__measure", "series__segment", "definition")
    cited = read.in_bulk({pk for inputs in kept.values() for pk in inputs})
    told = {pk: [_input(cited[each]) for each in inputs if each in cited] for pk, inputs in kept.items()}
    return {pk: sorted(inputs, key=lambda each: each.name) for pk, inputs in told.items()}


def _input(observation: Observation) -> Input:
    measure, definition = observation.series.measure, observation.definition
    period = Period.containing(observation.period_start, Grain(definition.grain))
    address = reverse("forums:figure", args=[measure.code, period.code])
    segment = urlencode({"segment": observation.series.segment.key})
    return Input(measure.name, word(observation.value, definition), f"{address}?{segment}")


def _absences(measure: Measure, segment: Segment, period: Period) -> list[Absence]:
    """What was said in the place of a figure, latest first."""
    said = measure.absences.filter(segment=segment, period_start=period.start)
    return list(said.select_related("person").order_by("-pk"))


def _of_source(
    series: Series, history: list[Observation], period: Period, said: _Said, doubts: Doubts | None
) -> OfSource:
    """`doubts` is None for another source than the one of record: theirs are those that are judged."""
    latest = history[0]
    stands = latest.pk not in said.withdrawn
    entries = [_entry(each, each is latest and stands, said) for each in history]
    standing = judge(Point(period, latest.definition, series.source, latest.value if stands else None))
    return OfSource(series.source, doubts is not None, as_relied_on(standing, doubts or {}), entries)


def _entry(observation: Observation, current: bool, said: _Said) -> Entry:
    submission, note = said.submissions.get(observation.submission_id), said.notes.get(observation.pk)
    return Entry(
        observation=observation,
        figure=word(observation.value, observation.definition),
        parts=_parts(observation),
        current=current,
        withdrawn=observation.pk in said.withdrawn,
        submission=submission,
        sender=submission.sender if submission else "",
        notices=[NOTICES[code] for code in observation.notices or ()],
        note=note.text if note else "",
        attested=observation.pk in said.attested,
        inputs=said.inputs.get(observation.pk, []),
    )


def _parts(observation: Observation) -> str:
    if observation.numerator is None or observation.denominator is None:
        return ""
    return f"{_plain(observation.numerator)} of {_plain(observation.denominator)}"


def _plain(value: Decimal) -> str:
    return word_figure(value, "count").exact


def _decisions(cited: list[Observation]) -> list[Decision]:
    """Those that leaned on any of these observations, a restated one included."""
    leaning = Decision.objects.filter(observations__overlap=[observation.pk for observation in cited])
    return list(leaning.with_endings().select_related("meeting__forum")[:20])
