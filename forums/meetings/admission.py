"""What a browser that follows a meeting may be told, where nothing is known of it but its session."""

from collections.abc import Collection
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from forums.access import meetings_to_read
from forums.models import Meeting
from truthgov.models import Person
from truthgov.second_factor import lacks_second_factor

NO_MEETING = 0


def version_for(session_key: str, meeting: int) -> int | None:
    """The meeting's version, where the session is that of somebody who may read it now; None otherwise."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key or None)
    person = get_user(request)
    if not isinstance(person, Person) or lacks_second_factor(person):
        return None
    return meetings_to_read(person).filter(pk=meeting).values_list("version", flat=True).first()


def versions(meetings: Collection[int]) -> dict[int, int]:
    """The version of each meeting; the database is asked even where there is none, to know that it answers."""
    found = Meeting.objects.filter(pk__in=[NO_MEETING, *meetings]).order_by()
    return dict(found.values_list("pk", "version"))
