"""Query results as numpy arrays: binary COPY of fixed-width columns, read without a Python object a row."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

HEADER, TRAILER = 19, 2
"""Bytes around the rows: signature, flags and an empty extension before them; the end marker after them."""
WIRE = {"i8": ">i8", "i4": ">i4", "f8": ">f8", "day": ">i4"}
"""How bigint, integer, double precision and date (days since 2000) travel."""
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


def fetch_packed(
    select: str, parameters: Sequence[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[memoryview]]:
    """The single row of a query that gathers rows: their bigint keys, the lengths of their bytes, each bytea joined.

    The lengths are those of the first bytea. Empty where there are no rows, which such a query answers by NULLs.
    """
    body = _copied(select, parameters)
    columns, at = [], 2
    for _ in range(int.from_bytes(body[:2], "big")):
        width = max(0, int.from_bytes(body[at : at + 4], "big", signed=True))
        columns.append(body[at + 4 : at + 4 + width])
        at += 4 + width
    keys, lengths, *packed = columns
    return _elements(keys, ">i8"), _elements(lengths, ">i4"), packed


def _copied(select: str, parameters: Sequence[Any]) -> memoryview:
    buffer = BytesIO()
    with connection.cursor() as cursor:
        bound = cursor.cursor.mogrify(select, [_literal(each) for each in parameters]).decode()
        cursor.copy_expert(f"COPY ({bound}) TO STDOUT (FORMAT binary)", buffer)
    return buffer.getbuffer()[HEADER:-TRAILER]


def _literal(parameter: Any) -> Any:
    """A list of numbers or dates as an array literal, which is bound and parsed several times faster than a list."""
    if not isinstance(parameter, list):
        return parameter
    whole = parameter and isinstance(parameter[0], int)  # a list's own text is the fastest to come by
    return f"{{{str(parameter)[1:-1] if whole else ','.join(map(str, parameter))}}}"


def _elements(array: memoryview, kind: str) -> NDArray[np.int64]:
    """The numbers of an array as PostgreSQL sends it."""
    if not len(array):
        return np.empty(0, np.int64)
    return np.frombuffer(array, [("width", ">i4"), ("value", kind)], offset=ARRAY_HEAD)["value"].astype(np.int64)


def _wire_format(columns: dict[str, str]) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, kind in columns.items():
        fields += [(f"width of {name}", ">i4"), (name, WIRE[kind])]
    return np.dtype(fields)
