"""The queue of contradictions: worst first, in the order of an index, a fixed number of queries whatever is in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, DecimalField, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse

from forums.cases.forms import STATES, QueueForm
from metrics.models import Challenge, Contradiction, Measure, Segment, Snooze
from truthgov import clock
from truthgov.figures import SHORTENED_FROM, word_figure
from truthgov.keyset import Page, turn_to

PAGE_SIZE = 30
ORDERS = {
    "-severity": ("-severity_rank", "opened_at", "pk"),
    "severity": ("severity_rank", "-opened_at", "-pk"),
    "-age": ("opened_at", "pk"),
    "age": ("-opened_at", "-pk"),
    "-exposure": ("-exposure", "pk"),
    "exposure": ("exposure", "pk"),
}
WORST_FIRST = "-severity"


COLUMNS = (
    "pk", "kind", "severity", "severity_rank", "status", "recurrences", "opened_at", "exposure_customers",
    "exposure_value", "exposure", "segment__values", "source__name", "other_source__name", "measure_id",
    "other_measure_id",
)  # fmt: skip
"""What a row is worded from. Its measures are asked for apart: with who answers for them there are ten tables to join,
which took the database fifty times as long to plan as to do."""
KINDS = {value: f"{word[0].upper()}{word[1:]}" for value, word in Contradiction.Kind.choices}


@dataclass(frozen=True, slots=True)
class Row:
    """A contradiction as the queue shows it, worded."""

    pk: int
    at: str
    kind: str
    severity: str
    status: str
    recurrences: int
    claims: str
    against: str
    answering: str
    sources: str
    scope: str
    age: str
    exposure: str
    answer_due: date | None
    answer_late: bool
    snoozed_until: date | None


@dataclass(frozen=True, slots=True)
class Side:
    """A measure by its name, and whoever answers for it by theirs; empty where nobody does."""

    measure: str
    answering: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A state to look at, with how many cases stand in it under the same filters."""

    code: str
    label: str
    count: int
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Queue:
    rows: list[Row]
    page: Page[Any]
    tabs: list[Tab]
    total: int


def queue(form: QueueForm, address: QueryDict, *, on: date) -> Queue:
    """The page of the queue that an address asks for: its filters, its state (open, when none is given), its order."""
    narrowed = form.narrow(Contradiction.objects.all())
    snoozed = _snoozed(on)
    counts = _counted(narrowed, snoozed)
    state = form.cleaned_data.get("state") or "open"
    order = ORDERS.get(address.get("sort", ""), ORDERS[WORST_FIRST])
    page = turn_to(address.get("cursor", ""), _in_state(narrowed, state, snoozed), order, size=PAGE_SIZE)
    due = _answers_due([found.pk for found in page.rows])
    tabs = [_tab(code, label, counts, state, address) for code, label in STATES]
    sides = _sides({key for found in page.rows for key in (found.measure_id, found.other_measure_id) if key})
    rows = [_row(found, sides, due.get(found.pk), snoozed.get(found.pk), on) for found in page.rows]
    return Queue(rows, page, tabs, total=sum(counts.values()))


def parties(case: Contradiction) -> tuple[str, str]:
    """What stands against what: two measures, or one measure as two sources report it."""
    other = case.other_measure.name if case.other_measure else ""
    return _parties(case.measure.name, other, between_sources=bool(case.source and case.other_source))


def _parties(measure: str, other: str = "", *, between_sources: bool) -> tuple[str, str]:
    if other or not between_sources:
        return measure, other
    return f"{measure} as one source reports it", "another"


def answering(measure: Measure) -> str:
    """Whoever answers for a measure, by the name of the function or journey."""
    holder = measure.journey if measure.is_outcome else measure.function
    return str(holder) if holder else ""


def word_age(opened: date, on: date) -> str:
    """How long a case has stood, in days or, after two months, in months."""
    days = (on - opened).days
    if days < 1:
        return "today"
    if days < 60:
        return f"{days} day{'s' if days > 1 else ''}"
    return f"{days // 30} months"


