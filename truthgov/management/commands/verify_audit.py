"""`manage.py verify_audit`: recompute the chain of the audit and say what is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from truthgov import checkpoints
from truthgov.figures import counted
from truthgov.verification import verify


class Command(BaseCommand):
    """Exit status 1, with a line for each fault, when the chain, its head or a checkpoint does not hold."""

    help = (
        "Recompute the audit's chain, compare it with its head and with the signed checkpoints outside the database, "
        "and hold what acts wrote and changed against what their entries tell of it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify()
        if not found.holds:
            raise CommandError("The audit does not hold.\n" + "\n".join(found.faults))
        self.stdout.write(
            f"The audit holds: {counted(found.entries, 'entry', 'entries')}, "
            f"{counted(found.checkpoints, 'signed checkpoint')} (Ed25519 key {checkpoints.public_key()})."
        )
        self.stdout.write(f"{counted(found.rows, 'row')} that acts wrote or changed are what the entries tell of them.")
        if found.untold:
            untold = ", ".join(found.untold)
            self.stdout.write(f"No entry tells of {untold}: older than entries that do, or not acted on yet.")
        if not found.checkpoints:
            self.stdout.write("No checkpoint outside the database yet: a cut tail would not be found.")
