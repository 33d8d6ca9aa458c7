import asyncio
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import get_resolver

from forums.following.live import Live


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()  # `provision` made them
    help = "Tell the browsers that follow a meeting when it changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("at", help="where to listen, HOST:PORT")

    def handle(self, *args: Any, at: str, **options: Any) -> None:
        host, _, port = at.rpartition(":")
        get_resolver().url_patterns  # noqa: B018 - what is shown names pages: imported now, and not at a first change
        with suppress(KeyboardInterrupt):
            asyncio.run(Live().serve(host, int(port)))
