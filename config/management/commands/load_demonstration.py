from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import cast, ledger, loading
from truthgov.models import Person, Scope


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
        self._say(f"\nThe demonstration's people sign in with the password {settings.DEMONSTRATION_PASSWORD}")
        for part in cast.SHOWN:
            self._say(f"  {part.role.label:16} {part.email:38} {part.name}{f', {part.over}' if part.over else ''}")
        self._say("No second factor is asked of them; a real installation asks whoever decides or administers.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
