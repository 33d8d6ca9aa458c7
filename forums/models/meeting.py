from datetime import date, datetime, timedelta
from typing import Self

import pgtrigger
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from forums.agendas import drafting as agenda
from forums.minutes import parts as minutes_parts
from forums.minutes import text as minutes_text
from forums.models.agenda import AgendaItem
from forums.models.arranging import Arranging
from forums.models.charter import Charter
from forums.models.convening import Convening
from forums.models.forum import Forum
from forums.models.invitation import Invitation, Reply
from forums.models.minutes import Minutes, ViewSnapshot
from forums.models.room import Room
from forums.reconciliation.reconciled import reconciled_view
from truthgov import acts, audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance, only_once
from truthgov.models import Accounted, Appointment, Person
from truthgov.periods import Grain, Period

NOT_REACHED = "Not reached before the meeting closed."


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def upcoming(self, *, at: datetime) -> Self:
        return self.filter(status=Meeting.Status.SCHEDULED, starts_at__gte=at).order_by("starts_at")

    def beginning(self, *, at: datetime) -> Self:
        """Those in session, and those whose hour has come without anybody having opened them."""
        return self.filter(Q(status=Meeting.Status.IN_SESSION) | Q(status=Meeting.Status.SCHEDULED, starts_at__lt=at))

    def unanswered_by(self, person: Person, *, at: datetime) -> Self:
        """Those to come, to whose present time and place somebody was invited and has not answered."""
        to_it = {"meeting": OuterRef("pk"), "person": person, "sequence": OuterRef("sequence")}
        asked, told = Invitation.objects.standing().filter(**to_it), Reply.objects.filter(**to_it)
        return self.upcoming(at=at).filter(Exists(asked), ~Exists(told))

    def held(self) -> Self:
        return self.filter(status__in=[Meeting.Status.CLOSED, Meeting.Status.SEALED]).order_by("-starts_at")

    def visible_to(self, person: Person, *, on: date) -> Self:
        """All of them to whoever holds an appointment on a day, none to others."""
        return self.filter(Exists(Appointment.objects.exercised_by(person, on=on)))