def word_exposure(customers: int | None, value: Decimal | None) -> str:
    """How many customers a case touches and what they are worth, as far as the journey declares it."""
    parts = []
    if customers is not None:
        parts.append(f"{word_figure(Decimal(customers), 'count')} customer{'' if customers == 1 else 's'}")
    if value is not None:
        decimals = 0 if value < SHORTENED_FROM else None  # "€2 M" would be all that is told of 1.56 million
        parts.append(str(word_figure(value, settings.CURRENCY, decimals)))
    return ", ".join(parts)


def _snoozed(on: date) -> dict[int, date]:
    """By open case that is put off on a day, up to when."""
    in_force = Snooze.objects.in_force(on=on).filter(contradiction__status=Contradiction.Status.OPEN)
    return dict(in_force.order_by("-pk").values_list("contradiction", "until"))


def _counted(cases: QuerySet[Contradiction], snoozed: Collection[int]) -> dict[str, int]:
    """How many stand in each state; what is snoozed is counted by itself, and not among the open ones."""
    put_off = Count("pk", filter=Q(pk__in=snoozed))
    rows = list(cases.order_by().values_list("status").annotate(Count("pk"), put_off=put_off))
    counts = {status: count for status, count, _ in rows}
    asleep = sum(count for *_, count in rows)
    return {**counts, "open": counts.get("open", 0) - asleep, "snoozed": asleep}


def _in_state(cases: QuerySet[Contradiction], state: str, snoozed: Collection[int]) -> QuerySet[Contradiction, Any]:
    if state == "snoozed":
        cases = cases.filter(pk__in=snoozed)
    elif state != "all":
        cases = cases.filter(status=state).exclude(pk__in=snoozed)
    nothing = Value(Decimal(0), output_field=DecimalField(max_digits=20, decimal_places=2))
    return cases.annotate(exposure=Coalesce("exposure_value", nothing)).values_list(*COLUMNS, named=True)


def _answers_due(cases: list[int]) -> dict[int, date]:
    """By case, the earliest date on which an answer that nobody has given is due."""
    asked = Challenge.objects.unanswered().filter(contradiction__in=cases).order_by()
    return dict(asked.values_list("contradiction").annotate(Min("due_on")))


def _sides(measures: set[int]) -> dict[int, Side]:
    """Measures by their numbers; who answers is as `answering` has it."""
    columns = ("pk", "name", "kind", "function__name", "journey__name")
    return {
        pk: Side(name, (journey if kind == Measure.Kind.JOURNEY_OUTCOME else function) or "")
        for pk, name, kind, function, journey in Measure.objects.filter(pk__in=measures).values_list(*columns)
    }


@lru_cache(maxsize=4096)
def _address(case: int) -> str:
    # Django composes an address anew each time it is shown, thirty times a page.
    return reverse("forums:contradiction", args=[case])


def _row(found: Any, sides: dict[int, Side], due: date | None, snoozed_until: date | None, on: date) -> Row:
    shown = [sides[key] for key in (found.measure_id, found.other_measure_id) if key]
    both = bool(found.source__name and found.other_source__name)
    claims, against = _parties(*(side.measure for side in shown), between_sources=both)
    return Row(
        pk=found.pk,
        at=_address(found.pk),
        kind=KINDS[found.kind],
        severity=found.severity,
        status=found.status,
        recurrences=found.recurrences,
        claims=claims,
        against=against,
        answering=" and ".join(dict.fromkeys(side.answering for side in shown if side.answering)),
        sources=f"{found.source__name} and {found.other_source__name}" if found.source__name else "",
        scope=Segment.word(found.segment__values) if found.segment__values else "All",
        age=word_age(clock.local_day(found.opened_at), on),
        exposure=word_exposure(found.exposure_customers, found.exposure_value),
        answer_due=due,
        answer_late=due is not None and due < on,
        snoozed_until=snoozed_until,
    )


def _tab(code: str, label: str, counts: dict[str, int], state: str, address: QueryDict) -> Tab:
    query = address.copy()
    query["state"] = code
    query.pop("cursor", None)
    count = sum(counts.values()) if code == "all" else counts.get(code, 0)
    return Tab(code, label, count, query.urlencode(), code == state)
