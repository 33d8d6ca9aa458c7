"""From what a feed answers to rows of figures, by the feed's own mapping. No database."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from metrics.sources.paths import Budget, JsonPath, PathError, whole_characters
from truthgov.egress import Unreachable
from truthgov.errors import InvalidInput
from truthgov.intake import EndsMidway, read_csv, read_text
from truthgov.periods import Grain, Period
from truthgov.repeated import RepeatedError, Twice, marked

Row = dict[str, str]
FIELDS = ("measure", "period", "segment", "value", "numerator", "denominator", "reason")
NEEDED = ("measure", "period", "value")
LEFT_EMPTY = ("segment", "numerator", "denominator")
"""What a row may leave empty, and then is another figure; a reason is told where there is one."""
CONSTANT = "="
"""A mapping that starts so is the text itself: `=sales.conversion` for a feed of one measure, `={period}`."""
DIGITS = 60
"""What has more before or after its point stays the text it came as, for the door to refuse: written out,
`1e300000000` would fill the memory."""


def check_mapping(mapping: Mapping[str, str], rows_path: str, *, is_json: bool) -> None:
    """InvalidInput, by field, for a mapping that names an unknown or too few fields, or holds no valid path."""
    errors = {f"mapping/{name}": "is not a field of a row" for name in mapping if name not in FIELDS}
    errors |= {f"mapping/{name}": "is needed: say where it stands" for name in NEEDED if not mapping.get(name)}
    paths = {"rows_path": rows_path, **{f"mapping/{name}": path for name, path in mapping.items()}} if is_json else {}
    for name, path in paths.items():
        if path and not path.startswith(CONSTANT):
            try:
                JsonPath(path)
            except PathError as error:
                errors[name] = f"is not a JMESPath: {error}"
    if errors:
        raise InvalidInput("The mapping cannot be used as it stands.", errors)


def json_of(content: bytes) -> Any:
    """The content of a JSON answer, figures as written. Unreachable where it is none: it may have been cut short."""
    try:
        return json.loads(
            read_text(content), parse_int=_whole, parse_float=_figure, parse_constant=_refuse_constant,
            object_pairs_hook=marked,
        )  # fmt: skip
    except (ValueError, RecursionError, EndsMidway) as error:
        raise Unreachable(f"The answer is not JSON: {error}.") from error


def _whole(text: str) -> Any:
    return int(text) if len(text) <= DIGITS else text


def _figure(text: str) -> Any:
    try:
        figure = Decimal(text)
    except InvalidOperation:  # its exponent is none
        return text
    return figure if abs(figure.adjusted()) <= DIGITS else text


def rows_from_json(
    content: Any, rows_path: str, mapping: Mapping[str, str], named: set[str] | None = None
) -> list[Row]:
    """Rows of a JSON answer; `rows_path` leads to their list (empty: the answer is the list).

    `named` gains the fields whose names some row has: see `require_names`.
    """
    found = _at(rows_path, content) if rows_path else content
    if not isinstance(found, list):
        raise InvalidInput(f"At {rows_path or 'its top'} the answer holds no list of rows; correct the path.")
    paths = {name: path for name, path in mapping.items() if path and not path.startswith(CONSTANT)}
    compiled = {name: JsonPath(path) for name, path in paths.items()}
    if named is not None:
        named |= {name for name in compiled if not all(compiled[name].is_absent(row) for row in found)}
    constants, budget = _constants(mapping), Budget()
    rows: list[Row] = []
    try:
        for row in found:
            rows.append({name: _text(path.search(row, budget)) for name, path in compiled.items()} | constants)
    except PathError as error:
        raise InvalidInput(f"Row {len(rows) + 1} cannot be read: {error}; correct the path.") from error
    except RepeatedError as error:  # nobody can tell which one is meant
        raise InvalidInput(f"Row {len(rows) + 1} cannot be read: {error}.") from error
    return rows


def require_names(named: Collection[str], mapping: Mapping[str, str]) -> None:
    """InvalidInput where no row of a whole answer has what a path names: the source calls it otherwise by now. Left
    unsaid, figures of a part would pass for those of the whole, and rates for figures without parts."""
    for name in LEFT_EMPTY:
        place = mapping.get(name, "")
        if place and not place.startswith(CONSTANT) and name not in named:
            raise InvalidInput(f"No row has {place}, which its {name} is read from; correct the mapping.")


def _at(path: str, content: Any) -> Any:
    try:
        return JsonPath(path).search(content)
    except PathError as error:
        raise InvalidInput(f"The rows cannot be found: {error}; correct the path.") from error
    except RepeatedError as error:
        raise InvalidInput(f"The rows cannot be found: {error}.") from error


def rows_from_csv(content: bytes, mapping: Mapping[str, str]) -> list[Row]:
    """Rows of a CSV answer by the names of its columns. InvalidInput where it is none, or cannot be read; Unreachable
    where it ends within a row: it may have been cut short."""
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise InvalidInput("The answer is a web page and no CSV; correct the address, or the secret that it asks for.")
    columns, constants = _columns(mapping), _constants(mapping)
    rows = []
    try:
        for row in read_csv(content):
            _require_columns(row, columns.values())
            rows.append({name: row[column] for name, column in columns.items()} | constants)
    except EndsMidway as error:
        raise Unreachable("The answer ends in the middle of a row.") from error
    return rows


def rows_from_query(
    names: list[str], found: Sequence[Sequence[Any]], mapping: Mapping[str, str], grain: Grain
) -> list[Row]:
    """Rows of a query by the names of its columns; a date where the period stands is its first day."""
    columns, constants = _columns(mapping), _constants(mapping)
    _require_columns(names, columns.values())
    places = {name: names.index(column) for name, column in columns.items()}
    rows = [{name: _text(line[place]) for name, place in places.items()} | constants for line in found]
    for row, line in zip(rows, found, strict=True) if "period" in places else ():
        row["period"] = _period(line[places["period"]], grain)
    return rows


def _period(found: Any, grain: Grain) -> str:
    """The short form of a period; a day that is not its first, or in none, stays a day, for the door to refuse."""
    if not isinstance(found, date):
        return _text(found)
    day = found.date() if isinstance(found, datetime) else found
    try:
        period = Period.containing(day, grain)
    except (ValueError, OverflowError):  # it would end after the last day that there is
        return day.isoformat()
    return period.code if period.start == day else day.isoformat()


def _columns(mapping: Mapping[str, str]) -> dict[str, str]:
    return {name: column for name, column in mapping.items() if column and not column.startswith(CONSTANT)}


def _constants(mapping: Mapping[str, str]) -> dict[str, str]:
    return {name: text.removeprefix(CONSTANT) for name, text in mapping.items() if text.startswith(CONSTANT)}


def _require_columns(row: Collection[str], columns: Iterable[str]) -> None:
    missing = [column for column in columns if column not in row]
    if missing:
        raise InvalidInput(f"There is no column {', '.join(missing)}; correct the mapping.")


def _text(found: Any) -> str:
    """A JSON value as a row has it: exact figures as written, a segment as JSON, nothing for null."""
    if found is None:
        return ""
    if isinstance(found, Decimal):
        return format(found, "f")
    if isinstance(found, dict | list):
        return json.dumps(found, sort_keys=True, default=_other)
    if isinstance(found, Twice):
        raise found.error
    return whole_characters(str(found))


def _other(found: Any) -> str:
    """A value that JSON has no word for: a figure as it was written, but nothing that was said twice."""
    if isinstance(found, Twice):
        raise found.error
    return str(found)


def _refuse_constant(name: str) -> Any:
    raise InvalidInput(f"{name} is not a figure; the source leaves such a row out.")
