"""Who can sign in: people are enrolled, deactivated and reactivated by an administrator."""

from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.errors import Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Appointment, Person, Role


def enrol(email: str, name: str, *, by: Actor, password: str | None = None) -> Person:
    """A new person, who may read; without a password they set one by the reset link. Refusal for a known address."""
    with audit.act():
        actor = acting_as(by, Role.ADMINISTRATOR)
        with only_once(f"{email} belongs to somebody who is enrolled already."):
            person = Person.objects.create_user(email, password, name=name)
        audit.record("person.enrolled", person, by=actor)
    return person


def deactivate(person: Person, *, by: Actor) -> None:
    """Shut a person out at once; what they did and their appointments' history stay."""
    with audit.act():
        actor = acting_as(by, Role.ADMINISTRATOR)
        if person == actor.person:
            raise Refusal("Nobody deactivates themselves; ask another administrator.")
        _move(person, actor, "person.deactivated", is_active=False)


def reactivate(person: Person, *, by: Actor) -> None:
    with audit.act():
        _move(person, acting_as(by, Role.ADMINISTRATOR), "person.reactivated", is_active=True)


def _move(person: Person, actor: Actor, code: str, *, is_active: bool) -> None:
    if not Person.objects.filter(pk=person.pk, is_active=not is_active).update(is_active=is_active):
        raise Refusal(f"{person} is {'active' if is_active else 'deactivated'} already.")
    person.refresh_from_db()
    in_force = Appointment.objects.in_force(on=clock.today()).of(person)
    audit.record(code, person, by=actor, appointments=list(in_force.values_list("pk", flat=True)))
