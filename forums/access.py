"""The doors to forums: what a person may not see is unknown (404), what they may not do is refused (403)."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from forums.models import (
    Action,
    AgendaItem,
    Amendment,
    Correction,
    Decision,
    Escalation,
    Meeting,
    Minutes,
    ProofFile,
    Publication,
    Subject,
)
from forums.models.meeting import MeetingQuerySet
from metrics.figures.restatements import Asked, Restatement, restated, told
from truthgov import authority, clock
from truthgov.access import may_read_data
from truthgov.models import Appointment, Mandate, Person, Role, Scope


def meetings_to_read(person: Person) -> MeetingQuerySet:
    return Meeting.objects.visible_to(person, on=clock.today()).select_related("forum", "charter")


def who_may_read_meetings(people: Collection[int]) -> set[int]:
    """Of some people, those to whom meetings are visible: the same for many at once."""
    today = clock.today()
    return set(people) & Appointment.objects.in_force(on=today).people(on=today)


def meeting_to_read(person: Person, pk: int) -> Meeting:
    """For whoever holds an appointment; to others it is unknown."""
    return get_object_or_404(meetings_to_read(person), pk=pk)


def meeting_to_chair(person: Person, pk: int) -> Meeting:
    meeting = meeting_to_read(person, pk)
    if not meeting.is_chaired_by(person):
        raise PermissionDenied
    return meeting


def meeting_to_record(person: Person, pk: int) -> Meeting:
    """Chair and secretary prepare the agenda and keep the record."""
    meeting = meeting_to_read(person, pk)
    if not meeting.is_recorded_by(person):
        raise PermissionDenied
    return meeting


def publication_to_read(person: Person, pk: int, number: int | None = None) -> Publication:
    """A publication of a meeting's agenda, the latest unless one is asked for by its number."""
    publications = meeting_to_read(person, pk).publications.select_related("meeting__charter", "published_by")
    found = publications.filter(number=number) if number else publications
    latest = found.order_by("-number").first()
    if latest is None:
        raise Http404
    return latest


def meetings_to_prepare(person: Person) -> MeetingQuerySet:
    """Those to come or in session whose agenda this person keeps, as chair or secretary; the next first."""
    held = list(Appointment.objects.exercised_by(person, on=clock.today()).select_related("scope"))
    chairs = [each.role for each in held if each.scope.kind == Scope.Kind.ORGANISATION]
    offices = [each.scope_id for each in held if each.role == Role.SECRETARY]
    mine = Q(charter__chair_role__in=chairs) | Q(forum__scope__in=offices)
    coming = meetings_to_read(person).filter(mine, status__in=Meeting.BEFORE_CLOSING)
    return coming.order_by("starts_at")


def meetings_to_take_up(person: Person, subject: tuple[str, int]) -> MeetingQuerySet:
    """Of those, the ones on whose agenda a subject does not stand; PermissionDenied for who prepares none."""
    prepared = meetings_to_prepare(person)
    if not prepared.exists():
        raise PermissionDenied
    return without(prepared, subject)


def without(meetings: MeetingQuerySet, subject: tuple[str, int]) -> MeetingQuerySet:
    standing = AgendaItem.objects.filter(subject__kind=subject[0], subject__reference=subject[1])
    return meetings.exclude(pk__in=standing.values("meeting"))


def meeting_to_attend(person: Person, pk: int) -> Meeting:
    """For its members and its secretary."""
    meeting = meeting_to_read(person, pk)
    if not sits_in(person, meeting):
        raise PermissionDenied
    return meeting


def meeting_to_send_to(person: Person, pk: int) -> Meeting:
    """For who has a seat of a member, and may send somebody in their stead."""
    meeting = meeting_to_read(person, pk)
    if not has_seat_to_lend(person, meeting):
        raise PermissionDenied
    return meeting


def has_seat_to_lend(person: Person, meeting: Meeting) -> bool:
    """A member's; the secretary's office is not lent for a meeting."""
    return meeting.charter.seat_of(person, on=clock.today()) is not None


def sits_in(person: Person, meeting: Meeting) -> bool:
    return meeting.seat_for(person) is not None


def may_force(person: Person) -> bool:
    mandate = Mandate.objects.in_force(on=clock.today())
    return bool(mandate and mandate.may_force and authority.appointment_of(person, Role.TRUTH_OWNER))


def item_to_read(person: Person, pk: int) -> AgendaItem:
    items = AgendaItem.objects.select_related("meeting__forum", "meeting__charter", "subject")
    item = get_object_or_404(items, pk=pk)
    meeting_to_read(person, item.meeting_id)
    return item


def item_to_chair(person: Person, pk: int) -> AgendaItem:
    item = item_to_read(person, pk)
    meeting_to_chair(person, item.meeting_id)
    return item


def item_to_arrange(person: Person, pk: int) -> AgendaItem:
    """For chair and secretary of its meeting."""
    item = item_to_read(person, pk)
    meeting_to_record(person, item.meeting_id)
    return item


def item_to_decide(person: Person, pk: int) -> AgendaItem:
    """For who holds one of the rights that the charter grants, or the mandate; the chair puts to the room."""
    item = item_to_read(person, pk)
    charter = item.meeting.charter
    roles = {*charter.rights.values_list("decider_role", flat=True), charter.chair_role, Role.TRUTH_OWNER}
    if not authority.appointment_of(person, *roles):
        raise PermissionDenied
    return item


