"""Texts with a NUL character, which PostgreSQL cannot store: refused before one of them reaches it. Pure."""

from metrics.ingestion.delivery import RowError, Rows

NUL = "\x00"
ESCAPED_NUL = "\\u0000"
"""A NUL as a segment's JSON may write it."""


def is_storable(text: str) -> bool:
    return NUL not in text and ESCAPED_NUL not in text


def refusals(rows: Rows, reason: str) -> dict[int, RowError]:
    """Rows with a text that cannot be stored; all of them where it is the delivery's `reason`."""
    if not is_storable(reason):
        return {number: _refusal(number, "The delivery's reason") for number in range(len(rows))}
    refused: dict[int, RowError] = {}
    for column in (rows.measure, rows.period, rows.segment, rows.source, rows.reason):
        if not is_storable("".join(column)):
            refused |= {number: _refusal(number, "The row") for number, text in enumerate(column)
                        if not is_storable(text)}  # fmt: skip
    return refused


def _refusal(row: int, holder: str) -> RowError:
    return RowError(row, "nul_character", f"{holder} holds a NUL character; remove it.")
