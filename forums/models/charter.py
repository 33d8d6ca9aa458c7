from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from forums.charters.matrix import require_its_place
from forums.charters.recurrence import PATTERN, Recurrence
from forums.charters.terms import AN_EVEN_WEEK, CLAUSES, TENTH_WORKING_DAY, Change, Seat, Step, Terms, differences
from forums.charters.terms_checked import require_sound
from forums.models.ending import APPROVERS, ENDED, Ending
from forums.models.ladder import EscalationStep
from forums.models.membership import Membership
from forums.models.overlap import RIGHTS_FIT_TOGETHER
from forums.models.right import BY_ITS_HOLDER, DecisionRight, OpenCell, Over
from forums.models.seat import StandingSeat
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.errors import Refusal
from truthgov.lifecycle import advance
from truthgov.models import Accounted, Person, Role, Scope

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.forum import Forum


class CharterQuerySet(models.QuerySet["Charter"]):
    def in_force(self, *, on: date) -> "Charter | None":
        """Of those approved and begun, the latest version."""
        return self.filter(status=Charter.Status.APPROVED, starts_on__lte=on).order_by("-version").first()

    def of_every_forum(self, *, on: date) -> "list[Charter]":
        """The charter of each forum that is in force on a day; one query."""
        begun = self.filter(status=Charter.Status.APPROVED, starts_on__lte=on)
        return list(begun.order_by("forum_id", "-version").distinct("forum_id"))

    def in_force_with_clauses(self, *, on: date) -> "list[Charter]":
        """Those of every forum on a day, with their rights and ladders."""
        in_force = self.filter(pk__in=[charter.pk for charter in self.of_every_forum(on=on)])
        return list(in_force.with_rights().prefetch_related("steps"))

    def approved(self) -> Self:
        return self.filter(status=Charter.Status.APPROVED)

    def awaiting_approval(self) -> Self:
        """Those proposed, but for whose forum has approved a later version since: they would never be in force."""
        later = Charter.objects.approved().filter(forum=OuterRef("forum"), version__gt=OuterRef("version"))
        return self.filter(~Exists(later), status=Charter.Status.PROPOSED)

    def with_rights(self) -> Self:
        """With what the matrix of decision rights is laid out from."""
        return self.select_related("forum", "governs").prefetch_related("rights", "open_cells")

    def written(self, forum: "Forum", terms: Terms, *, version: int, proposed_by: Person) -> "Charter":
        """Terms as a proposed charter, each clause in its row; InvalidInput where they are not sound."""
        require_sound(terms)
        own = terms.own() | {"member_roles": list(terms.member_roles)}
        charter = self.create(forum=forum, version=version, proposed_by=proposed_by, **own)
        DecisionRight.objects.bulk_create(
            DecisionRight(
                charter=charter, decider_role=role, **cell._asdict(), **vars(terms.way_of(cell.decision_type))
            )
            for cell, role in terms.rights.items()
        )
        OpenCell.objects.bulk_create(
            OpenCell(charter=charter, reason=reason, **cell._asdict())
            for cell, reason in terms.left_open.items() if cell not in terms.rights
        )  # fmt: skip
        StandingSeat.objects.bulk_create(StandingSeat(charter=charter, **seat._asdict()) for seat in terms.seats)
        EscalationStep.objects.bulk_create(
            EscalationStep(charter=charter, position=position, **step._asdict())
            for position, step in enumerate(terms.ladder, start=1)
        )
        return charter


