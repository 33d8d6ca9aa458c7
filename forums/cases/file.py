"""Everything about one contradiction, as its page and the meeting show it, read in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from forums.cases.queue import parties, word_age, word_exposure
from forums.cases.relations import Relation, relations_of
from forums.cases.severity import Account, account_of
from forums.cases.shown import Shown, shown_of
from forums.cases.sides import Heard, Side, sides_of
from forums.cases.story import Event, Finding, Trial, findings_of, story_of, trial_of
from forums.measures.charts import disagreement_of, evidence_of
from forums.measures.multiples import Multiples, multiples_of
from forums.models import Action, AgendaItem, Decision, Escalation, Subject
from metrics.assessment.bearing import signals_bearing_on
from metrics.figures.courses import Course, courses
from metrics.models import (
    CaseJoining,
    CaseSplit,
    CauseNaming,
    Challenge,
    Contradiction,
    ContradictionEvent,
    Measure,
    Position,
    Rule,
    Signal,
    Snooze,
)
from metrics.models.ruling import LINKING
from metrics.rules.false_alarms import FalseAlarm, false_alarms_of
from metrics.rules.record import Record, records
from truthgov import authority, clock
from truthgov.figures import counted
from truthgov.models import Appointment, Person, Role, Scope
from truthgov.svg import Chart


@dataclass(frozen=True, slots=True)
class Acts:
    """What the reader may do with this case now."""

    challenge: bool = False
    rule: bool = False
    link: bool = False
    answer_as: Sequence[Scope] = ()

    def __bool__(self) -> bool:
        return self.challenge or self.rule or self.link or bool(self.answer_as)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A contradiction with its evidence, its parties' answers, its story and what was decided."""

    case: Contradiction
    title: str
    facts: list[tuple[str, object]]
    sides: list[Side]
    others_heard: list[Position]
    chart: Chart | None
    multiples: list[Multiples]
    account: Account | None
    causes: list[CauseNaming]
    relations: list[Relation]
    snooze: Snooze | None
    record: Record | None
    false_alarms: list[FalseAlarm]
    findings: list[Finding]
    trial: Trial | None
    story: list[Event]
    challenges: list[tuple[Challenge, str]]
    decisions: list[Decision]
    escalations: list[Escalation]
    agenda: list[AgendaItem]
    acts: Acts


def filed(case: Contradiction) -> Contradiction:
    """A contradiction, read again with what its file shows."""
    return _to_file().get(pk=case.pk)


def _to_file() -> QuerySet[Contradiction]:
    # All in one statement there are 26 tables to join, and PostgreSQL plans for longer than the rest of the page takes.
    side, parties = Measure.objects.select_related("function", "journey"), ("measure", "other_measure", "segment")
    into, parent = ([f"{way}__{part}" for part in parties] for way in ("into", "parent"))
    return Contradiction.objects.select_related(
        "source", "other_source", "segment", "journey", "surfaced_by"
    ).prefetch_related(
        Prefetch("measure", side),
        Prefetch("other_measure", side),
        Prefetch("rule", Rule.objects.select_related("link")),
        Prefetch("joining", CaseJoining.objects.select_related("person", *into)),
        Prefetch("split", CaseSplit.objects.select_related("person", *parent)),
        Prefetch("events", ContradictionEvent.objects.select_related("person").order_by("-at", "-pk")),
        Prefetch("causes", CauseNaming.objects.select_related("cause", "person")),
        Prefetch("snoozes", Snooze.objects.select_related("person", "waking")),
    )  # fmt: skip


def _signals(case: Contradiction) -> list[Signal]:
    """What bears on it, the latest first, within a period the widest scope first."""
    bearing = signals_bearing_on([case.pk], standing=False)[case.pk]
    return sorted(bearing, key=lambda each: (each.period_start, -len(each.segment.key), each.pk), reverse=True)


def file_of(case: Contradiction, reader: Person, *, on: date) -> CaseFile:
    """The file of a case as `filed` reads it, for a reader on a day."""
    scopes = {scope.pk: scope for scope in Scope.objects.filter(pk__in=case.party_scope_ids)}
    holders = _holders(list(scopes), on)
    signals, decisions = _signals(case), _decisions(case)
    shown, heard = _courses(shown_of(case, signals)), Heard.on(case)
    sides, told = sides_of(case, shown, holders, scopes, heard), _of_parties(case, shown)
    claims, against = parties(case)
    return CaseFile(
        case=case,
        title=f"{claims} against {against}" if against else claims,
        facts=_facts(case, on),
        sides=sides,
        others_heard=heard.of_others(case),
        chart=_chart(case, sides, signals, decisions),
        multiples=multiples_of(case.other_measure_id or case.measure_id, case.segment),
        account=account_of(case, signals),
        causes=list(case.causes.all())[::-1],
        relations=relations_of(case),
        snooze=_snooze_of(case, on=on),
        record=records([case.rule.pk])[case.rule.pk] if case.rule else None,
        false_alarms=false_alarms_of(case.rule) if case.rule else [],
        findings=findings_of(case, signals, told),
        trial=trial_of(case, told),
        story=story_of(case),
        challenges=[(challenge, challenge.state(on=on)) for challenge in heard.challenges],
        decisions=decisions,
        escalations=_escalations(case, reader),
        agenda=_agenda(case),
        acts=_acts(case, reader, on),
    )


