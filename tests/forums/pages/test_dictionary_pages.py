from datetime import date
from decimal import Decimal

import pytest

from metrics.models import Definition, TouchedSet
from tests.factories.metrics import DefinitionFactory, MeasureFactory, SeriesFactory, measure
from truthgov import clock
from truthgov.figures import THIN
from truthgov.periods import Grain, Period

DICTIONARY = "/dictionary/"
QUERIES = 11


def codes(response) -> list[str]:
    return [row.measure.code for row in response.context["dictionary"].rows]


@pytest.fixture
def wins(sales):
    """A KPI of Sales, a share of won opportunities."""
    made = MeasureFactory(code="SALES.WINS", name="Share won", function=sales)
    DefinitionFactory(measure=made, target=Decimal("0.2"))
    return made


def proposal(**changes) -> dict[str, object]:
    following = Period.containing(clock.today(), Grain.MONTH).shift(1)
    return {
        "rationale": "Contracts count when they are signed.", "starts_on": following.start, "wording": "Signed.",
        "formula": "", "direction": "higher", "decimals": 4, "target": "0.25", "red_threshold": "", "min_effect": "",
        "reliable_from": "", "source_tolerance": "0.05", "restatement_threshold": "0.02", "freshness_days": 32,
        "roll_up": "none", "unguarded_because": "It is counted by the bank.", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ["M.1", "SALES.WINS"]),
        ("?q=share+won", ["SALES.WINS"]),
        ("?q=all+that+closed", ["M.1", "SALES.WINS"]),
        ("?q=sales.wins", ["SALES.WINS"]),
        ("?q=book+stay", ["M.1"]),
        ("?kind=journey_outcome", ["M.1"]),
        ("?function=sales", ["SALES.WINS"]),
        ("?journey=book-to-stay", ["M.1"]),
        ("?sort=-code", ["SALES.WINS", "M.1"]),
        ("?q=nothing", []),
    ],
)
def test_the_dictionary_is_searched_by_what_people_call_things(as_person, outsider, wins, address, expected):
    measure("M.1", outcome=True)
    assert codes(as_person(outsider).get(DICTIONARY + address)) == expected


def test_an_empty_dictionary_says_how_it_is_filled(as_person, outsider):
    assert "import_dictionary" in as_person(outsider).get(DICTIONARY).content.decode()


def test_the_dictionary_takes_as_many_queries_for_many_as_for_few(
    as_person, outsider, shown, django_assert_num_queries
):
    browser = as_person(outsider)
    with django_assert_num_queries(QUERIES - 1):  # only of the whole it is told how many targets have no guard
        browser.get(f"{DICTIONARY}?q=HT.JRN.CANCEL")
    with django_assert_num_queries(QUERIES):
        assert len(codes(browser.get(DICTIONARY))) == 16


def test_the_latest_figure_is_the_source_of_record_s(as_person, shown):
    response = as_person(shown.hotel.executive).get(DICTIONARY)
    row = next(row for row in response.context["dictionary"].rows if row.measure.code == "HT.JRN.CANCEL")
    assert (row.standing.figure.text, str(row.standing.period)) == (f"36.9{THIN}%", "October 2026")
    assert row.standing.words.startswith("off target")


def test_a_measure_shows_its_chart_sources_links_and_who_relies_on_it(as_person, shown):
    response = as_person(shown.hotel.executive).get("/dictionary/HT.JRN.CANCEL/")
    page = response.context["page"]
    assert page.chart is not None
    assert [each.of_record for each in page.sources] == [True, False, False]
    assert {link.from_measure.code for link in page.served_by} >= {"HT.MKT.BOOKINGS_YOY", "HT.REV.BOOKED_YOY"}
    assert [each.condition.journey.code for each in page.required_by] == ["book-to-stay"]
    assert shown.cases["growth"] in page.contradictions
    assert [decision.wording for decision in page.decisions] == [
        "Booked revenue is reported net of expected cancellations."
    ]


def test_a_segment_is_picked_in_the_address(as_person, shown):
    browser = as_person(shown.hotel.executive)
    city = browser.get("/dictionary/HT.JRN.CANCEL/", {"segment": '{"hotel":"City Hotel"}'}).context["page"]
    whole = browser.get("/dictionary/HT.JRN.CANCEL/", {"segment": "nonsense"}).context["page"]
    assert (str(city.segment), str(whole.segment)) == ("City Hotel", "all")
    assert city.standing.figure != whole.standing.figure


