"""Query results as numpy arrays: binary COPY of fixed-width columns, read without a Python object a row."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

HEADER, TRAILER = 19, 2
"""Bytes around the rows: signature, flags and an empty extension before them; the end marker after them."""
WIRE = {"i8": ">i8", "i4": ">i4", "f8": ">f8", "day": ">i4"}
"""How bigint, integer, double precision and date (days since 2000) travel."""
WIDTH_AT = 2 + (4 + 8)
"""Where the width of a row's first array stands: behind the column count and the key."""
ARRAY_HEAD = 20
"""Bytes before the elements of an array: dimensions, flags, type, length, first index."""
EPOCH = np.datetime64("2000-01-01", "D")


def fetch(select: str, parameters: Sequence[Any], **columns: str) -> NDArray[np.void]:
    """Rows of a query as a structured array; `columns` names its columns in order, each with a type of WIRE.

    No column may be NULL. Dates come as `datetime64[D]`.
    """
    rows = np.frombuffer(_copied(select, parameters), _wire_format(columns))
    answer = np.empty(len(rows), [(name, "M8[D]" if kind == "day" else kind) for name, kind in columns.items()])
    for name, kind in columns.items():
        answer[name] = EPOCH + rows[name].astype("m8[D]") if kind == "day" else rows[name]
    return answer


def fetch_arrays(
    select: str, parameters: Sequence[Any], **arrays: str
) -> Iterator[tuple[NDArray[np.int64], dict[str, NDArray]]]:
    """Rows of a bigint key and packed arrays, in groups of one length: the keys, and each array as keys × elements.

    `arrays` names the array columns in order, each with the type of its elements. The query must order its rows by
    the length of their arrays, which is the same for all of a row; none may be empty or NULL.
    """
    body, offset = _copied(select, parameters), 0
    first = np.dtype(WIRE[next(iter(arrays.values()))])
    while offset < len(body):
        width = int.from_bytes(body[offset + WIDTH_AT : offset + WIDTH_AT + 4], "big")
        wire = _wire_arrays(arrays, width // first.itemsize)
        rows = np.frombuffer(body, wire, (len(body) - offset) // wire.itemsize, offset)
        # Behind the last row of this length the view is out of step: the first odd width ends the group.
        odd = np.flatnonzero(rows["first width"] != width)
        rows = rows[: odd[0]] if len(odd) else rows
        yield rows["key"].astype(np.int64), {name: rows[name].astype(kind) for name, kind in arrays.items()}
        offset += len(rows) * wire.itemsize


def fetch_packed(select: str, parameters: Sequence[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64], memoryview]:
    """The single row of a query that gathers rows: their bigint keys, the lengths of their bytes, and those joined.

    Empty where there are none, which such a query answers by NULLs.
    """
    body = _copied(select, parameters)
    width = int.from_bytes(body[2:6], "big", signed=True)
    if width < 0:
        return np.empty(0, np.int64), np.empty(0, np.int64), memoryview(b"")
    count = (width - ARRAY_HEAD) // (4 + 8)
    keys = np.frombuffer(body, [("width", ">i4"), ("value", ">i8")], count, 6 + ARRAY_HEAD)["value"]
    behind = 6 + width + 4
    lengths = np.frombuffer(body, [("width", ">i4"), ("value", ">i4")], count, behind + ARRAY_HEAD)["value"]
    packed = body[behind + ARRAY_HEAD + count * (4 + 4) + 4 :]
    return keys.astype(np.int64), lengths.astype(np.int64), packed


def _copied(select: str, parameters: Sequence[Any]) -> memoryview:
    buffer = BytesIO()
    with connection.cursor() as cursor:
        bound = cursor.cursor.mogrify(select, [_literal(each) for each in parameters]).decode()
        cursor.copy_expert(f"COPY ({bound}) TO STDOUT (FORMAT binary)", buffer)
    return buffer.getbuffer()[HEADER:-TRAILER]


def _literal(parameter: Any) -> Any:
    """A list of numbers or dates as an array literal, which is bound and parsed several times faster than a list."""
    return f"{{{','.join(map(str, parameter))}}}" if isinstance(parameter, list) else parameter


def _wire_arrays(arrays: dict[str, str], length: int) -> np.dtype[np.void]:
    """A row with packed arrays of one length."""
    fields: list[Any] = [("columns", ">i2"), ("width of key", ">i4"), ("key", ">i8")]
    for number, (name, kind) in enumerate(arrays.items()):
        fields += [(f"width of {name}" if number else "first width", ">i4"), (name, WIRE[kind], (length,))]
    return np.dtype(fields)


def _wire_format(columns: dict[str, str]) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, kind in columns.items():
        fields += [(f"width of {name}", ">i4"), (name, WIRE[kind])]
    return np.dtype(fields)
