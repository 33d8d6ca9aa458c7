"""`manage.py issue_key`: a key for a program that pushes figures, printed once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Model

from metrics import keys
from metrics.models import Source
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import Function


class Command(BaseCommand):
    """The key alone goes to standard output, so that a script can keep it; what it is for goes to standard error."""

    help = "Issue a key that pushes figures of named functions from named sources, and print it this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the program that will use it")
        parser.add_argument("--source", action="append", required=True, help="code of a source; may be repeated")
        parser.add_argument("--function", action="append", default=[], help="code of a function; may be repeated")
        parser.add_argument("--days", type=int, default=365, help="until it expires (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an unknown source or function, and for what the kernel refuses."""
        sources = self._named(Source, options["source"])
        functions = self._named(Function, options["function"])
        try:
            expires_at = clock.now() + timedelta(days=options["days"])
            key, text = keys.issue(
                options["name"], functions=functions, sources=sources, expires_at=expires_at,
                by=Actor(clockwork="command issue_key"),
            )  # fmt: skip
        except OverflowError as error:
            raise CommandError("A key expires within a year from now; give fewer days.") from error
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stderr.write(f"{key.name}: expires on {key.expires_at:%Y-%m-%d}; the key is not shown again.")
        self.stdout.write(text)

    def _named(self, model: type[Model], codes: list[str]) -> list[Any]:
        found = {record.code: record for record in model._default_manager.filter(code__in=codes)}  # type: ignore[attr-defined]
        unknown = sorted(set(codes) - set(found))
        if unknown:
            raise CommandError(f"There is no {model._meta.verbose_name} with the code {', '.join(unknown)}.")
        return list(found.values())
