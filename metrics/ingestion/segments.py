"""Segments as senders spell them: known by their canonical key, made only of declared values."""

from collections.abc import Iterable
from typing import Any

import msgspec

from metrics.ingestion.spellings import Spellings
from metrics.models import DimensionValue, Segment
from truthgov.repeated import RepeatedError, require_single

WHOLE = "{}"
TWICE = "{!r} names a dimension twice; name it once."
SAID = 80
"""Characters of a name or a value that its refusal repeats."""
_WRITTEN_AS_WHOLE = {"", WHOLE, "null"}


def key_of(values: dict[str, Any]) -> str:
    """The canonical key of dimension values: JSON, sorted, without spaces."""
    return msgspec.json.encode(values, order="sorted").decode()


def read(text: str) -> dict[str, str]:
    """The dimension values that a JSON text names; ValueError when it is not an object of texts."""
    if text.strip() in _WRITTEN_AS_WHOLE:
        return {}
    try:
        values = msgspec.json.decode(text, type=dict[str, str | int | bool])
        require_single(text)
    except RepeatedError as error:
        raise ValueError(TWICE.format(text.strip()[:60])) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(
            f'{text.strip()[:60]!r} is not a segment; write {{"channel": "web"}}, or {{}} for all.'
        ) from error
    named = {name.strip(): value.strip() if isinstance(value, str) else msgspec.json.encode(value).decode()
             for name, value in values.items()}  # fmt: skip
    if len(named) != len(values):
        raise ValueError(TWICE.format(text.strip()[:60]))
    return named


def resolve(texts: Iterable[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Segment ids by text as spelled, and for the texts that name none the sentence that says why.

    A segment of declared values that did not exist is made; one with an unknown dimension or value never is.
    """
    values, faults = _read_all(texts)
    keys = {text: key_of(named) for text, named in values.items()}
    known = dict(Segment.objects.filter(key__in=set(keys.values())).values_list("key", "pk"))
    missing = {keys[text]: values[text] for text in values if keys[text] not in known}
    if missing:
        undeclared = _undeclared(missing)
        made = [Segment(key=key, values=missing[key]) for key in sorted(missing) if key not in undeclared]
        Segment.objects.bulk_create(made, ignore_conflicts=True)
        known |= dict(Segment.objects.filter(key__in=set(missing)).values_list("key", "pk"))
        faults |= {text: undeclared[key] for text, key in keys.items() if key in undeclared}
    return {text: known[key] for text, key in keys.items() if key in known}, faults


def _read_all(texts: Iterable[str]) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    values, faults = {}, {}
    for text in texts:
        try:
            values[text] = read(text)
        except ValueError as fault:
            faults[text] = str(fault)
    return values, faults


def _undeclared(segments: dict[str, dict[str, str]]) -> dict[str, str]:
    """For each segment with an undeclared dimension or value, the sentence that says which, with a suggestion."""
    declared: dict[str, set[str]] = {}
    for name, value in DimensionValue.objects.values_list("dimension__name", "value"):
        declared.setdefault(name, set()).add(value)
    dimensions = Spellings(lambda: declared)
    values = {name: Spellings(of_dimension.copy) for name, of_dimension in declared.items()}

    def complaint(named: dict[str, str]) -> str:
        for name, value in named.items():
            if name not in declared:
                return f"The dimension {name[:SAID]!r} is not declared.{dimensions.suggestion(name)}"
            if value not in declared[name]:
                return f"The value {value[:SAID]!r} of {name!r} is not declared.{values[name].suggestion(value)}"
        return ""

    complaints = {key: complaint(named) for key, named in segments.items()}
    return {key: said for key, said in complaints.items() if said}
