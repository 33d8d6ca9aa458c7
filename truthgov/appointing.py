"""Who appoints whom: one person proposes, another confirms.

The chain of authority starts with two acts of one person each: an administrator appoints the first sponsor, the
sponsor appoints the truth owner.
"""

from datetime import date, timedelta

from django.db.models import Q

from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as, appointment_of
from truthgov.errors import Refusal
from truthgov.lifecycle import advance
from truthgov.models import ACCOUNTABLE, SCOPE_KINDS, STANDING_APART, Appointment, Deputy, Person, Role, Scope

PROPOSERS = (Role.ADMINISTRATOR, Role.SPONSOR, Role.TRUTH_OWNER)
CONFIRMERS: dict[str, tuple[Role, ...]] = {
    Role.ADMINISTRATOR: (Role.SPONSOR,),
    Role.AUDITOR: (Role.SPONSOR,),
    Role.TRUTH_OWNER: (Role.SPONSOR,),
}
"""Who confirms a role, and may end it; for those not named, `USUAL_CONFIRMERS`."""
USUAL_CONFIRMERS = (Role.SPONSOR, Role.TRUTH_OWNER)


def confirmers(role: str) -> tuple[Role, ...]:
    return CONFIRMERS.get(role, USUAL_CONFIRMERS)


def propose(
    person: Person, role: str, scope: Scope, *, starts_on: date, ends_on: date | None = None, by: Actor
) -> Appointment:
    """Propose that `person` holds `role` over `scope` from a day until before another (None: until ended).

    Confirmed at once where the proposer starts the chain of authority. PermissionDenied unless `by` may propose;
    Refusal where the role is not held over such a scope, or the dates, the person or a colleague stand in the way.
    """
    with audit.act():
        actor = acting_as(by, *PROPOSERS)
        _require_sound(person, role, scope, starts_on, ends_on)
        appointment = Appointment.objects.create(
            person=person, role=role, scope=scope, holds=(starts_on, ends_on), proposed_by=actor.person
        )
        audit.record("appointment.proposed", appointment, by=actor, person=person.pk, role=role, scope=scope.pk)
        sole = _sole_appointer(role)
        if sole and by.person and person != by.person and appointment_of(by.person, sole):
            _settle(appointment, acting_as(by, sole))
    return appointment


def confirm(appointment: Appointment, *, by: Actor) -> None:
    """Put a proposed appointment in force. PermissionDenied unless `by` may confirm its role; Refusal for the proposer,
    for the appointed person, and while somebody else holds an accountable role over the scope."""
    with audit.act():
        actor = acting_as(by, *confirmers(appointment.role))
        if actor.person == appointment.proposed_by:
            raise Refusal("You proposed this appointment; somebody else has to confirm it.")
        if actor.person == appointment.person:
            raise Refusal("Nobody confirms an appointment of their own; ask another confirmer.")
        _settle(appointment, actor)


def decline(appointment: Appointment, *, reason: str, by: Actor) -> None:
    """Turn a proposal down: a confirmer, who proposed it, or who was to be appointed."""
    with audit.act():
        concerned = by.person in (appointment.proposed_by, appointment.person)
        actor = by if concerned else acting_as(by, *confirmers(appointment.role))
        advance(appointment, Appointment.Status.PROPOSED, Appointment.Status.DECLINED)
        audit.record("appointment.declined", appointment, by=actor, reason=reason)


def end(appointment: Appointment, *, on: date, reason: str, by: Actor) -> None:
    """End an appointment so that `on` is the first day without it; not before today, and after its first day.

    Its holder may lay it down, a confirmer of its role may end it.
    """
    with audit.act():
        actor = by if by.person == appointment.person else acting_as(by, *confirmers(appointment.role))
        held = Appointment.objects.select_for_update(no_key=True).get(pk=appointment.pk)
        _require_endable(held, on)
        held.holds = (held.holds.lower, on)
        held.save(update_fields=["holds"])
        audit.record("appointment.ended", held, by=actor, on=on, reason=reason)
    appointment.refresh_from_db()


def name_deputy(appointment: Appointment, person: Person, *, starts_on: date, ends_on: date, by: Actor) -> Deputy:
    """Let `person` act under an appointment in its holder's stead; the holder alone names a deputy."""
    with audit.act():
        # Deputies of one appointment are named one after another, so that the check below sees them all; nor is one
        # made an administrator or an auditor meanwhile.
        held = (
            Appointment.objects.select_for_update(of=["self"], no_key=True)
            .select_related("scope")
            .get(pk=appointment.pk)
        )
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        actor = acting_as(by, held.role, scope=held.scope)
        if held.person != actor.person:
            raise Refusal(f"Only {held.person} names the deputy for this appointment.")
        _require_deputy(held, person, starts_on, ends_on)
        deputy = Deputy.objects.create(
            appointment=held, person=person, holds=(starts_on, ends_on), named_by=actor.person
        )
        audit.record("deputy.named", deputy, by=actor, appointment=held.pk, person=person.pk, starts_on=starts_on,
                     ends_on=ends_on)  # fmt: skip
    return deputy


