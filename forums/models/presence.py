"""Presence as the database keeps it: who sits in which seat, how, and in whose stead."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q

from truthgov import audit
from truthgov.models import Accounted, Appointment, Fact, Person, Recorded

A_SEAT_IS_ITS_HOLDERS = pgtrigger.Trigger(
    name="a_seat_is_its_holders",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    declare=[
        ("charter", "forums_charter%ROWTYPE"),
        ("held", "truthgov_appointment%ROWTYPE"),
        (
            "days",
            "daterange := daterange((NEW.arrived_at - interval '14 hours')::date, "
            "(NEW.arrived_at + interval '14 hours')::date, '[]')",
        ),
    ],
    func="""
        SELECT c.* INTO charter FROM forums_charter c JOIN forums_meeting m ON m.charter_id = c.id
        WHERE m.id = NEW.meeting_id;
        SELECT * INTO held FROM truthgov_appointment WHERE id = NEW.appointment_id;
        IF NEW.is_remote AND NOT charter.allows_remote THEN
            RAISE EXCEPTION 'the charter does not count whoever joins from elsewhere';
        END IF;
        IF held.status <> 'confirmed' OR NOT held.holds && days THEN
            RAISE EXCEPTION 'a seat is taken under an appointment in force';
        END IF;
        IF held.person_id <> NEW.person_id AND NOT EXISTS (
            SELECT FROM truthgov_deputy d
            WHERE d.appointment_id = held.id AND d.person_id = NEW.person_id AND d.holds && days)
           AND NOT (charter.allows_delegates AND EXISTS (
            SELECT FROM forums_delegation d
            WHERE d.meeting_id = NEW.meeting_id AND d.appointment_id = held.id AND d.person_id = NEW.person_id)) THEN
            RAISE EXCEPTION 'a seat is taken by who holds it, their deputy or their delegate';
        END IF;
        RETURN NEW;
    """,
)
"""Days are compared loosely by zone, as for a decision."""

WHO_STANDS_APART_SITS_FOR_NOBODY = pgtrigger.Trigger(
    name="who_administers_or_audits_sits_for_nobody",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        IF EXISTS (
            SELECT FROM truthgov_appointment a
            WHERE a.person_id = NEW.person_id AND a.role IN ('administrator', 'auditor') AND a.status = 'confirmed'
              AND a.holds @> NEW.named_at::date) THEN
            RAISE EXCEPTION 'who administers or audits neither decides nor sits for who does';
        END IF;
        RETURN NEW;
    """,
)


class Delegation(Recorded):
    """Who sits for a member at one meeting: heard and counted in their stead, without the rights of their office."""

    meeting = models.ForeignKey("forums.Meeting", on_delete=models.PROTECT, related_name="delegations")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [
            models.UniqueConstraint(fields=["meeting", "appointment"], name="a_member_names_one_delegate"),
            models.UniqueConstraint(fields=["meeting", "person"], name="a_delegate_sits_for_one_member"),
        ]
        triggers = [*Fact.Meta.triggers, WHO_STANDS_APART_SITS_FOR_NOBODY]

    def __str__(self) -> str:
        return f"{self.person} for {self.appointment.person}"


class Attendance(Accounted):
    """A person in the room, or with it from elsewhere, under an appointment, from arrival to departure."""

    meeting = models.ForeignKey("forums.Meeting", on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendances")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    is_remote = models.BooleanField(default=False, db_default=False)
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["arrived_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(left_at__isnull=True), name="a_person_is_present_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "appointment"], condition=Q(left_at__isnull=True), name="a_seat_is_taken_once"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="an_attendance_stays_on_record", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="who_has_left_stays_gone",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__left_at__isnull=False),
            ),
            A_SEAT_IS_ITS_HOLDERS,
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.meeting}"

    @property
    def how(self) -> str:
        """In whose stead, and from where, as far as it is not in person and in the room."""
        held_by = self.appointment.person
        instead = f"for {held_by}" if held_by != self.person else ""
        return ", ".join(part for part in (instead, "from elsewhere" if self.is_remote else "") if part)

    def as_record(self) -> list[Any]:
        """What a sealing is made over: who, under which appointment, from when to when."""
        left = audit.instant(self.left_at) if self.left_at else None
        return [self.person_id, self.appointment_id, audit.instant(self.arrived_at), left]
