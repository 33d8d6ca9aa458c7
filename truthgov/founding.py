"""How an organisation comes to be: its scope, its first administrator, its functions."""

from django.utils.text import slugify

from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.errors import Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Appointment, Function, Person, Role, Scope

FOUNDER = Actor(clockwork="found_organisation")


def found(organisation: str, *, email: str, name: str, password: str | None) -> Person:
    """Found the one organisation with its first administrator, who then appoints the sponsor.

    Refusal when it is founded already. Without a password they set one by the reset link.
    """
    with audit.act():
        if Scope.objects.filter(kind=Scope.Kind.ORGANISATION).exists():
            raise Refusal("The organisation is founded already; its administrators enrol further people.")
        scope = Scope.objects.create(kind=Scope.Kind.ORGANISATION, name=organisation)
        person = Person.objects.create_user(email, password, name=name)
        appointment = Appointment.objects.create(
            person=person,
            role=Role.ADMINISTRATOR,
            scope=scope,
            holds=(clock.today(), None),
            status=Appointment.Status.CONFIRMED,
            confirmed_at=clock.now(),
        )
        audit.record("organisation.founded", scope, by=FOUNDER, name=organisation)
        appointment.refresh_from_db(fields=["holds"])
        audit.record("appointment.confirmed", appointment, by=FOUNDER, **appointment.as_record())
    return person


def establish_function(name: str, *, by: Actor) -> Function:
    """A new function, which somebody can then be appointed to lead; by an administrator, sponsor or truth owner."""
    with audit.act():
        actor = acting_as(by, Role.ADMINISTRATOR, Role.SPONSOR, Role.TRUTH_OWNER)
        code = slugify(name)
        if not code:
            raise Refusal(f"{name} has no letters to make a code of; choose another name.")
        with only_once(f"There is a function called {name} already; choose another name."):
            scope = Scope.objects.create(kind=Scope.Kind.FUNCTION, name=name)
            function = Function.objects.create(scope=scope, code=code, name=name)
        audit.record("function.established", function, by=actor, name=name)
    return function
