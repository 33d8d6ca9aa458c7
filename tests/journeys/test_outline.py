import pytest
from django.core.exceptions import PermissionDenied

from journeys.models import Handoff, Journey, Stage
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import AuditEntry, Scope


@pytest.fixture
def by_owner(journey_owner):
    return Actor(person=journey_owner)


@pytest.fixture
def stages(journey, by_owner, sales, delivery):
    return [journey.add_stage(name, function, by=by_owner) for name, function in
            (("Book", sales), ("Stay", delivery), ("Return", sales))]  # fmt: skip


@pytest.fixture
def handoff(journey, stages, by_owner):
    return journey.add_handoff(*stages[:2], promise="A room with a view", arrival="Any room", by=by_owner)


def names(journey):
    return list(journey.stages.values_list("name", "position"))


def test_stages_stand_in_the_order_they_were_added(journey, stages):
    assert names(journey) == [("Book", 1), ("Stay", 2), ("Return", 3)]


@pytest.mark.parametrize(
    ("place", "order"),
    [(1, ["Return", "Book", "Stay"]), (2, ["Book", "Return", "Stay"]), (9, ["Book", "Stay", "Return"])],
)
def test_a_stage_moves_to_a_place(journey, stages, by_owner, place, order):
    last = stages[-1]
    last.change(name=last.name, function=last.function, position=place, by=by_owner)
    assert names(journey) == [(name, number) for number, name in enumerate(order, start=1)]


def test_a_stage_with_a_handoff_is_not_removed(handoff, stages, by_owner):
    with pytest.raises(Refusal, match="takes part in handoffs"):
        stages[0].remove(by=by_owner)
    handoff.remove(by=by_owner)
    stages[0].remove(by=by_owner)
    assert Stage.objects.count() == 2


def test_two_stages_are_joined_once(journey, handoff, stages, by_owner):
    with pytest.raises(Refusal, match="Book hands over to Stay already"):
        journey.add_handoff(*stages[:2], promise="Again", arrival="Again", by=by_owner)


def test_a_handoff_stays_within_its_journey(journey, stages, by_owner, truth_owner):
    other = Journey.establish("Return", by=Actor(person=truth_owner))
    foreign = Stage.objects.create(journey=other, position=1, name="Foreign", function=stages[0].function)
    with pytest.raises(Refusal, match="of this journey"):
        journey.add_handoff(stages[0], foreign, promise="x", arrival="y", by=by_owner)


def test_who_does_not_own_the_journey_does_not_shape_it(journey, stages, sales_lead, truth_owner):
    with pytest.raises(PermissionDenied):
        journey.add_stage("Pay", stages[0].function, by=Actor(person=sales_lead))
    journey.add_stage("Pay", stages[0].function, by=Actor(person=truth_owner))
    assert AuditEntry.objects.filter(code="stage.added").count() == 4


def test_a_journey_is_established_with_its_scope_once(truth_owner):
    by = Actor(person=truth_owner)
    assert Journey.establish("Book to stay", by=by).scope.kind == Scope.Kind.JOURNEY
    with pytest.raises(Refusal, match="called Book to stay already"):
        Journey.establish("Book to stay", by=by)


def test_a_long_name_makes_a_code_that_fits(truth_owner):
    assert len(Journey.establish("From the first look " * 8, by=Actor(person=truth_owner)).code) <= 80


def test_an_owner_shapes_the_journey_in_the_browser(as_person, journey, journey_owner, stages):
    client = as_person(journey_owner)
    page = f"/outlines/{journey.code}/"
    first, second, third = stages
    wording = {"promise": "A room with a view", "arrival": "Any room"}
    client.post(f"{page}handoffs/", {"from_stage": first.pk, "to_stage": second.pk, **wording})
    handoff = Handoff.objects.get()
    client.post(f"{page}handoffs/{handoff.pk}/", wording | {"arrival": "The room that was promised"})
    client.post(f"{page}stages/{third.pk}/", {"name": "Come back", "function": third.function_id, "position": 1})
    client.post(
        page, {"description": "From wish to stay.", "customers_per_month": 1200, "value_per_customer": "180.50"}
    )
    shown = client.get(page).content.decode()
    assert "The room that was promised" in shown
    assert "180.50" in shown
    assert names(journey)[0] == ("Come back", 1)


def test_a_faulty_stage_is_answered_where_it_stands(as_person, journey, journey_owner, stages):
    answer = as_person(journey_owner).post(
        f"/outlines/{journey.code}/stages/{stages[0].pk}/", {"name": "", "position": 1}
    )
    assert answer.status_code == 422
    assert f'id="stage-{stages[0].pk}-name_error"' in answer.content.decode()


def test_a_function_lead_gets_no_outline(as_person, journey, sales_lead):
    assert as_person(sales_lead).get(f"/outlines/{journey.code}/").status_code == 403


def test_an_empty_outline_says_what_belongs_there(as_person, journey, journey_owner):
    assert "No stage yet" in as_person(journey_owner).get(f"/outlines/{journey.code}/").content.decode()


def test_the_truth_owner_establishes_a_journey_in_the_browser(as_person, truth_owner, sales_lead):
    assert as_person(sales_lead).get("/outlines/").status_code == 403
    answer = as_person(truth_owner).post("/outlines/", {"name": "Book to stay"})
    assert answer.url == "/outlines/book-to-stay/"