class Charter(Membership, Ending, Accounted):
    """A dated version of a forum's rules; frozen by the database once it is decided on.

    Members are appointments, not names: whoever holds `chair_role` over the organisation chairs; whoever holds a
    role in `member_roles` or a standing seat is a member, as is every forum member appointed to the forum itself.
    `governs` is the function or journey that its matters are confined to, empty for the whole organisation. It meets
    by `recurrence` (`charters.recurrence`), every other time counted from `counted_from`, at `meets_at` in `zone`
    (empty: the organisation's). `trust_needed` (0 to 100) is what decisions ask of every figure, where target
    conditions ask for less. Whoever joins from elsewhere, or sits for a member who named them for one meeting, counts
    where `allows_remote` and `allows_delegates` say so. `rights`, `open_cells`, `seats` and `steps` are its clauses.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        WITHDRAWN = "withdrawn"
        REJECTED = "rejected"

    class OnDayOff(models.TextChoices):
        MOVE = "move", "on the next working day"
        SKIP = "skip", "not at all that time"

    forum = models.ForeignKey("forums.Forum", on_delete=models.PROTECT, related_name="charters")
    version = models.PositiveIntegerField()
    starts_on = models.DateField()
    purpose = models.TextField()
    quorum = models.PositiveSmallIntegerField()
    chair_role = models.CharField(max_length=20, choices=Role, default=Role.TRUTH_OWNER)
    member_roles = ArrayField(models.CharField(max_length=20, choices=Role))
    governs = models.ForeignKey(Scope, null=True, on_delete=models.PROTECT, related_name="+")
    recurrence = models.CharField(max_length=100, default=TENTH_WORKING_DAY, db_default=TENTH_WORKING_DAY)
    counted_from = models.DateField(default=AN_EVEN_WEEK, db_default=AN_EVEN_WEEK)
    meets_at = models.TimeField()
    zone = models.CharField(max_length=64, blank=True, db_default="")
    on_day_off = models.CharField(max_length=4, choices=OnDayOff, default=OnDayOff.MOVE, db_default=OnDayOff.MOVE)
    trust_needed = models.PositiveSmallIntegerField(default=0)
    allows_remote = models.BooleanField(default=True, db_default=True)
    allows_delegates = models.BooleanField(default=True, db_default=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    if TYPE_CHECKING:
        rights: RelatedManager[DecisionRight]
        open_cells: RelatedManager[OpenCell]
        steps: RelatedManager[EscalationStep]

    objects = CharterQuerySet.as_manager()

    class Meta:
        ordering = ["forum", "-version"]
        constraints = [
            *Ending.Meta.constraints,
            models.UniqueConstraint(fields=["forum", "version"], name="a_charter_version_is_given_once"),
            models.CheckConstraint(condition=Q(trust_needed__lte=100), name="a_charter_demands_at_most_all_trust"),
            models.CheckConstraint(condition=Q(quorum__gte=2), name="a_quorum_is_more_than_one"),
            models.CheckConstraint(
                condition=Q(recurrence__regex=PATTERN), name="a_cadence_is_a_rule_that_forums_meet_by"
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
                condition=pgtrigger.Q(old__status__in=["approved", *ENDED]),
            ),
            RIGHTS_FIT_TOGETHER,
        ]

    def __str__(self) -> str:
        return f"{self.forum}, charter version {self.version}"

    def approve(self, *, by: Actor) -> None:
        """The proposed rules hold from `starts_on`; by sponsor or truth owner, and never by who proposed them.

        Refusal where a right overlaps with another forum's, a cell of the matrix is left open without a reason, or a
        later version is approved already.
        """
        by = acting_as(by, *APPROVERS)
        if by.person == self.proposed_by:
            raise Refusal("Whoever proposes a charter cannot approve it; ask the sponsor or the truth owner to.")
        with audit.act():
            # Of two charters that are approved at once, the second sees what the first was granted.
            list(type(self.forum).objects.select_for_update(no_key=True).order_by("pk"))
            if later := self.forum.charters.approved().filter(version__gt=self.version).first():
                raise Refusal(f"Version {later.version} is approved, so this one would never hold; propose it anew.")
            require_its_place(self, list(Charter.objects.approved().with_rights()))
            advance(self, self.Status.PROPOSED, self.Status.APPROVED, approved_by=by.person, approved_at=clock.now())
            audit.record("charter.approved", self, by=by, **self.as_record())

    def as_record(self) -> dict[str, Any]:
        """What the audit keeps when it is approved: the rules that decide who counts and who may decide."""
        return {
            "forum": self.forum_id, "scope": self.forum.scope_id, "version": self.version,
            "starts_on": self.starts_on, "quorum": self.quorum, "chair_role": str(self.chair_role),
            "member_roles": [str(role) for role in self.member_roles], "trust_needed": self.trust_needed,
            "allows_remote": self.allows_remote, "allows_delegates": self.allows_delegates,
            "proposed_by": self.proposed_by_id, "rights": self._rights_as_record(), **self._clauses_as_record(),
        }  # fmt: skip

    def _rights_as_record(self) -> dict[str, Any]:
        """By type the role, or by kind of scope where it does not hold over all of them by the same role: charters from
        before rights had scopes read the same."""
        held: dict[str, dict[str, str]] = {}
        for right in self.rights.all():
            held.setdefault(right.decision_type, {})[right.scope_kind] = right.decider_role
        return {
            kind: next(iter(roles.values())) if len(roles) == len(Over) and len(set(roles.values())) == 1 else roles
            for kind, roles in held.items()
        }

    def _clauses_as_record(self) -> dict[str, Any]:
        """What is as it always was is not said, so that charters from before these clauses read the same."""
        said = {
            "ways": {str(kind): way.as_record() for kind, way in self.terms().ways.items()},
            "seats": [[seat.domain, seat.role, seat.scope_id] for seat in self.seats.all()],
            "governs": self.governs_id,
        }
        return {name: value for name, value in said.items() if value}

    def terms(self) -> Terms:
        values = {name: getattr(self, name) for name in Terms.__dataclass_fields__ if name not in CLAUSES}
        values["member_roles"] = tuple(self.member_roles)
        rights = self.rights.all()
        return Terms(
            rights={right.cell: right.decider_role for right in rights},
            ways={right.decision_type: right.way for right in rights if right.way != BY_ITS_HOLDER},
            left_open={each.cell: each.reason for each in self.open_cells.all()},
            seats=tuple(Seat(each.domain, each.role, each.scope) for each in self.seats.all()),
            ladder=tuple(Step(each.to_role, each.after_days) for each in self.steps.all()),
            **values,
        )

    def changes(self) -> list[Change]:
        """What this version words differently from the last one that was approved; nothing for the first."""
        return self.changes_since(self.forum.charters.approved().filter(version__lt=self.version).first())

    def changes_since(self, earlier: "Charter | None") -> list[Change]:
        return differences(earlier.terms(), self.terms()) if earlier else []

    # --- what it may decide -----------------------------------------------------------------------------------------
    def right_to(self, decision_type: str, over: Scope | None = None) -> DecisionRight:
        """The right to this type of decision on a matter of `over`, or of any scope; a Refusal where it has none."""
        held = self.rights.filter(decision_type=decision_type)
        right = (held.filter(scope_kind=over.kind) if over else held).first()
        if right is None or not self.reaches(over):
            kind, where = str(decision_type).replace("_", " "), f" over {over}" if over and held.exists() else ""
            raise Refusal(
                f"The charter of {self.forum} grants no right to {kind}{where}; take it to a forum that holds it."
            )
        return right

    def reaches(self, over: Scope | None) -> bool:
        """Is a matter of a scope within what the charter governs?"""
        return over is None or self.governs_id in (None, over.pk)

    # --- when it meets, and when what is late climbs ----------------------------------------------------------------
    @property
    def cadence_in_words(self) -> str:
        return str(Recurrence.parse(self.recurrence))

    def slots(self, first: date, last: date) -> Iterator[date]:
        """The days from `first` to `last` that the recurrence names, whatever the calendar says of them."""
        yield from Recurrence.parse(self.recurrence).days(first, last, counted_from=self.counted_from)

    def begins_at(self, day: date) -> datetime:
        """The hour at which it meets on a day, in its zone."""
        zone = ZoneInfo(self.zone) if self.zone else None
        return timezone.make_aware(datetime.combine(day, self.meets_at), zone)

    @property
    def escalation_days(self) -> int:
        """Days until what is late goes to the first rung of the ladder."""
        return self.steps.all()[0].after_days

    def role_above_chair(self) -> str:
        """To whom the forum itself takes what it does not settle: the first rung on which its chair does not stand."""
        steps = [step.to_role for step in self.steps.all() if step.to_role != self.chair_role]
        return steps[0] if steps else Role.SPONSOR

    @property
    def above_chair(self) -> str:
        """The same in words."""
        return str(Role(self.role_above_chair()).label)

    def stands_on_ladder(self, role: str) -> bool:
        return any(step.to_role == role for step in self.steps.all())

    def step_above(self, role: str) -> EscalationStep | None:
        """The rung that follows the one a role stands on; the first where it stands on none. None above the last."""
        steps = list(self.steps.all())
        places = [place for place, step in enumerate(steps) if step.to_role == role]
        return next(iter(steps[places[0] + 1 :] if places else steps), None)
