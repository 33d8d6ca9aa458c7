"""What the process that reads a large file says to the one that started it: a line of JSON at a time. Pure."""

import msgspec

from truthgov.spreadsheets.table import Batch


class Heading(msgspec.Struct, tag=True):
    """The first row, and how the file was understood."""

    header: list[str]
    read_as: str
    points_are_decimal: bool


class Piece(msgspec.Struct, tag=True):
    """Some rows; how many bytes of the file were read so far, and how many of memory that took at most."""

    batch: Batch
    read: int
    peak: int


class Refused(msgspec.Struct, tag=True):
    """The file cannot be read; `why` is worded for its sender."""

    why: str


class Ended(msgspec.Struct, tag=True):
    """All was read."""


Said = Heading | Piece | Refused | Ended
ENCODER = msgspec.json.Encoder()
DECODER: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)
