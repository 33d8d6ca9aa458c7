"""`manage.py import_dictionary`: the measurement dictionary from a file of any of its forms, all or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.dictionary_files.foreign import Answers
from metrics.dictionary_files.reading import Reading, read_file
from metrics.dictionary_files.tables import take_sheet
from metrics.dictionary_import import ImportRefused, import_dictionary
from truthgov.errors import Refusal
from truthgov.figures import counted
from truthgov.intake import read_text
from truthgov.models import Person


class Command(BaseCommand):
    """Prints what changes, a line a change; the same file again changes nothing."""

    help = "Import the measurement dictionary from YAML, XLSX, CSV, dbt or OSI files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=".yaml, .xlsx, .zip, or a .csv sheet of measures")
        parser.add_argument("links", type=Path, nargs="?", help="beside a .csv sheet of measures: its links")
        parser.add_argument("--dimensions", type=Path, help="sheet of declared values: dimension,value")
        parser.add_argument("--proposed-by", required=True, metavar="EMAIL")
        parser.add_argument("--approved-by", required=True, metavar="EMAIL", help="another person")
        parser.add_argument("--function", default="", help="of a dbt or OSI file: the function that answers")
        parser.add_argument("--source", default="", help="of a dbt or OSI file: where its figures come from")
        parser.add_argument("--direction", default="higher", help="of a dbt or OSI file: higher or lower is better")
        parser.add_argument("--grain", default="month", help="of a dbt or OSI file: day, week, month or quarter")
        parser.add_argument(
            "--unguarded-because", default="", metavar="REASON", help="why targets without a counter-measure need none"
        )
        parser.add_argument("--dry-run", action="store_true", help="tell what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where a file, a person or a line is at fault; nothing is imported then."""
        try:
            reading = _reading(options)
            for finding in reading.findings:
                self.stdout.write(str(finding))
            changes = import_dictionary(
                reading.document, proposed_by=_person(options["proposed_by"]),
                approved_by=_person(options["approved_by"]), dry_run=options["dry_run"],
                unguarded_because=_reason(options),
            )  # fmt: skip
        except ImportRefused as refused:
            raise CommandError("\n".join(_told(refused))) from refused
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for change in changes:
            self.stdout.write(str(change))
        verb = "would change" if options["dry_run"] else "changed"
        self.stdout.write(f"{counted(len(changes), 'entry', 'entries')} {verb}.")


def _told(refused: ImportRefused) -> list[str]:
    lines = [str(refused), *map(str, refused.problems)]
    if any("unguarded_because" in line for line in lines):
        lines.append("--unguarded-because REASON gives one reason to all targets that nothing guards.")
    return lines


def _reading(options: dict[str, Any]) -> Reading:
    answers = Answers(*(options[name] for name in ("function", "source", "direction", "grain")))
    links = read_text(_content(options["links"]))
    reading = read_file(options["file"].name, _content(options["file"]), answers, links=links)
    if options["dimensions"]:
        take_sheet(reading.document, "dimensions", options["dimensions"].name, _content(options["dimensions"]))
    return reading


def _reason(options: dict[str, Any]) -> str:
    """Why targets that nothing guards need no counter-measure; a sheet without a column for it says just that."""
    reason, file = str(options["unguarded_because"]), options["file"]
    if reason or file.suffix.lower() != ".csv":
        return reason
    header = read_text(_content(file)).partition("\n")[0]
    return "" if "unguarded_because" in header else f"{file.name} has no column for counter-measures or reasons."


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
