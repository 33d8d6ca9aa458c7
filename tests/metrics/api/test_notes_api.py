"""What is said of a figure over REST: by whoever hands it in, of the one that stands."""

import pytest

from metrics.models import Observation
from tests.metrics.api.conftest import API, give
from truthgov.models import AuditEntry


@pytest.fixture
def figure(reported):
    return Observation.objects.get()


def test_a_figure_is_noted_by_whoever_hands_it_in(act, as_person, program, sales_lead, figure):
    at = f"/observations/{figure.pk}/notes"
    made = act(sales_lead, at, text="Two accounts moved.")
    assert (made.status_code, made.json()["person"]) == (201, sales_lead.name)
    assert act(sales_lead, at, text="Two accounts moved.").status_code == 409
    assert act(sales_lead, at, text="Three did.").status_code == 201
    for reader in (as_person(sales_lead), program):
        assert [each["text"] for each in reader.get(f"{API}{at}").json()] == ["Three did.", "Two accounts moved."]
    assert AuditEntry.objects.filter(code="figure.noted").count() == 2
    assert Observation.objects.count() == 1


def test_what_was_restated_is_noted_no_more(act, sales_lead, figure, last_month):
    give(last_month.code, "0.2")
    refused = act(sales_lead, f"/observations/{figure.pk}/notes", text="Late.")
    assert (refused.status_code, "say it of the one that stands" in refused.json()["detail"]) == (409, True)


@pytest.mark.parametrize("said", [{}, {"text": " "}, {"text": "x" * 1_001}, {"text": "x", "value": 1}])
def test_a_note_says_something(act, sales_lead, figure, said):
    assert act(sales_lead, f"/observations/{figure.pk}/notes", **said).status_code == 422


def test_nobody_else_notes_it(act, delivery_lead, truth_owner, figure):
    for person in (delivery_lead, truth_owner):
        assert act(person, f"/observations/{figure.pk}/notes", text="Mine.").status_code == 403
    assert act(truth_owner, "/observations/999/notes", text="Mine.").status_code == 404
