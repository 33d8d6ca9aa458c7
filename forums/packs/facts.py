"""The facts of a sealed meeting as the tables hold them, in the shape that `forums.packs.verifier` recomputes."""

from typing import Any

from django.db.models import QuerySet

from forums.models import (
    Confirmation,
    Correction,
    Decision,
    Meeting,
    Minutes,
    Objection,
    Question,
    Tally,
    Withdrawal,
)
from forums.models.decision import Dissent
from forums.models.interest import Recusal
from truthgov import audit
from truthgov.models import Appointment, AuditEntry, Mandate, Person

BEARING = ("person", "role", "scope", "scope_kind", "starts_on")


def facts_of(meeting: Meeting, sealed: AuditEntry) -> dict[str, Any]:
    """Everything that is compared with the entries up to `sealed`, the entry of its sealing; ids and no names."""
    minutes, charter, decisions = meeting.minutes, meeting.charter, meeting.decisions.order_by("pk")
    attended = [each.as_record() for each in meeting.attendances.all()]
    signatures = [[each.person_id, each.appointment_id, each.text_hash]
                  for each in minutes.standing_signatures().order_by("pk")]  # fmt: skip
    questions = Question.objects.filter(item__meeting=meeting)
    confirmation, corrections = _confirmation(minutes), [_correction(each) for each in corrections_of(meeting)]
    bearing = {*(line[1] for line in attended + signatures), *decisions.values_list("appointment", flat=True),
               *questions.values_list("appointment", flat=True),
               *([confirmation["appointment"]] if confirmation else []),
               *(each[name] for each in corrections for name in ("appointment", "countersigned_as"))}  # fmt: skip
    return {
        "meeting": _meeting(meeting),
        "charter": charter.as_record() | {"approved_by": charter.approved_by_id},
        "appointments": {str(each.pk): _held(each) for each in _appointments(bearing)},
        "attendances": attended,
        "recusals": sorted([each.item_id, each.person_id, each.reason] for each in _recusals(meeting)),
        "questions": [_question(each) for each in questions.order_by("pk")],
        "decisions": [_decision(each) for each in decisions.select_related("item__subject")],
        "dissents": [[each.decision_id, each.person_id, each.reason] for each in _dissents(meeting)],
        "confirmation": confirmation,
        "signatures": signatures,
        "corrections": corrections,
        "sealing": {"hash": minutes.sealing.hash, "text": minutes.sealing.text_hash,
                    "view": minutes.sealing.view_hash, "entry": sealed.number},
        "view": {"hash": meeting.view.hash, "known": meeting.view.known_entry},
        "mandates": [each.as_record() for each in _mandates(sealed)],
    }  # fmt: skip


def names_in(facts: dict[str, Any]) -> dict[str, str]:
    """Who the people in the facts are, by number; a name is not part of what the audit holds."""
    numbers = {
        facts["meeting"]["opened_by"], facts["charter"]["proposed_by"], facts["charter"]["approved_by"],
        *(line[0] for line in facts["attendances"] + facts["signatures"]),
        *(each[name] for each in facts["corrections"] for name in ("by", "countersigned_by")),
        *([facts["confirmation"]["by"]] if facts["confirmation"] else []),
        *(line[1] for line in facts["recusals"] + facts["dissents"]), *(each["by"] for each in facts["decisions"]),
        *(each["by"] for each in facts["questions"]), *(who for each in facts["questions"] for who in each["votes"]),
        *(line[1] for each in facts["questions"] for line in each["objections"]),
        *(each["person"] for each in facts["appointments"].values()),
    }  # fmt: skip
    return {str(person.pk): person.name for person in Person.objects.filter(pk__in=numbers - {None}).order_by("pk")}


def _meeting(meeting: Meeting) -> dict[str, Any]:
    opened, closed = (audit.instant(at) if at else None for at in (meeting.opened_at, meeting.closed_at))
    return {
        "id": meeting.pk, "forum": meeting.forum_id, "charter": meeting.charter_id,
        "opened_by": meeting.opened_by_id, "opened_at": opened, "closed_at": closed,
    }  # fmt: skip


