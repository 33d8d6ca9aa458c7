"""`manage.py provision`: the database as this version of the product needs it, by its owner."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from truthgov import grants


class Command(BaseCommand):
    """Role, migrations, grants: safe to run again, and before every start of a new version."""

    help = "Create the application role, migrate as the owner and grant the application role what it needs."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when no owner's address is given."""
        if "owner" not in settings.DATABASES:
            raise CommandError("Set DATABASE_OWNER_URL to the address of the role that owns the tables.")
        owner, application = connections["owner"], settings.DATABASES["default"]
        grants.ensure_role(owner, application)
        call_command("migrate", database="owner", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", database="owner", verbosity=0)
        with transaction.atomic(using="owner"):
            grants.grant(owner, application["USER"])
