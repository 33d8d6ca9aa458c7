from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import factory
from django.contrib.auth.hashers import make_password
from django.db import connection
from factory.django import DjangoModelFactory

from truthgov.models import Appointment, Function, Person, Scope

LONG_AGO = date(2015, 1, 1)
PASSWORD = "correct horse battery"


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person
        django_get_or_create = ("email",)

    name = factory.Faker("name")
    email = factory.Sequence(lambda number: f"person{number}@example.org")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class Met(NamedTuple):
    """Somebody who signs what factories make, and the savepoints within which they were met."""

    person: Person
    inside: tuple[str | None, ...]

    @property
    def is_there(self) -> bool:
        """What was made within a savepoint that is left may be rolled back with it."""
        return tuple(connection.savepoint_ids[: len(self.inside)]) == self.inside


met: dict[tuple[str, str], Met] = {}
"""By database and address, in this test: nearly all that factories make is signed, and asking for its two signatures
cost more than making it."""


def signing(name: str, email: str) -> Callable[[], Person]:
    """Whoever signs, asked for once a test."""

    def signed() -> Person:
        key = str(connection.settings_dict["NAME"]), email
        if key not in met or not met[key].is_there:
            met[key] = Met(PersonFactory(name=name, email=email), tuple(connection.savepoint_ids))
        return met[key].person

    return signed


proposer = signing("Pat Proposer", "proposer@example.org")
confirmer = signing("Cam Confirmer", "confirmer@example.org")


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Scope
        django_get_or_create = ("kind",)

    kind = Scope.Kind.ORGANISATION
    name = "Atlantic Hotels"


class FunctionFactory(DjangoModelFactory):
    class Meta:
        model = Function
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda number: f"Function {number}")
    code = factory.LazyAttribute(lambda function: function.name.lower().replace(" ", "-"))
    scope = factory.LazyAttribute(
        lambda function: Scope.objects.get_or_create(kind=Scope.Kind.FUNCTION, name=function.name)[0]
    )


class AppointmentFactory(DjangoModelFactory):
    """A confirmed appointment, in force since long ago."""

    class Meta:
        model = Appointment

    person = factory.SubFactory(PersonFactory)
    scope = factory.SubFactory(OrganisationFactory)
    holds = (LONG_AGO, None)
    status = Appointment.Status.CONFIRMED
    proposed_by = factory.LazyFunction(proposer)
    confirmed_by = factory.LazyFunction(confirmer)
