"""`manage.py verify_figures`: hold every figure against the ledger, and the ledger against the audit."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.dictionary.on_record import Standing
from metrics.figures import verifying
from truthgov.figures import counted


class Command(BaseCommand):
    """Exit status 1, with a line for each fault, when a submission, a reading or an array does not hold."""

    help = (
        "Recompute the digest of every submission, and of what was approved to judge figures by, and compare it with "
        "its audit entry; compare the figures that are shown, and the arrays that are judged, with the ledger."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--mend", action="store_true", help="make what is shown and judged anew from the ledger where it differs"
        )

    def handle(self, *args: Any, mend: bool, **options: Any) -> None:
        found = verifying.mend() if mend else verifying.verify()
        if found.altered or (found.faults and not mend):
            raise CommandError("\n".join(["The figures do not hold.", *found.faults, _next(found)]))
        for fault in found.faults:
            self.stdout.write(f"Mended. {fault}")
        self.stdout.write(
            f"The figures hold: {found.observations} figures of {found.submissions} submissions are what their audit "
            "entries say, and what is shown and judged is what they say."
        )
        for line in _judged_by(found.approved):
            self.stdout.write(line)


def _judged_by(approved: Standing) -> Iterator[str]:
    """What of all that figures are judged by was held against the audit, and what could not be."""
    versions = counted(approved.versions, "version of a definition", "versions of definitions")
    sources = counted(approved.sources, "source of record", "sources of record")
    conditions = counted(approved.conditions, "target condition")
    if approved.versions or approved.sources or approved.conditions:
        yield f"What they are judged by holds: {versions}, {sources} and {conditions} say what was approved."
    if approved.untold:
        untold = counted(approved.untold, "version or source of record", "versions and sources of record")
        yield f"Of {untold} no audit entry holds what was approved."


def _next(found: verifying.Verification) -> str:
    """What to do about it."""
    if found.altered:
        return "What is on record was itself changed: find out by whom, and restore a backup from before."
    return "What is shown or judged can be made anew from the ledger: manage.py verify_figures --mend."
