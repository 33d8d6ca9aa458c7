"""`manage.py rotate_secrets`: every secret sealed with the present SEALING_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from metrics.models import Feed
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.figures import counted


class Command(BaseCommand):
    """Safe to run again; exit status 1 while a secret is sealed with a key that the settings do not hold."""

    help = "Seal every secret with SEALING_KEY; those of before are named in SEALING_KEYS_BEFORE until this is done."

    def handle(self, *args: Any, **options: Any) -> None:
        by, sealed, lost = Actor(clockwork="rotate_secrets"), 0, []
        for feed in Feed.objects.exclude(sealed_token=""):
            try:
                sealed += feed.reseal(by=by)
            except Refusal:
                lost.append(feed.name)
        told = f"{counted(sealed, 'secret')} {'was' if sealed == 1 else 'were'}"
        if lost:
            raise CommandError(
                f"{told} sealed anew. No key of the settings opens those of: {', '.join(lost)}. "
                "Name the key they were sealed with in SEALING_KEYS_BEFORE, or give these feeds their secrets anew."
            )
        self.stdout.write(f"{told} sealed anew; SEALING_KEYS_BEFORE may be emptied.")
