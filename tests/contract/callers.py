"""Who calls the API in the contract's tests: nobody known, a program, and people of several roles in their sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.test import Client

from tests.factories.world import World

TOKEN = "x" * 32
ROLES = ("truth owner", "lead", "journey owner", "administrator", "outsider")


@dataclass(frozen=True)
class Caller:
    """Somebody, by what they send along."""

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)


def callers(world: World) -> list[Caller]:
    return [
        Caller("a stranger"),
        Caller("a program", {"Authorization": f"Bearer {world.key}"}),
        *(_in_session(world, role) for role in ROLES),
    ]


def _in_session(world: World, role: str) -> Caller:
    browser = Client()
    browser.force_login(world.people[role])
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}
    return Caller(role, {"X-CSRFToken": TOKEN}, cookies)