def test_a_figure_is_followed_to_its_observations_and_their_submissions(as_person, shown):
    page = as_person(shown.hotel.executive).get("/dictionary/HT.JRN.CANCEL/figures/2026-06/").context["page"]
    record = page.sources[0]
    assert record.of_record
    assert [entry.figure.text for entry in record.entries] == [f"43.1{THIN}%", f"43.5{THIN}%"]
    assert record.entries[0].observation.reason == "late cancellations of a group contract"
    assert {entry.sender for entry in record.entries} == {"Rosa Pires"}
    assert [entry.observation.definition.version for entry in record.entries] == [1, 1]
    assert [entry.submission.pk for entry in record.entries] == [
        entry.observation.submission_id for entry in record.entries
    ]
    assert [len(each.entries) for each in page.sources] == [2, 1, 1]


@pytest.mark.parametrize("period", ["2026-13", "2026-W41", "yesterday"])
def test_a_period_that_is_none_of_the_measure_s_is_not_found(as_person, shown, period):
    assert as_person(shown.hotel.executive).get(f"/dictionary/HT.JRN.CANCEL/figures/{period}/").status_code == 404


def test_a_period_without_a_figure_stays_without(as_person, shown):
    page = as_person(shown.hotel.executive).get("/dictionary/HT.JRN.CANCEL/figures/2020-01/").content.decode()
    assert "No figure is on record" in page


def test_a_version_is_proposed_by_one_and_approved_by_another(as_person, sales_lead, truth_owner, wins):
    series = SeriesFactory(measure=wins)
    lead, owner = as_person(sales_lead), as_person(truth_owner)
    assert lead.post("/dictionary/SALES.WINS/definitions/new/", proposal())["Location"] == "/dictionary/SALES.WINS/"
    changes = lead.get("/dictionary/SALES.WINS/").context["page"].proposed[0].changes
    assert {change.label for change in changes} == {
        "What it means",
        "Target",
        "Why its target needs no counter-measure",
    }
    assert lead.post("/dictionary/SALES.WINS/definitions/2/approval/").status_code == 409
    owner.post("/dictionary/SALES.WINS/definitions/2/approval/")
    approved = Definition.objects.get(measure=wins, version=2)
    assert (approved.status, approved.approved_by) == ("approved", truth_owner)
    assert TouchedSet.objects.get().series == [series.pk]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"starts_on": date(2015, 1, 1)}, "cannot change what held before"),
        ({"starts_on": "2099-01-02"}, "starts with a period"),
        (
            {"wording": "Won opportunities over all that closed.", "target": "0.2", "unguarded_because": ""},
            "changes nothing",
        ),
        ({"unguarded_because": ""}, "why its target needs none"),
        ({"counting": "no", "bridge_factor": "2", "bridge_reason": "Halved."}, "Only a change of counting"),
        ({"counting": "yes", "bridge_factor": "1e15", "bridge_reason": "Grown."}, "no more than 12 digits before"),
        ({"counting": "yes", "bridge_offset": "1e15", "bridge_reason": "Grown."}, "no more than 12 digits before"),
        ({"decimals": "13"}, "Choose 0 to 12."),
        ({"rationale": ""}, "required"),
    ],
)
def test_an_unsound_version_is_refused_and_keeps_what_was_written(as_person, sales_lead, wins, changes, told):
    response = as_person(sales_lead).post("/dictionary/SALES.WINS/definitions/new/", proposal(**changes))
    assert response.status_code == 422
    assert told in response.content.decode()
    assert response.context["form"]["wording"].value() == proposal(**changes)["wording"]
    assert wins.definitions.count() == 1


def test_an_old_page_takes_no_later_version_back(as_person, sales_lead, truth_owner, wins):
    lead, address = as_person(sales_lead), "/dictionary/SALES.WINS/definitions/new/"
    opened = lead.get(address).context["form"]["changed_from"].value()
    lead.post(address, proposal(target="0.3"))
    as_person(truth_owner).post("/dictionary/SALES.WINS/definitions/2/approval/")
    old = lead.post(address, proposal(wording="All that closed.", changed_from=opened))
    assert "Version 2 was approved since you opened this page" in old.content.decode()
    assert old.context["form"]["wording"].value() == "All that closed."
    assert wins.definitions.count() == 2
    latest = lead.get(address).context["form"]["changed_from"].value()
    assert lead.post(address, proposal(wording="All that closed.", changed_from=latest)).status_code == 302