def item_to_escalate(person: Person, pk: int) -> AgendaItem:
    item = item_to_read(person, pk)
    _require(person, Role.TRUTH_OWNER)
    return item


def item_to_be_recused_from(person: Person, pk: int) -> AgendaItem:
    item = item_to_read(person, pk)
    meeting_to_attend(person, item.meeting_id)
    return item


def minutes_to_read(person: Person, meeting_pk: int) -> Minutes:
    meeting = meeting_to_read(person, meeting_pk)
    return get_object_or_404(Minutes.objects.select_related("meeting__forum", "meeting__charter"), meeting=meeting)


def minutes_to_record(person: Person, meeting_pk: int) -> Minutes:
    minutes = minutes_to_read(person, meeting_pk)
    if not minutes.meeting.is_recorded_by(person):
        raise PermissionDenied
    return minutes


def minutes_to_amend(person: Person, meeting_pk: int) -> Minutes:
    """For whoever was in the room."""
    minutes = minutes_to_read(person, meeting_pk)
    if person.pk not in minutes.attended():
        raise PermissionDenied
    return minutes


def amendment_to_answer(person: Person, pk: int) -> Amendment:
    amendment = get_object_or_404(Amendment.objects.select_related("minutes"), pk=pk)
    minutes_to_record(person, amendment.minutes.meeting_id)
    return amendment


def amendment_to_withdraw(person: Person, pk: int) -> Amendment:
    """For who proposed it."""
    amendment = get_object_or_404(Amendment.objects.select_related("minutes"), pk=pk)
    minutes_to_read(person, amendment.minutes.meeting_id)
    if amendment.proposed_by != person:
        raise PermissionDenied
    return amendment


def correction_to_countersign(person: Person, pk: int) -> Correction:
    correction = _correction_to_read(person, pk)
    minutes_to_record(person, correction.sealing.minutes.meeting_id)
    return correction


def correction_to_withdraw(person: Person, pk: int) -> Correction:
    """For who made it."""
    correction = _correction_to_read(person, pk)
    if correction.made_by != person:
        raise PermissionDenied
    return correction


def _correction_to_read(person: Person, pk: int) -> Correction:
    corrections = Correction.objects.select_related("sealing__minutes", "appointment")
    correction = get_object_or_404(corrections, pk=pk)
    minutes_to_read(person, correction.sealing.minutes.meeting_id)
    return correction


def minutes_of(item: AgendaItem) -> Minutes:
    """What an item confirms; unknown where it is about something else."""
    if item.subject.kind != Subject.Kind.MINUTES:
        raise Http404
    return get_object_or_404(Minutes.objects.select_related("meeting__forum"), pk=item.subject.reference)


def meeting_to_verify(person: Person, pk: int) -> Meeting:
    """For whoever reads what the audit's entries hold."""
    meeting = meeting_to_read(person, pk)
    if not may_read_data(person):
        raise PermissionDenied
    return meeting


def decision_to_read(person: Person, pk: int) -> Decision:
    """Any decision: everybody signed in may read what was decided."""
    decisions = Decision.objects.select_related("meeting__forum", "item__subject", "decided_by", "appointment__scope")
    return get_object_or_404(decisions, pk=pk)


def decision_to_dissent_from(person: Person, pk: int) -> Decision:
    decision = decision_to_read(person, pk)
    meeting_to_attend(person, decision.meeting_id)
    return decision


def action_to_read(person: Person, pk: int) -> Action:
    actions = Action.objects.select_related("decision__meeting__charter__forum", "owner", "function")
    return get_object_or_404(actions, pk=pk)


def proof_file_to_read(person: Person, pk: int, file: int) -> ProofFile:
    return get_object_or_404(ProofFile, pk=file, proof__action=action_to_read(person, pk))


def action_to_do(person: Person, pk: int) -> Action:
    action = action_to_read(person, pk)
    if action.owner != person:
        raise PermissionDenied
    return action


def action_to_verify(person: Person, pk: int) -> Action:
    action = action_to_read(person, pk)
    if not sits_in(person, action.decision.meeting):
        raise PermissionDenied
    return action


def answers(person: Person, escalation: Escalation) -> bool:
    """Does an escalation lie with this person?"""
    return authority.appointment_of(person, escalation.to_role, scope=escalation.to_scope_id) is not None


def escalation_to_read(person: Person, pk: int) -> Escalation:
    """Any escalation and its answer, but of an item that the reader is recused from."""
    escalation = get_object_or_404(Escalation.objects.select_related("item__meeting__forum", "answered_by"), pk=pk)
    if escalation.item and escalation.item.recusals.filter(person=person).exists():
        raise Http404
    return escalation


def escalation_to_answer(person: Person, pk: int) -> Escalation:
    escalation = get_object_or_404(Escalation, pk=pk)
    if not answers(person, escalation):
        raise PermissionDenied
    return escalation


def restatement_to_read(person: Person, pk: int) -> Restatement:
    """Any figure that was given anew: everybody signed in may read the truth."""
    return told([get_object_or_404(restated(Asked()), pk=pk)])[0]


def _require(person: Person, *roles: str) -> None:
    if not authority.appointment_of(person, *roles):
        raise PermissionDenied
