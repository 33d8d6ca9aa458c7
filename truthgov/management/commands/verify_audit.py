"""`manage.py verify_audit`: recompute the chain of the audit and say what is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from truthgov import checkpoints
from truthgov.figures import counted
from truthgov.verification import verify


class Command(BaseCommand):
    """Exit status 1, with a line for each fault, when the chain, its head or a checkpoint does not hold."""

    help = "Recompute the audit's chain, compare it with its head and with the signed checkpoints outside the database."

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify()
        if not found.holds:
            raise CommandError("The audit does not hold.\n" + "\n".join(found.faults))
        self.stdout.write(
            f"The audit holds: {counted(found.entries, 'entry', 'entries')}, "
            f"{counted(found.checkpoints, 'signed checkpoint')} (Ed25519 key {checkpoints.public_key()})."
        )
        if not found.checkpoints:
            self.stdout.write("No checkpoint outside the database yet: a cut tail would not be found.")