def _facts(case: Contradiction, on: date) -> list[tuple[str, object]]:
    return [
        ("Kind", case.get_kind_display().capitalize()),
        ("Scope", "All" if case.segment.values == {} else str(case.segment)),
        ("Journey", case.journey.name if case.journey else None),
        ("Root cause", next((naming.cause for naming in reversed(case.causes.all())), None)),
        ("Open for", word_age(clock.local_day(case.opened_at), on) if case.is_live else None),
        ("Exposure a month", word_exposure(case.exposure_customers, case.exposure_value) or None),
        ("Came back", counted(case.recurrences, "time") if case.recurrences else "never"),
        ("Surfaced by", case.surfaced_by.name if case.surfaced_by else "the figures"),
    ]


def _courses(shown: Sequence[Shown]) -> dict[Shown, Course | None]:
    """What is shown with its course; one measure in one segment, as two sources report it, has one course."""
    asked = list({(each.measure.pk, each.segment.pk): (each.measure.pk, each.segment) for each in shown}.values())
    found = {(measure, segment.pk): course
             for (measure, segment), course in zip(asked, courses(asked), strict=True)}  # fmt: skip
    return {each: found[each.measure.pk, each.segment.pk] for each in shown}


def _of_parties(case: Contradiction, shown: dict[Shown, Course | None]) -> dict[int, Course]:
    """The courses of the parties in the scope of a case, by measure."""
    return {each.measure.pk: course for each, course in shown.items() if each.is_party and course}


def _chart(
    case: Contradiction, sides: Sequence[Side], signals: Sequence[Signal], decisions: Sequence[Decision]
) -> Chart | None:
    signalled = {signal.period_start for signal in signals if not hasattr(signal, "withdrawal")}
    decided = [(clock.local_day(each.decided_at), each.wording) for each in decisions]
    title = " against ".join(filter(None, parties(case)))
    if case.source and case.other_source:
        course = sides[0].course
        names = {case.source.name, case.other_source.name}
        return disagreement_of(course, title, names, signalled=signalled, decided=decided) if course else None
    drawn = [(side.name, side.course) for side in sides if side.course]
    return evidence_of(drawn, title, signalled=signalled, decided=decided)


def _holders(scopes: list[int], on: date) -> dict[int, Appointment]:
    answering = Appointment.objects.in_force(on=on).filter(
        scope__in=scopes, role__in=[Role.FUNCTION_LEAD, Role.JOURNEY_OWNER]
    )
    return {each.scope_id: each for each in answering.select_related("person", "scope")}


def _decisions(case: Contradiction) -> list[Decision]:
    made = Decision.objects.filter(item__subject__kind=Subject.Kind.CONTRADICTION, item__subject__reference=case.pk)
    actions = Prefetch("actions", Action.objects.select_related("owner", "function"))
    return list(made.with_endings().select_related("meeting__forum", "decided_by").prefetch_related(actions))


def _escalations(case: Contradiction, reader: Person) -> list[Escalation]:
    """To whom it was taken and what they answered, but from an item that the reader takes no part in."""
    theirs = AgendaItem.objects.filter(recusals__person=reader).values("pk")
    return list(case.escalations.exclude(item__in=theirs).select_related("escalated_by").order_by("escalated_at", "pk"))


def _agenda(case: Contradiction) -> list[AgendaItem]:
    """Where it is still to be taken up."""
    waiting = AgendaItem.objects.filter(
        subject__kind=Subject.Kind.CONTRADICTION, subject__reference=case.pk, status=AgendaItem.Status.PENDING
    )
    return list(waiting.select_related("meeting__forum").order_by("meeting__starts_at"))


def _acts(case: Contradiction, reader: Person, on: date) -> Acts:
    """What the reader's appointments entitle them to; the verbs ask again."""
    if not case.is_live:
        return Acts()
    held = list(Appointment.objects.exercised_by(reader, on=on).select_related("scope"))
    owns_truth = any(each.role == Role.TRUTH_OWNER for each in held)
    asked = case.heard_scope_ids()
    answer_as = [each.scope for each in held if each.scope_id in asked
                 and each.role == authority.answering_role(each.scope)]  # fmt: skip
    parties_to_it = {scope.pk for scope in answer_as} & set(case.party_scope_ids)
    may_link = any(each.role in LINKING for each in held)
    return Acts(owns_truth, owns_truth and not parties_to_it, may_link, answer_as)


def _snooze_of(case: Contradiction, *, on: date) -> Snooze | None:
    """The snooze of a case that is in force on a day."""
    if case.status != Contradiction.Status.OPEN:
        return None
    return next((each for each in case.snoozes.all() if each.until >= on and not hasattr(each, "waking")), None)
