"""Documents: the same bytes for the same record, and what people wrote stays what they wrote."""

from datetime import UTC, datetime

import pytest

from truthgov import pdf

CASE = "forums/contradictions/case_file.typ"
AS_OF = datetime(2026, 11, 1, 9, tzinfo=UTC)
EMPTY = {name: [] for name in ("grades", "sides", "multiples", "signals", "challenges", "decisions", "causes",
                               "relations", "story")}  # fmt: skip


def told(**more: object) -> dict[str, object]:
    words = {"title": "Case 1", "subject": "Divergence", "statement": "It differs.", "why": "", "digest": "abc"}
    return {**EMPTY, **words, "chart": "", "chart_alt": "", **more}


def test_the_same_record_is_the_same_document():
    assert pdf.render(CASE, told(), as_of=AS_OF) == pdf.render(CASE, told(), as_of=AS_OF)
    assert pdf.render(CASE, told(statement="It agrees."), as_of=AS_OF) != pdf.render(CASE, told(), as_of=AS_OF)


def test_a_document_is_read_by_machines_that_read_aloud():
    made = pdf.render(CASE, told(), as_of=AS_OF)
    assert b"pdfuaid:part" in made
    assert b"/StructTreeRoot" in made


MARKUP = ["#panic()", "= Heading", "$ x $", '#import "@preview/a:1.0.0"', "*_`\\ #{ [", "\u202e"]


@pytest.mark.parametrize("written", MARKUP)
def test_what_people_wrote_is_not_read_as_markup(written):
    assert pdf.render(CASE, told(statement=written, story=[["1", written, written]]), as_of=AS_OF)


def test_a_record_has_the_hash_of_what_it_says():
    assert pdf.digest({"a": 1, "b": 2}) == pdf.digest({"b": 2, "a": 1}) != pdf.digest({"a": 1, "b": 3})
