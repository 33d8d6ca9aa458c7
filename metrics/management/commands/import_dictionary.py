"""`manage.py import_dictionary`: the measurement dictionary from a file of any of its forms, all or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.dictionary_files import Document
from metrics.dictionary_files.reading import read_file
from metrics.dictionary_files.tables import take_sheet
from metrics.dictionary_import import ImportRefused, import_dictionary
from truthgov.errors import Refusal
from truthgov.models import Person


class Command(BaseCommand):
    """Prints what changes, a line a change; the same file again changes nothing."""

    help = "Import the measurement dictionary from YAML, XLSX, a zip of CSV tables, or CSV sheets."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=".yaml, .xlsx, .zip, or a .csv sheet of measures")
        parser.add_argument("links", type=Path, nargs="?", help="beside a .csv sheet of measures: its links")
        parser.add_argument("--dimensions", type=Path, help="sheet of declared values: dimension,value")
        parser.add_argument("--proposed-by", required=True, metavar="EMAIL")
        parser.add_argument("--approved-by", required=True, metavar="EMAIL", help="another person")
        parser.add_argument("--dry-run", action="store_true", help="tell what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where a file, a person or a line is at fault; nothing is imported then."""
        people = {name: _person(options[name]) for name in ("proposed_by", "approved_by")}
        try:
            changes = import_dictionary(_document(options), **people, dry_run=options["dry_run"])
        except ImportRefused as refused:
            raise CommandError("\n".join([str(refused), *map(str, refused.problems)])) from refused
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for change in changes:
            self.stdout.write(str(change))
        verb = "would change" if options["dry_run"] else "changed"
        self.stdout.write(f"{len(changes)} entries {verb}.")


def _document(options: dict[str, Any]) -> Document:
    links = _content(options["links"]).decode()
    document = read_file(options["file"].name, _content(options["file"]), links=links).document
    if options["dimensions"]:
        take_sheet(document, "dimensions", options["dimensions"].name, _content(options["dimensions"]))
    return document


def _content(path: Path | None) -> bytes:
    try:
        return path.read_bytes() if path else b""
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _person(email: str) -> Person:
    person = Person.objects.active().filter(email__iexact=email).first()
    if person is None:
        raise CommandError(f"Nobody is enrolled as {email}.")
    return person
