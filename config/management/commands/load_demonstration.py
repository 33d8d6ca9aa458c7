from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management.base import BaseCommand, CommandError

from config.demo import cast, ledger
from truthgov.deferred import Deferred
from truthgov.models import Person, Scope

if TYPE_CHECKING:
    from config.demo import loading
else:  # each start asks whether it is loaded, and one loads it
    loading = Deferred("config.demo.loading")


class Command(BaseCommand):
    """Load the demonstration organisation into an empty database, then name a sign-in for each role."""

    help = "Load the demonstration organisation, or, where it is loaded, name its sign-ins again."

    def handle(self, *args: Any, **options: Any) -> None:
        if not Scope.objects.filter(kind=Scope.Kind.ORGANISATION).exists():
            self._load()
        ledger.move()
        if Person.objects.filter(email=cast.ADMINISTRATOR.email).exists():
            self._name_sign_ins()

    def _load(self) -> None:
        if len(settings.DEMONSTRATION_PASSWORD) < loading.SHORTEST_PASSWORD:
            raise CommandError(
                f"Set TRUTHGOV_DEMONSTRATION_PASSWORD to at least {loading.SHORTEST_PASSWORD} characters: the "
                "demonstration's people sign in with it."
            )
        self.stdout.write("The demonstration organisation:")
        loading.load(settings.DEMONSTRATION_PASSWORD, tell=lambda line: self._say(f"  {line}"))

    def _name_sign_ins(self) -> None:
        if _opens_an_account(settings.DEMONSTRATION_PASSWORD):
            self._say(f"\nThe demonstration's people sign in with the password {settings.DEMONSTRATION_PASSWORD}")
        else:
            self._say(
                "\nThe password of this data home opens none of the demonstration's accounts. They have another, which "
                "was given as TRUTHGOV_DEMONSTRATION_PASSWORD or is kept in the data home of then, in the file "
                "demonstration_password."
            )
        for part in cast.SHOWN:
            self._say(f"  {part.role.label:16} {part.email:38} {part.name}{f', {part.over}' if part.over else ''}")
        self._say("No second factor is asked of them; a real installation asks whoever decides or administers.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _opens_an_account(password: str) -> bool:
    """Whether somebody of the demonstration signs in with it: the database may be older than the data home."""
    emails = [part.email for part in cast.SHOWN]
    kept = Person.objects.filter(email__in=emails).values_list("password", flat=True)
    return any(check_password(password, each) for each in kept)
