"""A decision that leans on figures below the trust demanded takes a written override, which the minutes print."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from forums.charters.terms import steering as terms
from forums.leaning import leaning_of
from forums.models import AgendaItem, Decision, Forum
from forums.motions.acts import EscalationUpwards
from forums.motions.motion import Motion
from metrics.dictionary.target_conditions import trust_needed
from metrics.models import RequiredOutcome, TargetCondition
from metrics.trust import DEMANDED
from tests.factories.forums import Steering, in_session, item_about, resolving
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput

WHY = "Both systems show the same direction."


@pytest.fixture
def sitting(shown) -> Steering:
    forum = Forum.objects.get()
    charter = forum.charters.in_force(on=clock.today())
    members = [*shown.hotel.leads.values(), *shown.hotel.owners.values()]
    return Steering(forum, charter, shown.hotel.truth_owner, shown.hotel.sponsor, members)


@pytest.fixture
def growth(shown, sitting) -> AgendaItem:
    """The case of bookings that grow while cancellations do: two sources report cancellations differently."""
    return item_about(in_session(sitting, date(2026, 11, 12)), shown.cases["growth"])


def test_doubted_figures_are_named_with_what_is_demanded_of_them(growth):
    doubt = leaning_of(growth).weakest
    assert (doubt.measure.code, str(doubt.period), doubt.needed) == ("HT.JRN.CANCEL", "October 2026", DEMANDED)
    assert doubt.is_doubted
    assert doubt.trust <= 50
    assert str(doubt).endswith("80 % demanded. An open contradiction says that two sources disagree.")


def test_without_a_written_override_nothing_is_decided_on_doubted_figures(growth, sitting):
    with pytest.raises(InvalidInput, match="below the trust demanded") as refused:
        growth.decide(resolving(trust_override="  "), by=sitting.chair)
    assert "October 2026" in refused.value.errors["trust_override"]
    assert not growth.decisions.exists()


def test_the_override_stands_on_record_and_in_the_minutes(growth, sitting):
    decision = growth.decide(resolving(trust_override=WHY), by=sitting.chair)
    assert (decision.trust_override, decision.trust_needed) == (WHY, DEMANDED)
    assert decision.trust < DEMANDED
    minutes = growth.meeting.close(by=sitting.chair)
    assert f"Decided on figures of {decision.trust} % trust, where 80 % is demanded: {WHY}" in minutes.text


def test_a_case_about_a_segment_leans_on_the_figures_of_that_segment(growth, shown):
    part = next(case for case in shown.cases.values() if case.segment.values)
    item = item_about(growth.meeting, part)
    assert {figure.segment for figure in leaning_of(item).figures} == {part.segment}
    assert str(part.segment) in str(leaning_of(item).weakest)


def test_that_sources_disagree_is_no_doubt_about_the_case_between_them(growth, sitting, shown):
    item = item_about(growth.meeting, shown.cases["sources"])
    assert leaning_of(item).doubts == []
    assert item.decide(resolving(trust_override=WHY), by=sitting.chair).trust_override == ""


def test_what_goes_to_a_higher_authority_needs_no_override(growth, sitting):
    upwards = Motion(EscalationUpwards(clock.today()), "The board settles whose figures hold.")
    assert growth.decide(upwards, by=sitting.chair).trust_override == ""


def test_where_nothing_is_leaned_on_nothing_is_doubted(item, truth_owner):
    decision = item.decide(resolving(), by=Actor(person=truth_owner))
    assert (decision.trust, decision.trust_needed) == (None, 0)


def test_a_target_condition_says_what_trust_an_outcome_needs(shown):
    measures = {code: shown.hotel.measures[code].pk for code in ("HT.JRN.CANCEL", "HT.REV.BOOKED")}
    version = TargetCondition.objects.get(journey__code="book-to-stay")
    stricter = TargetCondition.objects.create(
        journey=version.journey, version=2, starts_on=date(2026, 1, 1), proposed_by=version.proposed_by,
        approved_by=version.approved_by, set_at=clock.now(),
    )  # fmt: skip
    RequiredOutcome.objects.create(condition=stricter, measure_id=measures["HT.JRN.CANCEL"], trust_needed=95)
    needed = trust_needed(measures.values(), on=clock.today())
    assert needed == {measures["HT.JRN.CANCEL"]: 95, measures["HT.REV.BOOKED"]: DEMANDED}


@pytest.mark.parametrize(("demanded", "needed"), [(0, DEMANDED), (95, 95)])
def test_a_charter_demands_more_trust_and_never_less(sitting, shown, demanded, needed):
    rules = terms(date(2026, 11, 1), trust_needed=demanded)
    charter = sitting.forum.propose_charter(rules, by=Actor(person=shown.hotel.truth_owner))
    charter.approve(by=Actor(person=shown.hotel.sponsor))
    item = item_about(in_session(sitting, date(2026, 11, 12)), shown.cases["growth"])
    assert {figure.needed for figure in leaning_of(item).figures} == {needed}


def test_the_page_asks_for_the_override_where_it_is_needed(growth, sitting, as_person):
    chair = as_person(sitting.truth_owner)
    page = chair.get(f"/meetings/{growth.meeting_id}/?item={growth.pk}&type=resolve_contradiction")
    assert "Why it is decided on these figures all the same" in page.content.decode()
    page = chair.get(f"/meetings/{growth.meeting_id}/?item={growth.pk}&type=escalate")
    assert "all the same" not in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"trust": 40}, "takes a written override"),
        ({"trust": None}, "how far the figures"),
        ({"trust": 85, "trust_needed": 80}, "demands more trust"),
    ],
)
def test_the_database_refuses_what_the_verb_would(sitting, shown, fields, says):
    rules = terms(date(2026, 11, 1), trust_needed=85)
    sitting.forum.propose_charter(rules, by=sitting.chair).approve(by=Actor(person=shown.hotel.sponsor))
    item = item_about(in_session(sitting, date(2026, 11, 12)), shown.cases["growth"])
    right = item.meeting.charter.right_to("resolve_contradiction", item.scope())
    row = {
        "meeting": item.meeting, "item": item, "decision_type": right.decision_type, "right": right, "wording": "x",
        "decided_by": sitting.truth_owner, "appointment": sitting.truth_owner.appointments.get(),
        "present": len(sitting.members) + 1, "recused": 0, "quorum": 3, "observations": leaning_of(item).observations,
        "trust_needed": 85, "view_hash": "0" * 64, "known_entry": 0, "decided_at": clock.now(),
    }  # fmt: skip
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        Decision.objects.create(**row | fields)
