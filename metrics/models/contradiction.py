from datetime import date
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from journeys.models import Journey
from metrics.models.asking import Asked
from metrics.models.kind import ContradictionKind
from metrics.models.measure import Measure
from metrics.models.rule import Rule
from metrics.models.ruling import Ruled
from metrics.models.segment import Segment
from metrics.models.source import Source
from metrics.models.validity import (
    A_CASE_BEGINS_OPEN,
    A_CHANGE_OF_STATE_HAS_ITS_EVENT,
    A_LOWER_SEVERITY_HAS_ITS_FINDINGS,
    EVERY_RECURRENCE_IS_COUNTED,
)
from truthgov import audit, authority, clock
from truthgov.actor import Actor
from truthgov.acts import ActField
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance, only_once
from truthgov.models import Accounted, Person, Role, Scope
from truthgov.periods import Grain, Period

IDENTITY = ["kind", "measure", "other_measure", "source", "other_source", "segment", "rule"]
"""What a case is about, and the rule that looks at it: as it was opened."""
SURFACING = (Role.TRUTH_OWNER, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER)
"""Who surfaces a case by hand: whoever answers for something, and the truth owner."""


class ContradictionQuerySet(models.QuerySet["Contradiction"]):
    def live(self) -> Self:
        """Not settled: open, or waiting for the figures to prove the remedy."""
        return self.filter(status__in=Contradiction.LIVE)

    def snoozed(self, *, on: date) -> Self:
        """Open, and put off on a day."""
        return self.filter(
            status=Contradiction.Status.OPEN, snoozes__until__gte=on, snoozes__waking__isnull=True
        )  # fmt: skip

    def awake(self, *, on: date) -> Self:
        """Without those that are put off on a day."""
        return self.exclude(pk__in=Contradiction.objects.snoozed(on=on).order_by().values("pk"))

    def of_sources(self) -> Self:
        """Live ones between two sources of a measure: only a decision names its source of record meanwhile."""
        return self.live().filter(kind=Contradiction.Kind.SOURCE_DISAGREEMENT)

    def by_severity(self) -> Self:
        return self.order_by("-severity_rank", "opened_at", "pk")


