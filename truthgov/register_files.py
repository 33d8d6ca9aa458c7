"""A register as a file: CSV and JSON as rows are read, XLSX and PDF whole; the same columns in each."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from truthgov import clock, pdf
from truthgov.errors import Refusal
from truthgov.export import csv_response, file_response
from truthgov.intake import WORKBOOK
from truthgov.spreadsheets.writing import write_workbook

TEMPLATE = "pdf/register.typ"
MOST_PRINTED = 1_000
"""Rows of a document that somebody still reads."""
CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")
"""How a standing is named for programs."""
Columns = Sequence[str]
Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True)
class RegisterFile:
    """What is written: its name without ending, its title, which filters made it, its columns and rows; `printed` are
    the columns of the document, the first of which is the widest."""

    name: str
    title: str
    subject: str
    columns: Columns
    rows: Rows
    printed: Columns


def answer(register: RegisterFile, ending: str) -> HttpResponseBase:
    """The register as a file of this ending; Http404 for one that is not written, a Refusal for a PDF too long."""
    if ending not in WRITERS:
        raise Http404
    return WRITERS[ending](register)


def _csv(register: RegisterFile) -> HttpResponseBase:
    return csv_response(register.name, register.columns, register.rows)


def _json(register: RegisterFile) -> HttpResponseBase:
    response = StreamingHttpResponse(_objects(register), content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(True, f"{register.name}.json") or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _objects(register: RegisterFile) -> Iterator[str]:
    opening = "["
    for row in register.rows:
        told = dict(zip(register.columns, row, strict=True))
        yield f"{opening}\n{json.dumps(told, ensure_ascii=False, cls=DjangoJSONEncoder)}"
        opening = ","
    yield "[]\n" if opening == "[" else "\n]\n"


def _xlsx(register: RegisterFile) -> HttpResponseBase:
    book = write_workbook([(register.title, register.columns, register.rows)])
    return file_response(f"{register.name}.xlsx", WORKBOOK, book)


def _pdf(register: RegisterFile) -> HttpResponseBase:
    rows = list(islice(register.rows, MOST_PRINTED + 1))
    if len(rows) > MOST_PRINTED:
        raise Refusal(f"These are more than {MOST_PRINTED:,} rows; narrow the filters, or save them as CSV or XLSX.")
    places = [register.columns.index(name) for name in register.printed]
    told = {
        "title": register.title, "subject": register.subject, "columns": [_heading(name) for name in register.printed],
        "rows": [[_word(row[place]) for place in places] for row in rows],
    }  # fmt: skip
    made = pdf.render(TEMPLATE, told | {"digest": pdf.digest(told)}, as_of=_midnight())
    return file_response(f"{register.name}.pdf", pdf.MEDIA_TYPE, made, inline=True)


def _midnight() -> datetime:
    """A register of one day is one document."""
    return clock.now().replace(hour=0, minute=0, second=0, microsecond=0)


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    return str(value).replace("_", " ") if CODE.fullmatch(str(value)) else str(value)


WRITERS: dict[str, Callable[[RegisterFile], HttpResponseBase]] = {
    "csv": _csv, "xlsx": _xlsx, "pdf": _pdf, "json": _json,
}  # fmt: skip
ENDINGS = tuple(WRITERS)
