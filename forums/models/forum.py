from datetime import date
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Max, Q

from forums.models.right import BY_ITS_HOLDER, DecisionRight
from forums.terms import GRANTED, Change, Terms, differences
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as, appointment_of
from truthgov.errors import Refusal
from truthgov.lifecycle import advance, only_once
from truthgov.models import Appointment, Person, Role, Scope


class ForumQuerySet(models.QuerySet["Forum"]):
    def found(self, *, code: str, name: str, kind: str, by: Actor) -> "Forum":
        """A new forum, without rules until its first charter is approved; founded by sponsor or truth owner."""
        by = acting_as(by, Role.SPONSOR, Role.TRUTH_OWNER)
        with audit.act():
            with only_once(f"There is a forum called {name} already; choose another name."):
                scope = Scope.objects.create(kind=Scope.Kind.FORUM, name=name)
                forum = self.create(scope=scope, code=code, name=name, kind=kind)
            audit.record("forum.founded", forum, by=by, name=name)
        return forum

    def with_charters(self, *, on: date) -> "list[tuple[Forum, Charter | None]]":
        """Each forum with its charter in force on a day; two queries."""
        begun = Charter.objects.filter(status=Charter.Status.APPROVED, starts_on__lte=on)
        latest = {charter.forum_id: charter for charter in begun.order_by("version")}
        return [(forum, latest.get(forum.pk)) for forum in self]


class Forum(models.Model):
    """A standing body that decides; what it may decide stands in its charter."""

    class Kind(models.TextChoices):
        STEERING = "steering"
        PORTFOLIO = "portfolio", "journey portfolio"
        CHANGE = "change", "change readiness"

    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="forum")
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)

    objects = ForumQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def propose_charter(self, terms: Terms, *, by: Actor) -> "Charter":
        """A new version of the rules, with its decision rights; it holds once somebody else approves it."""
        by = acting_as(by, Role.SPONSOR, Role.TRUTH_OWNER, Role.SECRETARY)
        values = {name: value for name, value in vars(terms).items() if name not in GRANTED}
        values["member_roles"] = list(terms.member_roles)
        with audit.act():
            Forum.objects.select_for_update().get(pk=self.pk)  # two proposals would take the same version
            latest = self.charters.aggregate(latest=Max("version"))["latest"] or 0
            charter = Charter.objects.create(forum=self, version=latest + 1, proposed_by=by.person, **values)
            DecisionRight.objects.bulk_create(
                DecisionRight(charter=charter, decision_type=kind, decider_role=role, **vars(terms.way_of(kind)))
                for kind, role in terms.rights.items()
            )
            audit.record("charter.proposed", charter, by=by, version=charter.version)
        return charter


class CharterQuerySet(models.QuerySet["Charter"]):
    def in_force(self, *, on: date) -> "Charter | None":
        """Of those approved and begun, the latest version."""
        return self.filter(status=Charter.Status.APPROVED, starts_on__lte=on).order_by("-version").first()

    def awaiting_approval(self) -> Self:
        return self.filter(status=Charter.Status.PROPOSED)


