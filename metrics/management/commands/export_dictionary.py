"""`manage.py export_dictionary`: the measurement dictionary as a file, in the form that its name asks for."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.dictionary.export import dictionary_as_it_stands
from metrics.dictionary_files.writing import WRITERS


class Command(BaseCommand):
    """The same dictionary gives the same file; `import_dictionary` reads it again without loss."""

    help = "Export the measurement dictionary as .yaml, .xlsx or .zip (CSV tables)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what to write; its ending says the form")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for another ending, or where the file cannot be written."""
        path: Path = options["file"]
        form = WRITERS.get(path.suffix.lstrip("."))
        if form is None:
            raise CommandError(f"Name a file that ends in one of {', '.join(f'.{ending}' for ending in WRITERS)}.")
        try:
            path.write_bytes(form.write(dictionary_as_it_stands()))
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error}") from error
        self.stdout.write(f"The dictionary stands in {path}.")
