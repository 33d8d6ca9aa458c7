"""Files of the dictionary over REST: taken along, handed in, proposed by one and let in by another."""

import pytest

from metrics.dictionary_files.sheets import MEASURE_COLUMNS
from metrics.dictionary_files.writing import WRITERS
from metrics.models import DictionaryImport, Link, Measure
from tests.factories.metrics import measure
from tests.metrics.api.conftest import API

AT = f"{API}/dictionary-imports"
ADDED = """
- {code: sales.new, name: New, kind: functional_kpi, function: Sales,
   versions: [{wording: All., unit: count, direction: higher, grain: month}]}
links:
- {kind: divergence, from_measure: sales.new, to_measure: journey.stay, lag_periods: 1}
"""


@pytest.fixture
def file(sales, journey, as_person, outsider):
    """The dictionary as everybody may take it along, with a new measure and a link to an outcome."""
    measure("journey.stay", outcome=True)
    taken = as_person(outsider).get(f"{API}/dictionary")
    assert taken["Content-Type"] == "application/yaml"
    return taken.content.decode().replace("links: []", ADDED.strip("\n"))


@pytest.fixture
def hand_in(as_person):
    def handed_in(person, content, media_type="application/yaml", query=""):
        return as_person(person).post(f"{AT}{query}", content, content_type=media_type)

    return handed_in


@pytest.mark.parametrize("form", WRITERS)
def test_the_dictionary_is_taken_along_in_each_of_its_forms(program, file, form):
    taken = program.get(f"{API}/dictionary?form={form}")
    assert taken["Content-Type"] == WRITERS[form].media_type
    assert taken["Content-Disposition"] == f'attachment; filename="dictionary.{form}"'
    assert program.get(f"{API}/dictionary?form=exe").status_code == 400


def test_a_file_is_proposed_by_one_and_let_in_by_another(act, as_person, hand_in, truth_owner, sponsor, file):
    made = hand_in(truth_owner, file)
    assert made.status_code == 201, made.content
    told = as_person(truth_owner).get(made["Location"])
    assert (told.json(), told["ETag"]) == (made.json(), made["ETag"])
    assert [each["what"] for each in told.json()["changes"]] == [
        "Measure sales.new", "Definition sales.new, version 1", "Link divergence from sales.new to journey.stay",
    ]  # fmt: skip
    at = made["Location"].removeprefix(API)
    assert act(sponsor, f"{at}/proposal", reason="Mine.").status_code == 404
    proposed = act(truth_owner, f"{at}/proposal", at, reason="A further measure.")
    assert (proposed.status_code, proposed.json()["handed_in"]["status"]) == (200, "proposed")
    assert act(truth_owner, f"{at}/approval", at).status_code == 409
    assert act(sponsor, f"{at}/approval").status_code == 428
    entered = act(sponsor, f"{at}/approval", at)
    assert (entered.status_code, entered.json()["handed_in"]["decided_by"]) == (200, sponsor.name)
    assert Link.objects.get().approved_by == sponsor
    assert [each["filename"] for each in as_person(sponsor).get(f"{AT}?status=entered").json()] == ["dictionary.yaml"]


def test_who_lets_it_in_has_seen_what_it_changes(act, as_person, hand_in, truth_owner, sponsor, file):
    at = hand_in(truth_owner, file)["Location"]
    act(truth_owner, f"{at.removeprefix(API)}/proposal", at.removeprefix(API), reason="A further measure.")
    read = as_person(sponsor).get(at)["ETag"]
    measure("sales.new")
    stale = as_person(sponsor).post(f"{at}/approval", content_type="application/json", headers={"If-Match": read})
    assert (stale.status_code, Link.objects.exists()) == (412, False)


def test_what_waits_comes_to_nothing_with_a_reason(act, hand_in, truth_owner, sponsor, file):
    for person, status in ((truth_owner, "withdrawn"), (sponsor, "rejected")):
        at = hand_in(truth_owner, file)["Location"].removeprefix(API)
        act(truth_owner, f"{at}/proposal", at, reason="A further measure.")
        assert act(person, f"{at}/ending", at).status_code == 422
        assert act(person, f"{at}/ending", at, reason="Not now.").json()["handed_in"]["status"] == status


def test_a_file_of_dbt_tells_what_became_of_each_part(hand_in, truth_owner, sales):
    text = "metrics:\n  - {name: nights, label: Nights, type: simple, agg: count, expr: id, sql: x}\n"
    told = hand_in(truth_owner, text, query="?function=sales&source=DWH&name=nights").json()
    assert (told["form"], told["handed_in"]["filename"]) == ("dbt Semantic Layer", "nights.yaml")
    assert {each["fate"] for each in told["findings"]} >= {"assumed", "not understood"}


@pytest.mark.parametrize("day", ["9999-12-01", "2200-01-01", "0001-01-01"])
def test_what_holds_from_another_age_is_told_at_its_line(hand_in, truth_owner, file, day):
    dated = file.replace("grain: month}", f"grain: month}}, {{starts_on: '{day}', wording: Others.}}")
    (problem,) = hand_in(truth_owner, dated).json()["problems"]
    assert problem["message"] == f"starts_on: {day} is not in our time; choose a year from 1900 to 2199."


def test_a_cell_without_an_end_is_told_with_its_line(hand_in, truth_owner):
    header = ",".join(MEASURE_COLUMNS)
    refused = hand_in(truth_owner, f'{header}\nsales.new,"{"x" * 200_000}\n', "text/csv")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert "measures, line" in refused.json()["detail"]
    assert not DictionaryImport.objects.exists()


def test_what_cannot_be_read_or_is_not_theirs_to_hand_in_is_refused(hand_in, truth_owner, outsider, program, file):
    assert hand_in(truth_owner, "a: &x 1\nb: *x").status_code == 422
    assert hand_in(truth_owner, file, "image/png").status_code == 415
    assert hand_in(truth_owner, file, query="?function=none").status_code == 404
    assert hand_in(outsider, file).status_code == 403
    assert program.get(AT).json()["code"] == "person_needed"
    assert not DictionaryImport.objects.exists()
    assert not Measure.objects.filter(code="sales.new").exists()