def test_nobody_fills_in_a_version_that_cannot_be_proposed(as_person, sales_lead, truth_owner, wins):
    address = "/dictionary/SALES.WINS/definitions/new/"
    as_person(sales_lead).post(address, proposal())
    page = as_person(truth_owner).get(address).content.decode()
    assert "waits already" in page
    assert 'name="wording"' not in page
    assert 'name="wording"' in as_person(sales_lead).get(address).content.decode()


def test_one_version_waits_at_a_time_until_it_is_withdrawn(as_person, sales_lead, truth_owner, wins):
    lead = as_person(sales_lead)
    lead.post("/dictionary/SALES.WINS/definitions/new/", proposal())
    assert as_person(truth_owner).post("/dictionary/SALES.WINS/definitions/new/", proposal()).status_code == 409
    assert lead.post("/dictionary/SALES.WINS/definitions/2/withdrawal/").status_code == 422
    lead.post("/dictionary/SALES.WINS/definitions/2/withdrawal/", {"reason": "Too early."})
    lead.post("/dictionary/SALES.WINS/definitions/new/", proposal())
    assert list(wins.definitions.order_by("version").values_list("version", "status")) == [
        (1, "approved"), (2, "withdrawn"), (3, "proposed"),
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["delivery_lead", "journey_owner", "executive", "auditor", "administrator", "outsider"])
def test_nobody_else_defines_what_sales_answers_for(as_person, request, who, wins):
    browser = as_person(request.getfixturevalue(who))
    assert browser.get("/dictionary/SALES.WINS/").status_code == 200
    assert browser.get("/dictionary/SALES.WINS/definitions/new/").status_code == 403
    assert browser.post("/dictionary/SALES.WINS/definitions/new/", proposal()).status_code == 403


def test_targets_without_a_guard_are_counted_and_listed(as_person, outsider, wins):
    guarded = measure("GUARDED", target="0.5")
    MeasureFactory(code="GUARD", guards=guarded)
    explained = measure("EXPLAINED")
    DefinitionFactory(measure=explained, version=2, target=1, unguarded_because="The bank counts it.")
    browser = as_person(outsider)
    assert codes(browser.get(DICTIONARY, {"unguarded": "on"})) == ["SALES.WINS"]
    assert browser.get(DICTIONARY).context["dictionary"].unguarded == 1
    assert "1 target without a guard" not in browser.get(DICTIONARY, {"q": "wins"}).content.decode()
    assert "Its target has no counter-measure" in browser.get("/dictionary/SALES.WINS/").content.decode()


def test_what_waits_says_what_approving_it_touches(as_person, sales_lead, truth_owner, wins):
    lead, owner = as_person(sales_lead), as_person(truth_owner)
    bridged = proposal(counting="yes", bridge_factor="0.9", bridge_reason="A tenth was never signed.")
    lead.post("/dictionary/SALES.WINS/definitions/new/", bridged)
    owner.post("/dictionary/SALES.WINS/definitions/2/review/")
    owner.post("/dictionary/SALES.WINS/definitions/2/comments/", {"text": "Signed by whom?"})
    text = owner.get("/dictionary/SALES.WINS/").content.decode()
    assert "figures before are taken × 0.9" in text
    assert "Signed by whom?" in text
    owner.post("/dictionary/SALES.WINS/definitions/2/rejection/", {"reason": "Nobody knows by whom."})
    assert wins.definitions.get(version=2).ended_because == "Nobody knows by whom."


def test_what_waits_is_on_the_desk_of_whoever_may_approve_it(as_person, sales_lead, delivery_lead, truth_owner, wins):
    as_person(truth_owner).post("/dictionary/SALES.WINS/definitions/new/", proposal())
    waiting = f"Definition of {wins}"
    assert waiting in as_person(sales_lead).get("/").content.decode()
    for other in (delivery_lead, truth_owner):
        assert waiting not in as_person(other).get("/").content.decode()


def test_a_measure_is_retired_by_two_people(as_person, sales_lead, truth_owner, wins):
    lead, owner = as_person(sales_lead), as_person(truth_owner)
    following = Period.containing(clock.today(), Grain.MONTH).shift(1).start
    assert lead.get("/dictionary/SALES.WINS/retirement/new/").status_code == 200
    lead.post("/dictionary/SALES.WINS/retirement/new/", {"reason": "Nobody sells.", "starts_on": following})
    assert "proposes to retire this measure" in owner.get("/dictionary/SALES.WINS/").content.decode()
    owner.post("/dictionary/SALES.WINS/definitions/2/approval/")
    assert "Retired: no figures" in owner.get("/dictionary/SALES.WINS/").content.decode()
