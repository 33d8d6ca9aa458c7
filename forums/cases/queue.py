"""The queue of contradictions: worst first, in the order of an index, a fixed number of queries whatever is in it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, DecimalField, Min, Prefetch, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from forums.cases.forms import STATES, QueueForm
from metrics.models import Challenge, Contradiction, Measure, Snooze
from truthgov import clock
from truthgov.figures import word_figure
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


@dataclass(frozen=True, slots=True)
class Row:
    """A contradiction as the queue shows it, worded."""

    case: Contradiction
    claims: str
    against: str
    answering: str
    sources: str
    scope: str
    age: str
    exposure: str
    answer_due: date | None
    answer_late: bool
    snoozed: Snooze | None


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
    page: Page[Contradiction]
    tabs: list[Tab]
    total: int


def queue(form: QueueForm, address: QueryDict, *, on: date) -> Queue:
    """The page of the queue that an address asks for: its filters, its state (open, when none is given), its order."""
    narrowed = form.narrow(Contradiction.objects.all())
    counts = _counted(narrowed, on)
    state = form.cleaned_data.get("state") or "open"
    order = ORDERS.get(address.get("sort", ""), ORDERS[WORST_FIRST])
    page = turn_to(address.get("cursor", ""), _in_state(narrowed, state, on), order, size=PAGE_SIZE)
    due = _answers_due(page.rows)
    tabs = [_tab(code, label, counts, state, address) for code, label in STATES]
    rows = [_row(case, due.get(case.pk), on) for case in page.rows]
    return Queue(rows, page, tabs, total=sum(counts.values()))


def parties(case: Contradiction) -> tuple[str, str]:
    """What stands against what: two measures, or one measure as two sources report it."""
    if case.other_measure:
        return case.measure.name, case.other_measure.name
    if case.source and case.other_source:
        return f"{case.measure.name} as one source reports it", "another"
    return case.measure.name, ""


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


def word_exposure(case: Contradiction) -> str:
    """How many customers it touches and what they are worth, as far as the journey declares it."""
    parts = []
    if case.exposure_customers is not None:
        parts.append(f"{word_figure(Decimal(case.exposure_customers), 'count')} customers")
    if case.exposure_value is not None:
        parts.append(str(word_figure(case.exposure_value, "EUR", 0)))
    return ", ".join(parts)


def snooze_of(case: Contradiction, *, on: date) -> Snooze | None:
    """The snooze of a case that is in force on a day."""
    if case.status != Contradiction.Status.OPEN:
        return None
    return next((each for each in case.snoozes.all() if each.until >= on and not hasattr(each, "waking")), None)


def _counted(cases: QuerySet[Contradiction], on: date) -> dict[str, int]:
    """How many stand in each state; what is snoozed is counted by itself, and not among the open ones."""
    counts = dict(cases.order_by().values_list("status").annotate(Count("pk")))
    snoozed = cases.filter(pk__in=Contradiction.objects.snoozed(on=on).values("pk")).order_by().count()
    return {**counts, "open": counts.get("open", 0) - snoozed, "snoozed": snoozed}


def _in_state(cases: QuerySet[Contradiction], state: str, on: date) -> QuerySet[Contradiction]:
    snoozed = Contradiction.objects.snoozed(on=on).order_by().values("pk")
    if state == "snoozed":
        cases = cases.filter(pk__in=snoozed)
    elif state != "all":
        cases = cases.filter(status=state).exclude(pk__in=snoozed)
    nothing = Value(Decimal(0), output_field=DecimalField(max_digits=20, decimal_places=2))
    return cases.annotate(exposure=Coalesce("exposure_value", nothing)).select_related(
        "measure__function", "measure__journey", "other_measure__function", "other_measure__journey", "source",
        "other_source", "segment",
    ).prefetch_related(Prefetch("snoozes", Snooze.objects.select_related("waking")))  # fmt: skip


def _answers_due(cases: list[Contradiction]) -> dict[int, date]:
    """By case, the earliest date on which an answer that nobody has given is due."""
    asked = Challenge.objects.unanswered().filter(contradiction__in=cases).order_by()
    return dict(asked.values_list("contradiction").annotate(Min("due_on")))


def _row(case: Contradiction, due: date | None, on: date) -> Row:
    claims, against = parties(case)
    measures = [measure for measure in (case.measure, case.other_measure) if measure]
    return Row(
        case=case,
        claims=claims,
        against=against,
        answering=" and ".join(dict.fromkeys(filter(None, map(answering, measures)))),
        sources=f"{case.source} and {case.other_source}" if case.source else "",
        scope=str(case.segment) if case.segment.values else "All",
        age=word_age(clock.local_day(case.opened_at), on),
        exposure=word_exposure(case),
        answer_due=due,
        answer_late=due is not None and due < on,
        snoozed=snooze_of(case, on=on),
    )


def _tab(code: str, label: str, counts: dict[str, int], state: str, address: QueryDict) -> Tab:
    query = address.copy()
    query["state"] = code
    query.pop("cursor", None)
    count = sum(counts.values()) if code == "all" else counts.get(code, 0)
    return Tab(code, label, count, query.urlencode(), code == state)
