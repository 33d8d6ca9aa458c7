"""Cases that differ by their segment alone are heard together, and an agenda holds what there is time for."""

from datetime import timedelta

import pytest
from django.urls import reverse

from forums.agendas.fitting import within
from forums.agendas.publishing import publish
from tests.factories.forums import contradiction, drafted, in_session, item_about, next_meeting, resolving
from tests.factories.metrics import SegmentFactory, measure


@pytest.fixture
def elsewhere(case):
    """Weightier than the case, of its parties, in one region and in another."""

    def case_in(region, rank):
        segment = SegmentFactory(key=f'{{"region":"{region}"}}', values={"region": region})
        return contradiction(case.measure, case.other_measure, severity_rank=rank, segment=segment)

    return [case_in("north", 5.0), case_in("south", 1.0)]


@pytest.fixture
def between(case):
    """Of other parties, and between those two in weight."""
    return contradiction(measure("sales.leads"), measure("journey.returns", outcome=True), severity_rank=2.0)


@pytest.fixture
def coming(steering, case, elsewhere, between):
    return drafted(steering)


def planned(meeting):
    return [(item.subject.reference, item.minutes) for item in meeting.items.select_related("subject")]


def sections(meeting):
    return list(meeting.items.values_list("section", flat=True))


def test_cases_of_the_same_parties_stand_together_and_take_a_hearing_once(coming, case, elsewhere, between):
    north, south = elsewhere
    assert planned(coming) == [(north.pk, 15), (case.pk, 3), (south.pk, 3), (between.pk, 15)]


def test_on_the_page_the_further_ones_say_in_what_they_differ(as_person, steering, coming):
    client = as_person(steering.secretary)
    for address in (reverse("forums:agenda", args=[coming.pk]), reverse("forums:meeting", args=[coming.pk])):
        page = client.get(address).content.decode()
        assert "The same in the whole" in page
        assert "The same in region south" in page


def test_each_of_them_is_decided_by_itself_and_the_rest_is_heard_in_full_next_time(steering, case, elsewhere, between):
    north, south = elsewhere
    held = in_session(steering, steering.charter.starts_on + timedelta(7))
    item_about(held, north).decide(resolving(), by=steering.chair)
    held.close(by=steering.chair)
    later = next_meeting(steering)
    later.draft_agenda(by=steering.chair)
    open_still = later.items.filter(subject__kind="contradiction").exclude(subject__reference=north.pk)
    on_cases = list(open_still.values_list("subject__reference", "minutes"))
    assert on_cases == [(case.pk, 15), (south.pk, 3), (between.pk, 15)]


def test_what_was_planned_by_hand_is_planned_so_again_when_it_is_carried_over(steering, secretary, case, between):
    held = next_meeting(steering, steering.charter.starts_on + timedelta(7))
    held.draft_agenda(by=steering.chair)
    item = item_about(held, between)
    held.plan_item(item, section=item.section, minutes=40, presenter=None, by=secretary)
    held.open(by=steering.chair)
    held.close(by=steering.chair)
    later = next_meeting(steering)
    later.draft_agenda(by=steering.chair)
    assert item_about(later, between).minutes == 40


def test_what_there_is_no_time_for_comes_last_and_comes_back_when_there_is(coming, secretary, case, between):
    shorter = {"starts_at": coming.starts_at + timedelta(days=1), "lasts_minutes": 20, "place": ""}
    coming.move(**shorter, by=secretary)
    assert sections(coming) == ["Contradictions"] * 2 + ["If time allows"] * 2
    coming.move(**shorter | {"lasts_minutes": 60}, by=secretary)
    assert sections(coming) == ["Contradictions"] * 4


def test_it_is_not_counted_among_what_the_meeting_takes_up(as_person, steering, coming, secretary):
    coming.move(starts_at=coming.starts_at + timedelta(days=1), lasts_minutes=20, place="", by=secretary)
    page = as_person(steering.secretary).get(reverse("forums:agenda", args=[coming.pk])).content.decode()
    assert "18 minutes of the 20 that the meeting has, and 18 more if time allows." in page
    assert "More stands on it" not in page
    assert publish(coming, by=secretary).record["together"] == "Together 18 minutes, and 18 more if time allows."


def test_what_somebody_put_on_or_waits_for_comes_before_all_else(coming, steering, secretary, between):
    raised = contradiction(measure("sales.calls"), measure("journey.visits", outcome=True), severity_rank=0.1)
    coming.put_on("contradiction", raised.pk, "The sponsor asks.", by=secretary)
    coming.move(starts_at=coming.starts_at + timedelta(days=1), lasts_minutes=30, place="", by=secretary)
    assert item_about(coming, raised).section == "Contradictions"
    assert item_about(coming, between).section == "If time allows"


def test_once_arranged_nothing_is_put_off_by_itself(coming, secretary, between):
    coming.move_item(item_about(coming, between), down=False, by=secretary)
    coming.move(starts_at=coming.starts_at + timedelta(days=1), lasts_minutes=20, place="", by=secretary)
    assert sections(coming) == ["Contradictions"] * 4


def test_the_first_comes_in_any_case_and_nothing_small_overtakes():
    assert within([(1, 15), (2, 15), (3, 2)], 20) == {1}
    assert within([(1, 15), (2, 5), (3, 2)], 20) == {1, 2}
    assert within([(1, 15)], 5) == {1}
    assert within([], 5) == set()