class Contradiction(Asked, Ruled, Accounted):
    """The case that gathers signals about the same parties and scope until it is resolved.

    Identity is kind, parties (a pair of measures, or a measure and a pair of sources) and the root segment; the
    database keeps one live case per identity. Every change is a `ContradictionEvent`. The verbs here are what forums do
    to a case, those of `Asked` and `Ruled` what its parties and the truth owner do; what figures do to it is in
    `metrics.assessment`.
    """

    off_record = ("changed_at",)

    class Status(models.TextChoices):
        OPEN = "open"
        IN_REMEDY = "in_remedy", "in remedy"
        CLOSED = "closed"
        FALSE_ALARM = "false_alarm", "false alarm"
        JOINED = "joined", "joined to another"

    class Severity(models.TextChoices):
        LOW = "low"
        MODERATE = "moderate"
        HIGH = "high"
        CRITICAL = "critical"

    LIVE = (Status.OPEN, Status.IN_REMEDY)

    Kind = ContradictionKind

    kind = models.CharField(max_length=24, choices=Kind)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    other_measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    other_source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, null=True, on_delete=models.PROTECT, related_name="contradictions")
    journey = models.ForeignKey(Journey, null=True, on_delete=models.PROTECT, related_name="contradictions")
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    statement = models.TextField(help_text="The contradiction in a sentence or two, with its figures.")
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.LOW)
    severity_rank = models.FloatField(default=0)
    severity_why = models.TextField(blank=True)
    exposure_customers = models.PositiveBigIntegerField(null=True)
    exposure_value = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    recurrences = models.PositiveSmallIntegerField(default=0)
    first_period = models.DateField(null=True)
    last_period = models.DateField(null=True)
    remedy_from = models.DateField(null=True, help_text="Periods from here on can prove the remedy.")
    surfaced_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    act = ActField()
    changed_at = models.DateTimeField()

    objects = ContradictionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=IDENTITY[:-1],
                condition=Q(status__in=["open", "in_remedy"]),
                nulls_distinct=False,
                name="one_live_contradiction_per_identity",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="a_contradiction_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="a_contradiction_moves_by_its_states",
                field="status",
                transitions=[
                    ("open", "in_remedy"),
                    ("open", "false_alarm"),
                    ("open", "joined"),
                    ("in_remedy", "closed"),
                    ("in_remedy", "open"),
                    ("closed", "open"),
                ],
            ),
            pgtrigger.ReadOnly(name="a_contradiction_keeps_its_identity", fields=[*IDENTITY, "act"]),
            A_CASE_BEGINS_OPEN,
            A_CHANGE_OF_STATE_HAS_ITS_EVENT,
            EVERY_RECURRENCE_IS_COUNTED,
            A_LOWER_SEVERITY_HAS_ITS_FINDINGS,
        ]
        indexes = [
            models.Index(fields=["status", "-severity_rank", "opened_at", "id"], name="contradiction_queue"),
            models.Index(fields=["measure", "status"], name="contradictions_of_a_measure"),
            models.Index(fields=["other_measure", "status"], name="contradictions_of_an_outcome"),
        ]

    def __str__(self) -> str:
        parties = f"{self.measure.name} against {self.other_measure.name}" if self.other_measure else self.measure.name
        return f"{parties} ({self.segment})" if self.segment.values else parties

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE

    @property
    def that_stays(self) -> "Contradiction":
        """Itself, or the case that it was joined to."""
        return self.joining.into if self.status == self.Status.JOINED else self

    @property
    def party_scope_ids(self) -> list[int]:
        """The scopes whose accountable people answer, the accused one first."""
        parties = [self.measure, self.other_measure] if self.other_measure else [self.measure]
        return list(dict.fromkeys(measure.answering_scope_id for measure in parties))

    @classmethod
    def surface(
        cls, *, kind: str, measure: Measure, other_measure: Measure | None, segment: Segment, statement: str, by: Actor
    ) -> "Contradiction":
        """A person brings a contradiction forward by hand; Refusal when a live case of the same parties exists.

        Where a rule looks at the same parties, the figures will prove its remedy; otherwise a second decision does.
        """
        actor = authority.acting_as(by, *SURFACING)
        if not statement.strip():
            raise InvalidInput("Say what contradicts what.", {"statement": "A case starts with a statement."})
        rule = Rule.objects.looking_at(kind, measure, other_measure).first()
        outcome = other_measure or measure
        at = clock.now()
        with audit.act():
            case = cls(kind=kind, measure=measure, other_measure=other_measure, segment=segment, rule=rule,
                       journey=outcome.journey or measure.journey, statement=statement, surfaced_by=by.person,
                       opened_at=at, changed_at=at)  # fmt: skip
            with only_once("A contradiction between these parties is already open; add your view to it."):
                case.save(force_insert=True)
            case.note("surfaced", by=actor, reason=statement)
        return case

    def enter_remedy(self, *, by: Actor, authority: str, remedy_from: date) -> None:
        """A decision was taken; from the period that starts on `remedy_from` on, the figures may prove it."""
        with audit.act():
            advance(self, self.Status.OPEN, self.Status.IN_REMEDY, remedy_from=remedy_from, changed_at=clock.now())
            self.end_snooze("A forum decided on it.", by=by)
            self.note("entered_remedy", by=by, authority=authority, period_start=remedy_from)

    def return_to_open(self, *, by: Actor, authority: str, reason: str) -> None:
        """The decision that put the case in remedy was superseded: it is undecided again."""
        with audit.act():
            advance(self, self.Status.IN_REMEDY, self.Status.OPEN, remedy_from=None, changed_at=clock.now())
            self.note("returned_to_open", by=by, authority=authority, reason=reason)

    def period_under_way(self) -> Period:
        """The period of its figures that is not over today; the month where no definition says how long one is."""
        definition = self.measure.definitions.live().first()
        return Period.containing(clock.today(), Grain(definition.grain) if definition else Grain.MONTH)

    def is_looked_at(self) -> bool:
        """Does a rule judge its figures today, so that they can prove its remedy?"""
        return self.rule is not None and self.rule.is_active(on=clock.today())

    def close_on_evidence(self, *, by: Actor, authority: str, evidence: str) -> None:
        """A second decision closes a case that no rule looks at (any more); the others are closed by their figures."""
        if self.is_looked_at():
            raise Refusal("A rule looks at this contradiction: the figures close it, when they stay quiet.")
        if not evidence.strip():
            raise InvalidInput("A case is closed on evidence.", {"evidence": "Say what shows that the remedy worked."})
        with audit.act():
            advance(self, self.Status.IN_REMEDY, self.Status.CLOSED, changed_at=clock.now())
            self.note("closed_on_evidence", by=by, authority=authority, reason=evidence)

    def part(self, segment: Segment) -> "Contradiction":
        """The case of a part of its scope, not stored yet: the same parties, looked at by the same rule, undecided."""
        at = clock.now()
        return Contradiction(
            kind=self.kind, measure=self.measure, other_measure=self.other_measure, source=self.source,
            other_source=self.other_source, segment=segment, rule=self.rule, journey=self.journey,
            statement=self.statement, first_period=self.first_period, last_period=self.last_period,
            opened_at=at, changed_at=at,
        )  # fmt: skip

    def is_answered_by(self, person: Person) -> bool:
        """Does this person answer, today, for one of the sides?"""
        held = authority.appointment_of
        scopes = Scope.objects.filter(pk__in=self.party_scope_ids)
        return any(held(person, authority.answering_role(scope), scope=scope) for scope in scopes)

    def note(self, code: str, *, by: Actor, reason: str = "", authority: str = "",
             period_start: date | None = None, **data: Any) -> None:  # fmt: skip
        """Remember a change: an event of the case and an entry of the audit, in the act under way."""
        self.events.create(code=code, status=self.status, actor=by.as_record(), person=by.person, reason=reason,
                           authority=authority, period_start=period_start, data=data, at=clock.now())  # fmt: skip
        audit.record(f"contradiction.{code}", self, by=by, status=self.status, authority=authority, **data)

    def require_live(self) -> None:
        """Held until commit, so that nobody settles the case between this look and what is written on it."""
        self.refresh_from_db(
            from_queryset=Contradiction.objects.select_for_update(of=("self",), no_key=True), fields=["status"]
        )
        if self.status == self.Status.JOINED:
            raise Refusal(f"This contradiction was joined to case {self.joining.into_id}, which stays: go on there.")
        if not self.is_live:
            raise Refusal(
                f"This contradiction is {self.get_status_display().lower()}; nothing is asked or answered on it now."
            )
