"""Query results as numpy arrays: binary COPY of fixed-width columns, read without a Python object a row."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.detection.batch import Ints
from metrics.prepared import Prepared

HEADER, TRAILER = 19, 2
"""Bytes around the rows: signature, flags and an empty extension before them; the end marker after them."""
WIRE = {"i8": ">i8", "i4": ">i4", "f8": ">f8", "day": ">i4"}
"""How bigint, integer, double precision and date (days since 2000) travel."""
WIDTH, KEY_ALONE = 4, 14
"""Bytes that tell the width of a column, and those of a row up to its key."""
EPOCH = np.datetime64("2000-01-01", "D")
FEW = 2_000
"""What is asked about so many at most is answered by a plan made once; of more, a plan of its own is worth making."""
Parameters = Sequence[Any] | Mapping[str, Any]


def fetch_known(statement: Prepared, given: Mapping[str, Any], about: int, **columns: str) -> NDArray[np.void]:
    """As `fetch`, of a statement that says little `about` each of so many: few rows, or none."""
    if about > FEW:
        return fetch(statement.statement, given, **columns)
    with connection.cursor() as cursor:
        statement.ask(cursor, _named(given))
        return np.array(cursor.fetchall(), _layout(columns))


def fetch_bytes(statement: Prepared, given: Mapping[str, Any], about: int) -> Iterator[tuple[Ints, NDArray[np.uint8]]]:
    """As `fetch_packed`, of a statement that says a key and one bytea `about` each of so many."""
    if about > FEW:
        for keys, told in fetch_packed(statement.statement, given, packed="u1"):
            yield keys, told["packed"]
        return
    with connection.cursor() as cursor:
        statement.ask(cursor, _named(given))
        rows = sorted(cursor.fetchall(), key=_width)
    for width, alike in groupby(rows, _width):
        numbers, packed = zip(*alike, strict=True)
        yield np.array(numbers, np.int64), np.frombuffer(b"".join(packed), np.uint8).reshape(-1, width)


def _width(row: tuple[int, memoryview]) -> int:
    return len(row[1])


def fetch(select: str, parameters: Parameters, **columns: str) -> NDArray[np.void]:
    """Rows of a query as a structured array; `columns` names its columns in order, each with a type of WIRE.

    No column may be NULL. Dates come as `datetime64[D]`.
    """
    rows = np.frombuffer(_copied(select, parameters), _wire_format(*columns.items()))
    answer = np.empty(len(rows), _layout(columns))
    for name, kind in columns.items():
        answer[name] = EPOCH + rows[name].astype("m8[D]") if kind == "day" else rows[name]
    return answer


def fetch_packed(
    select: str, parameters: Parameters, *, few: bool = False, **columns: str
) -> Iterator[tuple[NDArray[np.int64], dict[str, NDArray[Any]]]]:
    """Rows of a query, each a bigint key and arrays packed as bytea, of equally many numbers; by their number.

    `columns` names the byteas in order, each with the numpy type of its numbers. Comes as the keys of the rows that
    hold so many numbers, and by column an array of rows × numbers. A row at a time, and not gathered into one by the
    database: what takes a megabyte at once has to be moved from room to larger room on both sides.
    """
    rows: Mapping[int, bytes | bytearray] = _few_messages(select, parameters) if few else _messages(select, parameters)
    for width, alike in sorted(rows.items()):
        told = np.frombuffer(alike, _packed_format(width, *columns.items()))
        yield told["key"].astype(np.int64), {name: told[name] for name in columns}


class _Messages(defaultdict[int, bytearray]):
    """A file that keeps what is written to it, by its length: PostgreSQL sends a message a row.

    One after the other, and not as so many objects: a large answer goes back whole to the system once it is read.
    """

    before_rows = HEADER

    def write(self, message: bytes) -> None:
        if self.before_rows:
            message, self.before_rows = message[HEADER:], 0
        self[len(message)].extend(message)


def _messages(select: str, parameters: Parameters) -> _Messages:
    rows = _Messages(bytearray)
    _copy(select, parameters, rows)
    del rows[TRAILER]  # of any other length are the messages that hold a row
    return rows


def _few_messages(select: str, parameters: Parameters) -> dict[int, bytes]:
    """The same of an answer in `few` rows, kept as they come: there is little to give back."""
    told: list[bytes] = []
    _copy(select, parameters, SimpleNamespace(write=told.append))
    rows = sorted([told[0][HEADER:], *told[1:]], key=len)
    return {length: b"".join(alike) for length, alike in groupby(rows, len) if length != TRAILER}


def _copied(select: str, parameters: Parameters) -> memoryview:
    buffer = BytesIO()
    _copy(select, parameters, buffer)
    return buffer.getbuffer()[HEADER:-TRAILER]


def _copy(select: str, parameters: Parameters, file: Any) -> None:
    with connection.cursor() as cursor:
        literals = _named(parameters) if isinstance(parameters, Mapping) else [_literal(each) for each in parameters]
        bound = cursor.cursor.mogrify(select, literals).decode()
        cursor.copy_expert(f"COPY ({bound}) TO STDOUT (FORMAT binary)", file)


def _named(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _literal(each) for name, each in given.items()}


def _literal(parameter: Any) -> Any:
    """A list of numbers or dates as an array literal, which is bound and parsed several times faster than a list."""
    if not isinstance(parameter, list):
        return parameter
    whole = parameter and isinstance(parameter[0], int)  # a list's own text is the fastest to come by
    return f"{{{str(parameter)[1:-1] if whole else ','.join(map(str, parameter))}}}"


def _layout(columns: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, "M8[D]" if kind == "day" else kind) for name, kind in columns.items()]


@lru_cache
def _wire_format(*columns: tuple[str, str]) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, kind in columns:
        fields += [(f"width of {name}", ">i4"), (name, WIRE[kind])]
    return np.dtype(fields)


@lru_cache
def _packed_format(width: int, *columns: tuple[str, str]) -> np.dtype[np.void]:
    """How a row of so many bytes is laid out."""
    number = (width - KEY_ALONE - len(columns) * WIDTH) // sum(np.dtype(kind).itemsize for _, kind in columns)
    fields: list[tuple[Any, ...]] = [("columns", ">i2"), ("width of key", ">i4"), ("key", ">i8")]
    for name, kind in columns:
        fields += [(f"width of {name}", ">i4"), (name, kind, (number,))]
    return np.dtype(fields)
