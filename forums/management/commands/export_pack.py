"""`manage.py export_pack MEETING`: the evidence pack of a sealed meeting, to be verified anywhere."""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forums.models import Meeting
from forums.packs import evidence_pack
from truthgov import checkpoints
from truthgov.errors import Refusal


class Command(BaseCommand):
    """Writes a folder, or a zip where the name ends so; nothing is written over."""

    help = "Write the evidence pack of a sealed meeting: a folder, or a zip where the name given ends in .zip."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("meeting", type=int, help="the number of the meeting, as in its address")
        parser.add_argument("--to", type=Path, help="where to; evidence-pack-MEETING.zip here, unless said")

    def handle(self, *args: Any, **options: Any) -> None:
        meeting = Meeting.objects.select_related("forum", "charter").filter(pk=options["meeting"]).first()
        if meeting is None:
            raise CommandError(f"There is no meeting {options['meeting']}.")
        target = options["to"] or Path(f"evidence-pack-{meeting.pk}.zip")
        try:
            checkpoints.keep()
            entries = _export(meeting, target)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except FileExistsError as error:
            raise CommandError(f"{target} is there already; name another place by --to.") from error
        except OSError as error:
            at = error.filename or target
            raise CommandError(f"{at} cannot be written: {error.strerror}. Name another place by --to.") from error
        self.stdout.write(f"{target}: {entries} entries. Give the verifier the public key {checkpoints.public_key()}.")


def _export(meeting: Meeting, target: Path) -> int:
    evidence_pack.reach(meeting)  # refused before anything is written
    if target.suffix != ".zip":
        return evidence_pack.export(meeting, evidence_pack.Folder(target))
    with ZipFile(target, "x") as file:
        return evidence_pack.export(meeting, evidence_pack.Zip(file))
