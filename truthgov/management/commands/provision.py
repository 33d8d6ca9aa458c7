"""`manage.py provision`: the database as this version of the product needs it, by its owner."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from truthgov import grants
from truthgov.migrating import rendering_what_changes


class Command(BaseCommand):
    """Role, migrations, grants: safe to run again, and before every start of a new version."""

    help = "Create the application role, migrate as the owner and grant the application role what it needs."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when no owner's address is given, or a later version has migrated the database."""
        if "owner" not in settings.DATABASES:
            raise CommandError("Set DATABASE_OWNER_URL to the address of the role that owns the tables.")
        owner, application = connections["owner"], settings.DATABASES["default"]
        refuse_what_is_later(owner)
        grants.ensure_role(owner, application)
        with rendering_what_changes():
            call_command("migrate", database="owner", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", database="owner", verbosity=0)
        with transaction.atomic(using="owner"):
            grants.grant(owner, application["USER"])


def refuse_what_is_later(owner: BaseDatabaseWrapper) -> None:
    """Raises CommandError where our rooms were migrated further than this version knows: it would start there, take
    figures in, and fail on every page that shows what has changed."""
    rooms = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    loader = MigrationLoader(owner)
    later = sorted(key for key in loader.applied_migrations if key[0] in rooms and key not in loader.disk_migrations)
    if later:
        raise CommandError(
            f"A later version of truthgov has migrated this database ({'.'.join(later[-1])}). Start that version, or "
            "restore the backup that was made before it."
        )