class Charter(models.Model):
    """A dated version of a forum's rules; frozen by the database once approved.

    Members are appointments, not names: whoever holds `chair_role` over the organisation chairs; whoever holds a
    role in `member_roles` is a member, as is every forum member appointed to the forum itself. `cadence` meets at
    `meets_at`, in the organisation's zone, on the `cadence_day`th working day of the month, or on that working day
    of the week (every week, or every even ISO week). A late answer escalates `escalation_days` days after its date.
    `trust_needed` (0 to 100) is what decisions ask of every figure, where target conditions ask for less. Whoever joins
    from elsewhere, or sits for a member who named them for one meeting, counts where `allows_remote` and
    `allows_delegates` say so.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"

    class Cadence(models.TextChoices):
        MONTHLY = "monthly"
        FORTNIGHTLY = "fortnightly"
        WEEKLY = "weekly"

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="charters")
    version = models.PositiveIntegerField()
    starts_on = models.DateField()
    purpose = models.TextField()
    quorum = models.PositiveSmallIntegerField()
    chair_role = models.CharField(max_length=20, choices=Role, default=Role.TRUTH_OWNER)
    member_roles = ArrayField(models.CharField(max_length=20, choices=Role))
    cadence = models.CharField(max_length=12, choices=Cadence, default=Cadence.MONTHLY)
    cadence_day = models.PositiveSmallIntegerField(default=10)
    meets_at = models.TimeField()
    escalation_days = models.PositiveSmallIntegerField(default=10)
    trust_needed = models.PositiveSmallIntegerField(default=0)
    allows_remote = models.BooleanField(default=True, db_default=True)
    allows_delegates = models.BooleanField(default=True, db_default=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = CharterQuerySet.as_manager()

    class Meta:
        ordering = ["forum", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "version"], name="a_charter_version_is_given_once"),
            models.CheckConstraint(condition=Q(trust_needed__lte=100), name="a_charter_demands_at_most_all_trust"),
            models.CheckConstraint(condition=Q(quorum__gte=2), name="a_quorum_is_more_than_one"),
            models.CheckConstraint(
                condition=Q(cadence_day__gte=1)
                & (
                    Q(cadence="monthly", cadence_day__lte=20)
                    | Q(cadence__in=["fortnightly", "weekly"], cadence_day__lte=5)
                ),
                name="a_cadence_day_is_a_working_day",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | (Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="a_charter_is_approved_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="an_approved_charter_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="approved"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.forum}, charter version {self.version}"

    def approve(self, *, by: Actor) -> None:
        """The proposed rules hold from `starts_on`; by sponsor or truth owner, and never by who proposed them."""
        by = acting_as(by, Role.SPONSOR, Role.TRUTH_OWNER)
        if by.person == self.proposed_by:
            raise Refusal("Whoever proposes a charter cannot approve it; ask the sponsor or the truth owner to.")
        with audit.act():
            advance(self, self.Status.PROPOSED, self.Status.APPROVED, approved_by=by.person, approved_at=clock.now())
            audit.record("charter.approved", self, by=by, **self.as_record())

    def as_record(self) -> dict[str, Any]:
        """What the audit keeps when it is approved: the rules that decide who counts and who may decide."""
        return {
            "forum": self.forum_id, "scope": self.forum.scope_id, "version": self.version,
            "starts_on": self.starts_on, "quorum": self.quorum, "chair_role": str(self.chair_role),
            "member_roles": [str(role) for role in self.member_roles], "trust_needed": self.trust_needed,
            "allows_remote": self.allows_remote, "allows_delegates": self.allows_delegates,
            "proposed_by": self.proposed_by_id,
            "rights": {right.decision_type: right.decider_role for right in self.rights.all()},
            **self._ways_as_record(),
        }  # fmt: skip

    def _ways_as_record(self) -> dict[str, Any]:
        """Of what its holder decides nothing is said, so that charters from before there were ways read the same."""
        ways = {str(kind): way.as_record() for kind, way in self.terms().ways.items()}
        return {"ways": ways} if ways else {}

    def terms(self) -> Terms:
        values = {name: getattr(self, name) for name in Terms.__dataclass_fields__ if name not in GRANTED}
        values["member_roles"] = tuple(self.member_roles)
        rights = self.rights.all()
        ways = {right.decision_type: right.way for right in rights if right.way != BY_ITS_HOLDER}
        return Terms(rights={right.decision_type: right.decider_role for right in rights}, ways=ways, **values)

    def changes(self) -> list[Change]:
        """What this version words differently from the one before; nothing for the first."""
        before = self.forum.charters.filter(version__lt=self.version).first()
        return differences(before.terms(), self.terms()) if before else []

    @property
    def members_in_words(self) -> str:
        return ", ".join(str(Role(role).label) for role in self.member_roles)

    def right_to(self, decision_type: str) -> DecisionRight:
        right = self.rights.filter(decision_type=decision_type).first()
        if right is None:
            kind = str(decision_type).replace("_", " ")
            raise Refusal(f"The charter of {self.forum} grants no right to {kind}; take it to a forum that holds it.")
        return right

    def seat_of(self, person: Person, *, on: date) -> Appointment | None:
        """The appointment that makes a person a member on a day (their own, or one they stand in for), or None."""
        by_role = Appointment.objects.exercised_by(person, on=on).filter(role__in=[self.chair_role, *self.member_roles])
        return by_role.order_by("pk").first() or appointment_of(
            person, Role.FORUM_MEMBER, scope=self.forum.scope_id, on=on
        )

    def chair_of(self, person: Person, *, on: date) -> Appointment | None:
        """The appointment under which a person may chair on a day, or None."""
        return appointment_of(person, self.chair_role, scope=Scope.organisation(), on=on)

    def secretary_of(self, person: Person, *, on: date) -> Appointment | None:
        return appointment_of(person, Role.SECRETARY, scope=self.forum.scope_id, on=on)
