"""`manage.py import_dictionary`: measures, definitions, links and dimensions from sheets, all or nothing."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from metrics.dictionary_import import ImportRefused, declare_dimensions, import_dictionary
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import Person


class Command(BaseCommand):
    """Prints what changes, a line a change; the same sheets again change nothing."""

    help = "Import the measurement dictionary from CSV sheets."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("measures", type=Path, help="sheet of measures and their definitions")
        parser.add_argument("links", type=Path, nargs="?", help="sheet of links between them")
        parser.add_argument("--dimensions", type=Path, help="sheet of declared values: dimension,value")
        parser.add_argument("--proposed-by", required=True, metavar="EMAIL")
        parser.add_argument("--approved-by", required=True, metavar="EMAIL", help="another person")
        parser.add_argument("--dry-run", action="store_true", help="tell what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where a file, a person or a line is at fault; nothing is imported then."""
        proposed_by, approved_by = _person(options["proposed_by"]), _person(options["approved_by"])
        measures, links, dimensions = (_text(options[name]) for name in ("measures", "links", "dimensions"))
        try:
            with transaction.atomic():
                declared = declare_dimensions(_dimensions(dimensions), by=Actor(person=approved_by))
                changes = import_dictionary(measures, links, proposed_by=proposed_by, approved_by=approved_by)
                transaction.set_rollback(options["dry_run"])
        except ImportRefused as refused:
            raise CommandError("\n".join([str(refused), *map(str, refused.problems)])) from refused
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for sentence in changes.sentences:
            self.stdout.write(sentence)
        verb = "would change" if options["dry_run"] else "changed"
        self.stdout.write(f"{len(changes.sentences)} entries {verb}, {declared} dimension values new.")


def _text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _dimensions(text: str) -> dict[str, set[str]]:
    observed: dict[str, set[str]] = {}
    lines = csv.reader(StringIO(text))
    if text and next(lines, []) != ["dimension", "value"]:
        raise CommandError("The sheet of dimensions has the columns dimension,value.")
    for cells in lines:
        if len(cells) != 2 or not all(cells):
            raise CommandError(f"dimensions, line {lines.line_num}: write a dimension and a value.")
        observed.setdefault(cells[0], set()).add(cells[1])
    return observed


def _person(email: str) -> Person:
    person = Person.objects.active().filter(email__iexact=email).first()
    if person is None:
        raise CommandError(f"Nobody is enrolled as {email}.")
    return person