def _confirmation(minutes: Minutes) -> dict[str, Any] | None:
    """None for minutes that were sealed before a later meeting was asked to confirm them."""
    told = Confirmation.objects.filter(minutes=minutes).select_related("item").first()
    if told is None:
        return None
    return {
        "text": told.text_hash, "at_meeting": told.item.meeting_id, "item": told.item_id,
        "confirmed_at": audit.instant(told.confirmed_at), "by": told.confirmed_by_id,
        "appointment": told.appointment_id,
    }  # fmt: skip


def corrections_of(meeting: Meeting) -> QuerySet[Correction]:
    """Those of its sealed minutes, with who countersigned them, or that they were withdrawn."""
    made = Correction.objects.filter(sealing__minutes__meeting=meeting)
    return made.select_related("countersignature", "withdrawal").order_by("pk")


def _correction(correction: Correction) -> dict[str, Any]:
    signed, withdrawn = (getattr(correction, name, None) for name in ("countersignature", "withdrawal"))
    ended = {"withdrawn_because": withdrawn.reason} if withdrawn else {}
    return ended | {
        "id": correction.pk, "passage": correction.passage, "wording": correction.wording, "reason": correction.reason,
        "hash": correction.hash, "by": correction.made_by_id, "appointment": correction.appointment_id,
        "countersigned_by": signed and signed.person_id, "countersigned_as": signed and signed.appointment_id,
    }  # fmt: skip


def _held(appointment: Appointment) -> dict[str, Any]:
    record = appointment.as_record()
    return {name: record[name] for name in BEARING}


def _decision(decision: Decision) -> dict[str, Any]:
    subject = decision.item.subject
    return decision.as_record() | {
        "id": decision.pk, "by": decision.decided_by_id, "appointment": decision.appointment_id,
        "matter": [subject.kind, subject.reference],
    }  # fmt: skip


def _question(question: Question) -> dict[str, Any]:
    record = question.as_record()
    tally = Tally.objects.filter(question=question).first()
    return {name: record[name] for name in ("item", "type", "wording", "motion")} | {
        "id": question.pk, "by": question.put_by_id, "appointment": question.appointment_id,
        "objections": [_objection(each) for each in question.objections.select_related("lifting").order_by("pk")],
        "votes": sorted(question.votes.values_list("person_id", flat=True)),
        "tally": tally.as_record() if tally else None,
        "withdrawn": Withdrawal.objects.filter(question=question).values_list("reason", flat=True).first(),
        "decision": Decision.objects.filter(question=question).values_list("pk", flat=True).first(),
    }  # fmt: skip


def _objection(objection: Objection) -> list[Any]:
    lifting = getattr(objection, "lifting", None)
    ended = lifting and [lifting.overruled, lifting.person_id, lifting.appointment_id, lifting.reason]
    return [objection.pk, objection.person_id, objection.reason, ended]


def _appointments(numbers: set[int | None]) -> QuerySet[Appointment]:
    return (
        Appointment.objects.filter(pk__in=[number for number in numbers if number])
        .select_related("scope")
        .order_by("pk")
    )


def _recusals(meeting: Meeting) -> QuerySet[Recusal]:
    return Recusal.objects.filter(item__meeting=meeting)


def _dissents(meeting: Meeting) -> QuerySet[Dissent]:
    return Dissent.objects.filter(decision__meeting=meeting).order_by("pk")


def _mandates(sealed: AuditEntry) -> QuerySet[Mandate]:
    """Those granted by then, of which an entry holds what they grant."""
    granted = AuditEntry.objects.filter(code="mandate.granted", number__lte=sealed.number, data__has_key="starts_on")
    numbers = [int(number) for number in granted.values_list("subject_id", flat=True)]
    return Mandate.objects.filter(pk__in=numbers).order_by("version")
