"""`manage.py prepare`: a database that `make up` can serve, with the demonstration organisation on first start."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Provision, then load the demonstration organisation where there is no organisation yet."""

    requires_system_checks: tuple[str, ...] = ()  # they load every page, which this command has no use for
    help = "Provision the database and, while it holds no organisation, load the demonstration organisation."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("provision", verbosity=0)
        call_command("load_demonstration", stdout=self.stdout)
