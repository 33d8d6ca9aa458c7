"""The process that reads one large file, given as its standard input, within bounds of memory and time.

It holds no password and knows no database: whatever a file does to a parser, it does in here.
"""

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, and nothing here asks for it

from truthgov.errors import InvalidInput  # noqa: E402 - what it loads would load numpy
from truthgov.spreadsheets import LARGE, open_file  # noqa: E402
from truthgov.spreadsheets.pieces import ENCODER, Ended, Heading, Piece, Refused, Said  # noqa: E402

STDIN = 0
SECONDS = 240
"""Of computing; less than a task may take."""
TOO_MUCH = "The file takes more memory than one may; keep only the template's columns, or send it in parts."


def main(sheet: str, memory: int) -> None:
    """Say what stands in the file, in at most so many bytes of memory."""
    _bound(memory)
    try:
        _read(sheet)
    except InvalidInput as refused:
        _say(Refused(str(refused)))
    except MemoryError:
        _say(Refused(TOO_MUCH))


def _bound(memory: int) -> None:
    for limit, most in (
        (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(limit, (most, most))


def _read(sheet: str) -> None:
    opened = open_file(sys.stdin.buffer, LARGE, sheet=sheet)
    _say(Heading(opened.header, opened.read_as, opened.points_are_decimal))
    for batch in opened.batches:
        _say(Piece(batch, os.lseek(STDIN, 0, os.SEEK_CUR), _peak()))
    _say(Ended())


def _peak() -> int:
    """The largest resident memory so far, in bytes; 0 where the system does not say."""
    with suppress(OSError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return 1024 * next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
    return 0


def _say(said: Said) -> None:
    sys.stdout.buffer.write(ENCODER.encode(said) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
