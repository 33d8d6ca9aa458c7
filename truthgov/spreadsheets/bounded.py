"""Reading a large file in a process of its own, of bounded memory, while ours takes what it has read so far."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from truthgov.errors import InvalidInput
from truthgov.spreadsheets.limits import MEGABYTE
from truthgov.spreadsheets.pieces import DECODER, Ended, Heading, Piece, Refused, Said

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 280 * MEGABYTE
KNOWN = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
"""What the process is told of our surroundings: no address, no password."""
GAVE_UP = "The file could not be read within its bounds of memory and time; send it as CSV, or in parts."


@contextmanager
def reading(file: IO[bytes], *, sheet: str) -> Iterator[tuple[Heading, Iterator[Piece]]]:
    """The heading of a file on disk, and its rows piece by piece; the process is ended when left.

    InvalidInput, worded for its sender, where it cannot be read, or not within the bounds.
    """
    file.seek(0)
    command = [sys.executable, "-m", "truthgov.spreadsheets.child", sheet, str(MEMORY)]
    surroundings = {name: os.environ[name] for name in KNOWN if name in os.environ}
    # The command is our own, and the file is its input: nothing that somebody sent is part of it.
    with subprocess.Popen(  # noqa: S603
        command, stdin=file, stdout=subprocess.PIPE, cwd=ROOT, env=surroundings
    ) as child:
        try:
            said = _said(child)
            heading = next(said)
            if not isinstance(heading, Heading):
                raise InvalidInput(GAVE_UP)
            yield heading, _pieces(said)
        finally:
            child.kill()


def _said(child: "subprocess.Popen[Any]") -> Iterator[Said]:
    """What the child says, up to its end; InvalidInput where it refuses the file, or dies of it."""
    for line in child.stdout or ():
        said = DECODER.decode(line)
        if isinstance(said, Refused):
            raise InvalidInput(said.why)
        yield said
        if isinstance(said, Ended):
            return
    raise InvalidInput(GAVE_UP)


def _pieces(said: Iterator[Said]) -> Iterator[Piece]:
    for each in said:
        if isinstance(each, Piece):
            yield each