def _sole_appointer(role: str) -> Role | None:
    """Whose act alone appoints: of the truth owner the sponsor's, of the first sponsor an administrator's."""
    if role == Role.TRUTH_OWNER:
        return Role.SPONSOR
    founded = Appointment.objects.filter(role=Role.SPONSOR, status=Appointment.Status.CONFIRMED).exists()
    return Role.ADMINISTRATOR if role == Role.SPONSOR and not founded else None


def _settle(appointment: Appointment, actor: Actor) -> None:
    # Scope, then person: two who confirm rivals at the same moment come one after the other, and the second is told.
    Scope.objects.select_for_update(no_key=True).get(pk=appointment.scope_id)
    Person.objects.select_for_update(no_key=True).get(pk=appointment.person_id)
    _require_vacant(appointment)
    _require_compatible(appointment)
    advance(
        appointment,
        Appointment.Status.PROPOSED,
        Appointment.Status.CONFIRMED,
        confirmed_by=actor.person,
        confirmed_at=clock.now(),
    )
    audit.record("appointment.confirmed", appointment, by=actor, **appointment.as_record())


def _require_sound(person: Person, role: str, scope: Scope, starts_on: date, ends_on: date | None) -> None:
    kind = SCOPE_KINDS.get(Role(role), Scope.Kind.ORGANISATION)
    if scope.kind != kind:
        over = "the organisation" if kind == Scope.Kind.ORGANISATION else f"a {kind.label.lower()}"
        raise Refusal(f"The role of {Role(role).label} is held over {over}; choose that.")
    if not person.is_active:
        raise Refusal(f"{person} can no longer sign in; choose somebody else, or let an administrator reactivate them.")
    if ends_on and ends_on <= starts_on:
        raise Refusal("An appointment ends after it begins; give a later end.")


def _require_vacant(appointment: Appointment) -> None:
    rivals = Appointment.objects.filter(
        status=Appointment.Status.CONFIRMED,
        role=appointment.role,
        scope=appointment.scope,
        holds__overlap=appointment.holds,
    )
    if appointment.role not in ACCOUNTABLE:
        rivals = rivals.filter(person=appointment.person)
    rival = rivals.select_related("person").first()
    if rival:
        until = f"until {rival.holds.upper}" if rival.holds.upper else "without an end"
        raise Refusal(
            f"{rival.person} is {rival.title} from {rival.holds.lower} {until}, and there is one at a time; "
            "end that appointment first, or propose dates that do not meet it."
        )


def _require_compatible(appointment: Appointment) -> None:
    is_apart, apart = appointment.role in STANDING_APART, Q(role__in=STANDING_APART)
    if is_apart:
        _require_no_deputy(appointment)
    other = Appointment.objects.of(appointment.person).filter(
        ~apart if is_apart else apart, status=Appointment.Status.CONFIRMED, holds__overlap=appointment.holds
    ).first()  # fmt: skip
    if other:
        role = Role(appointment.role if is_apart else other.role)
        raise Refusal(f"An {role.label} can neither decide nor sign; choose somebody who holds no other role.")


def _require_no_deputy(appointment: Appointment) -> None:
    standing_in = Deputy.objects.of(appointment.person).filter(holds__overlap=appointment.holds).first()
    if standing_in:
        raise Refusal(
            f"{standing_in.person} stands in for {standing_in.appointment.person} until {standing_in.holds.upper}, and "
            f"an {Role(appointment.role).label} can neither decide nor sign; propose dates from then on, or choose "
            "somebody else."
        )


def _require_endable(held: Appointment, on: date) -> None:
    if held.status != Appointment.Status.CONFIRMED:
        raise Refusal("Only a confirmed appointment is ended; a proposal is declined.")
    if held.holds.upper and held.holds.upper <= clock.today():
        raise Refusal("This appointment has ended already; its history stays as it was.")
    earliest = max(clock.today(), held.holds.lower + timedelta(days=1))
    if on < earliest or (held.holds.upper and on > held.holds.upper):
        raise Refusal(
            f"Choose a day from {earliest} on" + (f", and by {held.holds.upper}." if held.holds.upper else ".")
        )


def _require_deputy(held: Appointment, person: Person, starts_on: date, ends_on: date) -> None:
    if person == held.person or not person.is_active:
        raise Refusal("Choose a colleague who can sign in as the deputy.")
    if ends_on <= starts_on or starts_on < held.holds.lower or (held.holds.upper and ends_on > held.holds.upper):
        raise Refusal("A deputy stands in for days within the appointment; choose such dates.")
    apart = Appointment.objects.of(person).filter(role__in=STANDING_APART, status=Appointment.Status.CONFIRMED)
    if standing_apart := apart.filter(holds__overlap=(starts_on, ends_on)).first():
        role = standing_apart.get_role_display()
        raise Refusal(f"An {role} can neither decide nor sign, nor stand in for who does; choose somebody else.")
    if held.deputies.filter(holds__overlap=(starts_on, ends_on)).exists():
        raise Refusal("Somebody stands in on some of these days already; choose other dates.")
