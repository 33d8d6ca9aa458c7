"""Who acts."""

from truthgov.actor import Actor
from truthgov.models import Person


def by(person: Person) -> Actor:
    """A person, under whatever appointment lets them do it."""
    return Actor(person=person)
