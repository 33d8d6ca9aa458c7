"""Documents: the same bytes for the same record, and what people wrote stays what they wrote."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truthgov import pdf
from truthgov.register_files import RegisterFile, answer
from truthgov.svg.elements import drawing, text

CASE = "forums/contradictions/case_file.typ"
AS_OF = datetime(2026, 11, 1, 9, tzinfo=UTC)
EMPTY = {name: [] for name in ("grades", "sides", "others", "multiples", "signals", "challenges", "decisions", "causes",
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


def test_a_register_words_its_codes_and_leaves_alone_what_people_wrote(db):
    def printed(wording: str, state: str) -> bytes:
        register = RegisterFile(
            "decisions", "Decisions", "", ("decision", "state"), [(wording, state)], ("decision", "state")
        )
        return answer(register, "pdf").content

    assert printed("Keep net_bookings.", "in_force") == printed("Keep net_bookings.", "in force")
    assert printed("Keep net_bookings.", "in_force") != printed("Keep net bookings.", "in_force")


MARKUP = ["#panic()", "= Heading", "$ x $", '#import "@preview/a:1.0.0"', "*_`\\ #{ [", "\u202e"]


@pytest.mark.parametrize("written", MARKUP)
def test_what_people_wrote_is_not_read_as_markup(written):
    assert pdf.render(CASE, told(statement=written, story=[["1", written, written]]), as_of=AS_OF)


UNSHOWN = [
    ("Why 🙂?", "Why [U+1F642]?"),
    ("日本, again 日本", "[U+65E5 U+672C], again [U+65E5 U+672C]"),
    ("a\x01b", "a[U+0001]b"),
    ("Step 1\ufe0f\u20e3 of 11", "Step 1[U+FE0F U+20E3] of 11"),
    ("a\u20dd and ж\u20dd", "a[U+20DD] and ж[U+20DD]"),
    ('"\\ue000" \\ 龍 "', '"\\ue000" \\ [U+9F8D] "'),
]


@pytest.mark.parametrize(("written", "shown"), UNSHOWN)
def test_what_no_font_has_is_written_as_its_code_point(written, shown):
    made = pdf.render(CASE, told(statement=written, story=[["1", written, "b"]]), as_of=AS_OF)
    assert made == pdf.render(CASE, told(statement=shown, story=[["1", shown, "b"]]), as_of=AS_OF)
    assert b"pdfuaid:part" in made


def test_what_a_font_has_stays_as_it_was_written():
    assert pdf.spell_out(told(statement="Ж ≠ ✓"), set()) == told(statement="Ж ≠ ✓")
    shown = pdf.render(CASE, told(statement="Ж ≠ ✓"), as_of=AS_OF)
    assert shown != pdf.render(CASE, told(statement="[U+0416] [U+2260] [U+2713]"), as_of=AS_OF)


def test_a_drawing_is_spelled_out_as_text_is():
    made, shown = (
        pdf.render(CASE, told(chart=drawing(90, 20, name, "", [text(2, 10, name)]), chart_alt=name), as_of=AS_OF)
        for name in ("日本 <", "[U+65E5 U+672C] <")
    )
    assert made == shown


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_was_written_the_document_comes(written):
    drawn = drawing(90, 20, written, written, [text(2, 10, written)])
    told_of_it = told(statement=written, story=[["1", written, written]], chart=drawn, chart_alt=f"Of {written}")
    made = pdf.render(CASE, told_of_it, as_of=AS_OF)
    assert made == pdf.render(CASE, told_of_it, as_of=AS_OF)


def test_a_line_that_begins_with_a_tab_is_indented_by_a_space():
    made, shown = (pdf.render(CASE, told(statement=written), as_of=AS_OF) for written in ("a\r\n\tb", "a\r\n b"))
    assert made == shown


def test_a_fault_of_a_template_is_still_one():
    with pytest.raises(RuntimeError, match="dictionary does not contain key"):
        pdf.render(CASE, {"title": "日本"}, as_of=AS_OF)


def test_a_record_has_the_hash_of_what_it_says():
    assert pdf.digest({"a": 1, "b": 2}) == pdf.digest({"b": 2, "a": 1}) != pdf.digest({"a": 1, "b": 3})
