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


def _copied(select: str, parameters: Sequence[Any]) -> memoryview:
    buffer = BytesIO()
    with connection.cursor() as cursor:
        bound = cursor.cursor.mogrify(select, parameters).decode()
        cursor.copy_expert(f"COPY ({bound}) TO STDOUT (FORMAT binary)", buffer)
    return buffer.getbuffer()[HEADER:-TRAILER]


def _wire_format(columns: dict[str, str]) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, kind in columns.items():
        fields += [(f"width of {name}", ">i4"), (name, WIRE[kind])]
    return np.dtype(fields)
