"""From what a feed answers to rows of figures, by the feed's own mapping. No database."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from truthgov.errors import InvalidInput
from truthgov.intake import MAX_ROWS, read_csv, read_text

FIELDS = ("measure", "period", "segment", "value", "numerator", "denominator", "reason")
NEEDED = ("measure", "period", "value")
CONSTANT = "="
"""A mapping that starts so is the text itself: `=sales.conversion` for a feed of one measure."""


def check_mapping(mapping: Mapping[str, str], rows_path: str, *, is_json: bool) -> None:
    """InvalidInput, by field, for a mapping that names an unknown or too few fields, or holds no valid path."""
    errors = {name: "is not a field of a row" for name in mapping if name not in FIELDS}
    errors |= {name: "is needed: say where it stands" for name in NEEDED if not mapping.get(name)}
    paths = {"rows": rows_path, **mapping} if is_json else {}
    for name, path in paths.items():
        if path and not path.startswith(CONSTANT):
            try:
                jmespath.compile(path)
            except JMESPathError as error:
                errors[name] = f"is not a JMESPath: {str(error).splitlines()[0]}"
    if errors:
        raise InvalidInput("The mapping cannot be used as it stands.", errors)


def rows_from_json(content: bytes, rows_path: str, mapping: Mapping[str, str]) -> list[dict[str, str]]:
    """Rows of a JSON answer; `rows_path` leads to their list (empty: the answer is the list)."""
    try:
        answer = json.loads(read_text(content), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The answer is not JSON: {error}.") from error
    found = jmespath.search(rows_path, answer) if rows_path else answer
    if not isinstance(found, list):
        raise InvalidInput(f"At {rows_path or 'its top'} the answer holds no list of rows; correct the path.")
    if len(found) > MAX_ROWS:
        raise InvalidInput(f"The answer holds more than {MAX_ROWS} rows; ask for fewer periods at once.")
    paths = {name: path for name, path in mapping.items() if path and not path.startswith(CONSTANT)}
    compiled = {name: jmespath.compile(path) for name, path in paths.items()}
    return [{name: _text(path.search(row)) for name, path in compiled.items()} | _constants(mapping) for row in found]


def rows_from_csv(content: bytes, mapping: Mapping[str, str]) -> list[dict[str, str]]:
    """Rows of a CSV answer by the names of its columns."""
    columns = {name: column for name, column in mapping.items() if column and not column.startswith(CONSTANT)}
    rows = []
    for row in read_csv(content):
        _require_columns(row, columns.values())
        rows.append({name: row[column] for name, column in columns.items()} | _constants(mapping))
    return rows


def _constants(mapping: Mapping[str, str]) -> dict[str, str]:
    return {name: text.removeprefix(CONSTANT) for name, text in mapping.items() if text.startswith(CONSTANT)}


def _require_columns(row: Mapping[str, str], columns: Iterable[str]) -> None:
    missing = [column for column in columns if column not in row]
    if missing:
        raise InvalidInput(f"The sheet has no column {', '.join(missing)}; correct the mapping.")


def _text(found: Any) -> str:
    """A JSON value as a row has it: exact figures as written, a segment as JSON, nothing for null."""
    if found is None:
        return ""
    if isinstance(found, Decimal):
        return format(found, "f")
    if isinstance(found, dict | list):
        return json.dumps(found, sort_keys=True, default=str)
    return str(found)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a figure")
