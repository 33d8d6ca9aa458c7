from datetime import date
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.urls import reverse

from truthgov.models.base import Accounted, Fact, Recorded
from truthgov.models.person import Person
from truthgov.models.scope import Scope


class Role(models.TextChoices):
    SPONSOR = "sponsor", "sponsor"
    TRUTH_OWNER = "truth_owner", "truth owner"
    FUNCTION_LEAD = "function_lead", "function lead"
    PREPARER = "preparer", "preparer"
    JOURNEY_OWNER = "journey_owner", "journey owner"
    EXECUTIVE = "executive", "executive"
    FORUM_MEMBER = "forum_member", "forum member"
    SECRETARY = "secretary", "secretary"
    AUDITOR = "auditor", "auditor"
    ADMINISTRATOR = "administrator", "administrator"


ACCOUNTABLE = (Role.SPONSOR, Role.TRUTH_OWNER, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER, Role.SECRETARY)
STANDING_APART = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Neither decides nor signs anything; nor do they in the stead of who does."""
SCOPE_KINDS = {
    Role.FUNCTION_LEAD: Scope.Kind.FUNCTION,
    Role.PREPARER: Scope.Kind.FUNCTION,
    Role.JOURNEY_OWNER: Scope.Kind.JOURNEY,
    Role.FORUM_MEMBER: Scope.Kind.FORUM,
    Role.SECRETARY: Scope.Kind.FORUM,
}
"""Where a role is held; those not named are held over the organisation."""
IS_ADMINISTRATOR = ExpressionWrapper(Q(role=Role.ADMINISTRATOR), output_field=models.BooleanField())
APPOINTED_BY_ONE = (Role.ADMINISTRATOR, Role.SPONSOR, Role.TRUTH_OWNER)
"""Roles that start the chain of authority: one person's act, under the right the decisions record gives them."""


ONLY_ENDS = pgtrigger.Condition(
    "OLD.status <> 'proposed' AND NOT ("
    "(NEW.person_id, NEW.role, NEW.scope_id, NEW.status, NEW.proposed_by_id, NEW.confirmed_by_id, NEW.confirmed_at)"
    " IS NOT DISTINCT FROM "
    "(OLD.person_id, OLD.role, OLD.scope_id, OLD.status, OLD.proposed_by_id, OLD.confirmed_by_id, OLD.confirmed_at)"
    " AND NEW.holds <@ OLD.holds AND lower(NEW.holds) IS NOT DISTINCT FROM lower(OLD.holds))"
)
"""An update of a settled appointment that does more than end it earlier."""


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force(self, *, on: date) -> Self:
        return self.filter(status=Appointment.Status.CONFIRMED, holds__contains=on)

    def proposed(self) -> Self:
        return self.filter(status=Appointment.Status.PROPOSED)

    def filling(self, *, on: date) -> Self:
        """Those in force on a day or from a later one on, and those proposed for then: nobody else need be sought."""
        return self.exclude(status=Appointment.Status.DECLINED).filter(holds__overlap=(on, None))

    def of(self, person: Person) -> Self:
        """Those `person` holds themselves; see `Deputy` for those they stand in for."""
        return self.filter(person=person)

    def exercised_by(self, person: Person, *, on: date) -> Self:
        """Those in force on a day which `person` holds, or stands in for as the dated deputy."""
        stands_in = Q(deputies__person=person, deputies__holds__contains=on)
        return self.in_force(on=on).filter(Q(person=person) | stands_in).distinct()

    def people(self, *, on: date) -> set[int]:
        """Who holds these, or stands in for their holders on a day, by number."""
        stand_in = Deputy.objects.filter(appointment__in=self, holds__contains=on).order_by()
        holders = self.order_by().values_list("person_id", flat=True)
        return set(holders.union(stand_in.values_list("person_id", flat=True)))


class Appointment(Accounted):
    """A person holding a role over a scope, half-open `holds` (dates); proposed by one, confirmed by another."""

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        CONFIRMED = "confirmed"
        DECLINED = "declined"

    Role = Role

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=Role)
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="appointments")
    holds = DateRangeField()
    status = models.CharField(max_length=12, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["scope__kind", "scope__name", "role", "person__name"]
        constraints = [
            ExclusionConstraint(
                name="one_accountable_person_per_scope_and_moment",
                expressions=[
                    ("scope", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("holds", RangeOperators.OVERLAPS),
                ],
                condition=Q(status="confirmed", role__in=ACCOUNTABLE),
            ),
            ExclusionConstraint(
                name="nobody_holds_one_appointment_twice",
                expressions=[
                    ("scope", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("holds", RangeOperators.OVERLAPS),
                ],
                condition=Q(status="confirmed"),
            ),
            ExclusionConstraint(
                name="an_administrator_neither_decides_nor_signs",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("holds", RangeOperators.OVERLAPS),
                    (IS_ADMINISTRATOR, RangeOperators.NOT_EQUAL),
                ],
                condition=Q(status="confirmed") & ~Q(role=Role.AUDITOR),
            ),
            models.CheckConstraint(condition=Q(holds__isempty=False), name="an_appointment_is_never_empty"),
            models.CheckConstraint(
                condition=~Q(status="confirmed")
                | Q(role__in=APPOINTED_BY_ONE)
                | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("proposed_by"))),
                name="an_appointment_is_confirmed_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="an_appointment_is_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_settled_appointment_only_ends",
                operation=pgtrigger.Update,
                condition=ONLY_ENDS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()} of {self.scope}"

    def get_absolute_url(self) -> str:
        return reverse("truthgov:appointment", args=[self.pk])

    def as_record(self) -> dict[str, Any]:
        """What the audit keeps when it is settled, so that who held what can be told from the entries alone."""
        return {
            "person": self.person_id, "role": str(self.role), "scope": self.scope_id,
            "scope_kind": str(self.scope.kind), "starts_on": self.holds.lower, "ends_on": self.holds.upper,
        }  # fmt: skip

    def has_ended(self, *, on: date) -> bool:
        """Is `on` past its last day? (It holds until before the end of `holds`.)"""
        return self.holds.upper is not None and self.holds.upper <= on

    @property
    def title(self) -> str:
        """The role with its scope: `function lead, Marketing`."""
        if self.scope.kind == Scope.Kind.ORGANISATION:
            return self.get_role_display()
        return f"{self.get_role_display()}, {self.scope.name}"


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def of(self, person: Person) -> Self:
        return self.filter(person=person).select_related("appointment__person", "appointment__scope")


class Deputy(Recorded):
    """Who may act under an appointment in its holder's stead, half-open `holds` (dates)."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="deputies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deputyships")
    holds = DateRangeField()
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = DeputyQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name_plural = "deputies"
        constraints = [
            ExclusionConstraint(
                name="one_deputy_per_appointment_and_moment",
                expressions=[("appointment", RangeOperators.EQUAL), ("holds", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(holds__isempty=False), name="a_deputyship_is_never_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.appointment}"
