from datetime import date

import factory
from django.contrib.auth.hashers import make_password
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
    proposed_by = factory.SubFactory(PersonFactory, email="proposer@example.org", name="Pat Proposer")
    confirmed_by = factory.SubFactory(PersonFactory, email="confirmer@example.org", name="Cam Confirmer")
