import asyncio
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from forums.following.live import Live


class Command(BaseCommand):
    help = "Tell the browsers that follow a meeting when it changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("at", help="where to listen, HOST:PORT")

    def handle(self, *args: Any, at: str, **options: Any) -> None:
        host, _, port = at.rpartition(":")
        with suppress(KeyboardInterrupt):
            asyncio.run(Live().serve(host, int(port)))
