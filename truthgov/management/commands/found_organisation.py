"""`manage.py found_organisation`: the organisation and its first administrator, once."""

from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from environs import Env

from truthgov.errors import Refusal
from truthgov.founding import found


class Command(BaseCommand):
    """The password comes from TRUTHGOV_ADMINISTRATOR_PASSWORD, else it is asked for; it is never an argument."""

    help = "Found the organisation with its first administrator, who then appoints the sponsor."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", help="its name")
        parser.add_argument("--email", required=True, help="the first administrator's address")
        parser.add_argument("--name", required=True, help="the first administrator's name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            password = Env().str("TRUTHGOV_ADMINISTRATOR_PASSWORD", "") or getpass(f"Password for {options['email']}: ")
            validate_password(password)
            person = found(options["organisation"], email=options["email"], name=options["name"], password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except EOFError as error:
            raise CommandError("Nobody is there to be asked: give it in TRUTHGOV_ADMINISTRATOR_PASSWORD.") from error
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{options['organisation']} is founded; {person.email} administers it.")
