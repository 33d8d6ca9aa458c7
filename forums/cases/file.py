"""Everything about one contradiction, as its page and the meeting show it, read in a fixed number of queries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from forums.cases.acts import Acts, acts_of
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
from metrics.rules.false_alarms import FalseAlarm, false_alarms_of
from metrics.rules.record import Record, records
from truthgov import clock
from truthgov.figures import counted
from truthgov.models import Appointment, Person, Role, Scope
from truthgov.svg import Chart


@dataclass(frozen=True)
class CaseFile:
    """A contradiction with its evidence, its parties' answers, its story and what was decided, for a reader on a day.

    What of it nobody asks for is not read: a room is shown its papers, and a pack prints them, without the story.
    """

    case: Contradiction
    reader: Person
    on: date

    @cached_property
    def title(self) -> str:
        claims, against = parties(self.case)
        return f"{claims} against {against}" if against else claims

    @cached_property
    def facts(self) -> list[tuple[str, object]]:
        return _facts(self.case, self.on)

    @cached_property
    def signals(self) -> list[Signal]:
        return _ordered(signals_bearing_on([self.case.pk], standing=False)[self.case.pk])

    @cached_property
    def heard(self) -> Heard:
        return Heard.on(self.case)

    @cached_property
    def shown(self) -> list[Shown]:
        return shown_of(self.case, self.signals)

    @cached_property
    def courses(self) -> dict[Shown, Course | None]:
        return _courses(self.shown)

    @cached_property
    def told(self) -> dict[int, Course]:
        """The courses of its parties."""
        return _of_parties(self.case, self.courses)

    @cached_property
    def sides(self) -> list[Side]:
        scopes = {scope.pk: scope for scope in Scope.objects.filter(pk__in=self.case.party_scope_ids)}
        return sides_of(self.case, self.courses, _holders(list(scopes), self.on), scopes, self.heard)

    @cached_property
    def others_heard(self) -> list[Position]:
        return self.heard.of_others(self.case)

    @cached_property
    def chart(self) -> Chart | None:
        return _chart(self.case, self.sides, self.signals, self.decisions)

    @cached_property
    def multiples(self) -> list[Multiples]:
        return multiples_of(self.case.other_measure_id or self.case.measure_id, self.case.segment)

    @cached_property
    def account(self) -> Account | None:
        return account_of(self.case, self.signals)

    @cached_property
    def causes(self) -> list[CauseNaming]:
        return list(self.case.causes.all())[::-1]

    @cached_property
    def relations(self) -> list[Relation]:
        return relations_of(self.case)

    @cached_property
    def snooze(self) -> Snooze | None:
        return _snooze_of(self.case, on=self.on)

    @cached_property
    def record(self) -> Record | None:
        rule = self.case.rule
        return records([rule.pk])[rule.pk] if rule else None

    @cached_property
    def false_alarms(self) -> list[FalseAlarm]:
        return false_alarms_of(self.case.rule) if self.case.rule else []

    @cached_property
    def findings(self) -> list[Finding]:
        return findings_of(self.case, self.signals, self.told)

    @cached_property
    def trial(self) -> Trial | None:
        return trial_of(self.case, self.told)

    @cached_property
    def story(self) -> list[Event]:
        return story_of(self.case)

    @cached_property
    def challenges(self) -> list[tuple[Challenge, str]]:
        return [(challenge, challenge.state(on=self.on)) for challenge in self.heard.challenges]

    @cached_property
    def decisions(self) -> list[Decision]:
        return _decisions(self.case)

    @cached_property
    def escalations(self) -> list[Escalation]:
        return _escalations(self.case, self.reader)

    @cached_property
    def agenda(self) -> list[AgendaItem]:
        return _agenda(self.case)

    @cached_property
    def acts(self) -> Acts:
        return acts_of(self.case, self.reader, self.on)


def filed(case: Contradiction) -> Contradiction:
    """A contradiction, read again with what its file shows."""
    return all_filed([case.pk])[case.pk]


def all_filed(cases: Collection[int]) -> dict[int, Contradiction]:
    """Contradictions by number, as their files show them; a fixed number of queries."""
    return _to_file().in_bulk(cases)


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


def _ordered(signals: Iterable[Signal]) -> list[Signal]:
    """The latest first, within a period the widest scope first."""
    return sorted(signals, key=lambda each: (each.period_start, -len(each.segment.key), each.pk), reverse=True)


def file_of(case: Contradiction, reader: Person, *, on: date) -> CaseFile:
    """The file of a case as `filed` reads it, for a reader on a day."""
    return CaseFile(case, reader, on)


def files_of(cases: Collection[int], reader: Person, *, on: date) -> dict[int, CaseFile]:
    """The files of many cases by number, their signals and courses read together."""
    files = {number: file_of(case, reader, on=on) for number, case in all_filed(cases).items()}
    for number, signals in signals_bearing_on(list(files), standing=False).items():
        vars(files[number])["signals"] = _ordered(signals)
    found = _courses([each for file in files.values() for each in file.shown])
    for file in files.values():
        vars(file)["courses"] = {each: found[each] for each in file.shown}
    return files


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


def _snooze_of(case: Contradiction, *, on: date) -> Snooze | None:
    """The snooze of a case that is in force on a day."""
    if case.status != Contradiction.Status.OPEN:
        return None
    return next((each for each in case.snoozes.all() if each.until >= on and not hasattr(each, "waking")), None)
