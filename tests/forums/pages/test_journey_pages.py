import pytest

JOURNEY = "/journeys/book-to-stay/"


def test_a_journey_shows_its_path_verdict_and_what_contradicts(as_person, shown):
    response = as_person(shown.hotel.outsider).get(JOURNEY)
    page, text = response.context["page"], response.content.decode()
    assert [stage.name for stage in page.path.stages][0::4] == ["Find and book", "Settle"]
    assert page.verdict == "failing"
    assert page.why.startswith("Revenue realisation 58.8")
    assert page.owner.person == shown.hotel.owners["Book-to-stay"]
    assert [row.measure.code for row in page.outcomes if row.required] == [
        "HT.FIN.REALISATION", "HT.FO.AS_RESERVED", "HT.JRN.CANCEL",
    ]  # fmt: skip
    assert page.cases[0] == shown.cases["growth"]
    assert "Change stages and handoffs" not in text


def test_a_handoff_with_an_open_contradiction_is_marked_broken(as_person, shown):
    page = as_person(shown.hotel.outsider).get(JOURNEY).context["page"]
    assert [handoff.from_stage.name for handoff, broken in page.handoffs if broken] == ["Price and confirm"]


@pytest.mark.parametrize("who", ["truth_owner", "owner"])
def test_who_owns_it_finds_the_way_to_shape_it(as_person, shown, who):
    person = shown.hotel.owners["Book-to-stay"] if who == "owner" else shown.hotel.truth_owner
    assert "Change stages and handoffs" in as_person(person).get(JOURNEY).content.decode()


def test_all_journeys_are_listed_with_their_verdicts(as_person, shown):
    listed = as_person(shown.hotel.outsider).get("/journeys/").context["journeys"]
    assert [(each.journey.name, each.verdict, each.open + each.in_remedy) for each in listed] == [
        ("Book-to-stay", "failing", 5), ("Return", "failing", 0),
    ]  # fmt: skip
    assert all(each.in_remedy for each in listed[:1])
    assert [each.extent.partition(", ")[2] for each in listed] == [
        f"{listed[0].open} open contradictions, {listed[0].in_remedy} in remedy", "0 open contradictions",
    ]  # fmt: skip


def test_without_journeys_the_page_says_who_draws_them(as_person, outsider):
    assert "No journey has been drawn" in as_person(outsider).get("/journeys/").content.decode()


def test_a_journey_without_stages_or_outcomes_says_so(as_person, outsider, journey):
    page = as_person(outsider).get(JOURNEY).content.decode()
    assert "No stage has been drawn" in page
    assert "no target condition says what must hold" in page


def test_a_journey_that_is_not_there_is_not_found(as_person, outsider):
    assert as_person(outsider).get("/journeys/nowhere/").status_code == 404