class Meeting(Room, Arranging, Convening, Accounted):
    """One session of a forum. `slot` is the cadence's date: a slot is scheduled once, however many beats tick.

    `version` counts every change that those who follow must see. `period_start` is the month under review.
    """

    off_record = ("version", "item_in_hand", "arranged_at", "sequence")

    class Status(models.TextChoices):
        SCHEDULED = "scheduled"
        IN_SESSION = "in_session", "in session"
        CLOSED = "closed"
        SEALED = "sealed"

    BEFORE_CLOSING = (Status.SCHEDULED, Status.IN_SESSION)

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="meetings")
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="meetings")
    slot = models.DateField()
    period_start = models.DateField()
    status = models.CharField(max_length=12, choices=Status, default=Status.SCHEDULED)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    item_in_hand = models.ForeignKey("forums.AgendaItem", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "slot"], name="a_slot_of_the_cadence_is_scheduled_once"),
            models.UniqueConstraint(
                fields=["forum"], condition=Q(status="in_session"), name="a_forum_sits_in_one_session_at_a_time"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="a_meeting_stays_on_record", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="a_meeting_opens_closes_and_is_sealed",
                field="status",
                transitions=[("scheduled", "in_session"), ("in_session", "closed"), ("closed", "sealed")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.forum}, {self.slot:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        return reverse("forums:meeting", args=[self.pk])

    @property
    def period(self) -> Period:
        """The month under review."""
        return Period.containing(self.period_start, Grain.MONTH)

    # --- the session ------------------------------------------------------------------------------------------------
    def draft_agenda(self, *, by: Actor) -> None:
        """Put on what stands and is not on yet; while the meeting is only scheduled, take off what has settled."""
        with audit.act():
            meeting = self.lock()
            if meeting.status not in self.BEFORE_CLOSING:
                raise Refusal("This meeting is over; its agenda is a record.")
            if agenda.draft(meeting):
                meeting.note_change()
                audit.record("meeting.agenda_drafted", self, by=by, items=meeting.items.count())

    def put_on(self, kind: str, reference: int, why: str, *, by: Actor) -> AgendaItem:
        """Chair or secretary puts an open subject on the agenda by hand, with the reason; once per meeting."""
        if not why.strip():
            raise InvalidInput("Say why this is put on the agenda.", {"why": "Say what the meeting is to settle."})
        with audit.act():
            meeting = self.lock()
            if by.person is None or not meeting.is_recorded_by(by.person):
                raise PermissionDenied
            if meeting.status not in self.BEFORE_CLOSING:
                raise Refusal("This meeting is over; put it on the agenda of the next.")
            item = agenda.put_on(meeting, kind, reference, why.strip(), by.person)
            self.note_change()
            audit.record("item.put_on", item, by=by, kind=kind, reference=reference, why=why)
        return item

    def open(self, *, by: Actor) -> None:
        """The chair opens, is seated, and finds the agenda as matters stand; the charter in force today holds."""
        with audit.act():
            meeting = self.lock()
            by = meeting.chaired_by(by)
            charter, at = self.forum.charters.in_force(on=clock.today()) or meeting.charter, clock.now()
            with only_once(f"{self.forum} already sits in another session; close that one first."):
                advance(self, self.Status.SCHEDULED, self.Status.IN_SESSION,
                        charter=charter, opened_at=at, opened_by=by.person)  # fmt: skip
            self.draft_agenda(by=by)
            seated = self._seat(by.person, by.appointment)
            self.note_change()
            audit.record(
                "meeting.opened", self, by=by, forum=self.forum_id, charter=charter.pk, terms=charter.as_record(),
                opened_at=audit.instant(at), arrived_at=audit.instant(seated.arrived_at),
            )  # fmt: skip

    def take_up(self, item: AgendaItem, *, by: Actor) -> None:
        """The chair calls an item of this meeting; everybody's page follows."""
        with audit.act():
            meeting = self.sit()
            by = meeting.chaired_by(by)
            if item.meeting_id != self.pk:
                raise Refusal("This item stands on another meeting's agenda.")
            if item.pk != meeting.item_in_hand_id:
                item.takings.create(taken_at=clock.now())
            Meeting.objects.filter(pk=self.pk).update(item_in_hand=item)
            self.note_change()
            audit.record("item.taken_up", item, by=by)

    def close(self, *, by: Actor) -> Minutes:
        """Carry over what is pending, freeze the view that was known, draft the minutes from the record."""
        with audit.act():
            meeting = self.sit()
            by = meeting.chaired_by(by)
            for item in meeting.items.filter(status=AgendaItem.Status.PENDING).select_related("subject"):
                item.put_off(NOT_REACHED, meeting, by=by)
            at = clock.now()
            meeting.attendances.filter(left_at=None).update(left_at=at)
            acts.note(*meeting.attendances.all())
            advance(self, self.Status.IN_SESSION, self.Status.CLOSED, closed_at=at, item_in_hand=None)
            self._freeze_view(at)
            parts = minutes_text.draft(self)
            text = minutes_parts.compose(parts, {})
            minutes = Minutes.objects.create(meeting=self, parts=parts, text=text, drafted_at=at)
            self.note_change()
            audit.record("meeting.closed", self, by=by, view=self.view.hash, known=self.view.known_entry,
                         text=minutes.text_hash, closed_at=audit.instant(at))  # fmt: skip
        return minutes

    def _freeze_view(self, at: datetime) -> None:
        known = audit.known_now()
        view = reconciled_view(self.period, known_at=known)
        ViewSnapshot.objects.create(
            meeting=self, period_start=self.period_start, known_entry=known, content=view.content(), hash=view.hash,
            frozen_at=at,
        )  # fmt: skip

    # --- the row that is held ---------------------------------------------------------------------------------------
    def lock(self) -> "Meeting":
        """This meeting anew, its row held until commit: nobody opens, closes, arrives or leaves meanwhile."""
        return (
            Meeting.objects.select_for_update(of=("self",), no_key=True)
            .select_related("forum", "charter")
            .get(pk=self.pk)
        )

    def sit(self) -> "Meeting":
        """The locked meeting, if it sits, with only who holds their seat today in the room; a Refusal otherwise."""
        meeting = self.in_session()
        meeting.see_out()
        return meeting

    def in_session(self) -> "Meeting":
        """The locked meeting, if it sits; a Refusal otherwise."""
        meeting = self.lock()
        if meeting.status != self.Status.IN_SESSION:
            raise Refusal(f"This meeting is {meeting.get_status_display().lower()}, not in session; reload the page.")
        return meeting

    def note_change(self) -> None:
        """Those who follow the meeting see a new version."""
        Meeting.objects.filter(pk=self.pk).update(version=F("version") + 1)
        self.refresh_from_db()

    def escalation_due(self) -> date:
        """By when something that escalates today is to be answered, on the charter's clock."""
        return clock.today() + timedelta(days=self.charter.escalation_days)
