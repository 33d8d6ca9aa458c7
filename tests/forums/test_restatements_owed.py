"""What restated figures ask of a forum: once a delivery and measure on its agenda, and on the truth owner's desk."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from forums.desk import desk_of
from forums.meetings.schedule import schedule_meeting
from forums.models import AgendaItem, Forum, Meeting
from forums.restatements.owed import owed_to
from metrics.ingestion import Delivery, Outcome, Rows, ingest
from metrics.models import Observation, Reading, Series
from tests.days import in_days, tomorrow
from tests.factories.forums import in_session, item_about
from tests.showcase.figures import RECORD, reading, restate, submit
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry

UNREVIEWED, REVIEWED = date(2026, 10, 1), date(2026, 8, 1)
"""October has had no meeting yet; August was looked at in September."""
CANCELLED = "HT.JRN.CANCEL"


@pytest.fixture
def forum(shown):
    return Forum.objects.get()


@pytest.fixture
def chair(shown):
    return Actor(person=shown.hotel.truth_owner)


def on_the_agenda(meeting: Meeting) -> list[AgendaItem]:
    return list(meeting.items.filter(subject__kind="restatement"))


def following(forum: Forum, slot: date | None = None) -> Meeting:
    return schedule_meeting(forum, forum.charters.get(), slot or tomorrow())


def hold(forum: Forum, chair: Actor, slot: date | None = None) -> Meeting:
    meeting = following(forum, slot)
    meeting.open(by=chair)
    return meeting


def by_less_than_matters(period_start: date) -> Decimal:
    series = Series.objects.get(measure__code=CANCELLED, segment__key="{}", source__name=RECORD)
    return Reading.objects.get(series=series, period_start=period_start).value * Decimal("1.001")


def push(shown, share: str) -> Outcome:
    """The owner of the journey hands in another figure of the whole for October, at the one door."""
    series = Series.objects.get(measure__code=CANCELLED, segment__key="{}", source__name=RECORD)
    value = Reading.objects.get(series=series, period_start=UNREVIEWED).value * Decimal(share)
    said = {"measure": CANCELLED, "period": "2026-10", "value": round(value, 6), "reason": "counted anew"}
    delivery = Delivery("form", source=series.source.code)
    return ingest(Rows.of([said]), delivery, by=Actor(person=shown.hotel.owners["Book-to-stay"]))


def restate_everywhere(shown, code: str) -> int:
    """Every segment's figure of October, by a tenth, in one delivery; how many they are."""
    readings = list(Reading.objects.filter(series__measure__code=code, period_start=UNREVIEWED))
    submission = submit(shown.hotel.leads["Reservations"], restated=len(readings), reason="recounted")
    for earlier in readings:
        later = Observation.objects.create(
            series_id=earlier.series_id, period_start=UNREVIEWED, value=earlier.value * Decimal("0.9"),
            definition_id=earlier.definition_id, submission=submission, restates=earlier.observation_id,
            reason="recounted", notices=["material_restatement"],
        )  # fmt: skip
        Reading.objects.filter(series_id=earlier.series_id, period_start=UNREVIEWED).delete()
        reading(later).save(force_insert=True)
    return len(readings)


def test_a_material_restatement_stands_on_the_next_agenda(shown, forum, chair):
    later = restate(shown.hotel, CANCELLED, UNREVIEWED, Decimal("0.25"), "a late correction")
    meeting = following(forum)
    meeting.draft_agenda(by=chair)
    [item] = on_the_agenda(meeting)
    assert item.subject.reference == later.pk
    assert item.subject.record() == later
    assert "→ 25.0" in item.title
    assert item.why == "Material. a late correction"


@pytest.mark.parametrize("shares", [["1.05"], ["1.019", "1.019"]])
def test_a_material_one_through_the_door_reaches_the_truth_owner_and_the_next_agenda(shown, forum, chair, shares):
    for share in shares:
        assert owed_to(forum) == []
        assert push(shown, share).restated == 1
    later = Observation.objects.latest("pk")
    addresses = {due.address for due in desk_of(shown.hotel.truth_owner).dues}
    assert reverse("forums:restatement", args=[later.pk]) in addresses
    meeting = following(forum)
    meeting.draft_agenda(by=chair)
    [item] = on_the_agenda(meeting)
    assert (item.subject.reference, item.why) == (later.pk, "Material. counted anew")


def test_a_small_one_does_not_unless_its_period_was_looked_at(shown, forum):
    restate(shown.hotel, CANCELLED, UNREVIEWED, by_less_than_matters(UNREVIEWED), "one guest more")
    assert owed_to(forum) == []
    restate(shown.hotel, CANCELLED, REVIEWED, by_less_than_matters(REVIEWED), "one guest more")
    [owed] = owed_to(forum)
    assert owed.why == "The view of August 2026 was frozen before. one guest more"


def test_many_figures_of_a_delivery_are_one_item(shown, forum, chair):
    count = restate_everywhere(shown, CANCELLED)
    assert count > 2
    meeting = following(forum)
    meeting.draft_agenda(by=chair)
    [item] = on_the_agenda(meeting)
    assert f"{count} figures restated" in item.title


def test_a_forum_that_does_not_steer_looks_at_what_it_froze_itself(shown, chair):
    portfolio = Forum.objects.found(code="portfolio", name="Portfolio", kind=Forum.Kind.PORTFOLIO, by=chair)
    restate(shown.hotel, CANCELLED, REVIEWED, Decimal("0.25"), "a late correction")
    assert owed_to(portfolio) == []


def test_the_chair_takes_note_and_it_is_on_record(shown, forum, chair):
    restate(shown.hotel, CANCELLED, REVIEWED, Decimal("0.25"), "a late correction")
    meeting = hold(forum, chair)
    [item] = on_the_agenda(meeting)
    item.note("The group contract was counted twice.", by=chair)
    assert item.status == "noted"
    assert AuditEntry.objects.filter(code="item.noted", subject_id=str(item.pk)).exists()
    minutes = meeting.close(by=chair)
    assert "Noted: The group contract was counted twice." in minutes.text
    assert owed_to(forum) == []
    assert on_the_agenda(hold(forum, chair, in_days(2))) == []


def test_nobody_else_takes_note_and_not_without_words(shown, forum, chair):
    restate(shown.hotel, CANCELLED, REVIEWED, Decimal("0.25"), "a late correction")
    [item] = on_the_agenda(hold(forum, chair))
    with pytest.raises(PermissionDenied):
        item.note("Fine.", by=Actor(person=shown.hotel.leads["Reservations"]))
    with pytest.raises(InvalidInput):
        item.note("  ", by=chair)
    item.note("Fine.", by=chair)
    with pytest.raises(Refusal):
        item.note("Twice.", by=chair)


def test_a_contradiction_is_never_just_noted(steering, case):
    item = item_about(in_session(steering), case)
    with pytest.raises(Refusal, match="Only what needs no decision is noted"):
        item.note("Seen.", by=steering.chair)


def test_what_is_noted_stays_on_record(shown, forum, chair):
    restate(shown.hotel, CANCELLED, REVIEWED, Decimal("0.25"), "a late correction")
    [item] = on_the_agenda(hold(forum, chair))
    item.note("Fine.", by=chair)
    with pytest.raises(DatabaseError), transaction.atomic():
        item.delete()


def test_what_is_not_reached_comes_back_until_it_ends(shown, forum, chair):
    restate(shown.hotel, CANCELLED, REVIEWED, Decimal("0.25"), "a late correction")
    for number in range(2):
        hold(forum, chair, in_days(1 + number)).close(by=chair)
    [item] = on_the_agenda(hold(forum, chair, in_days(3)))
    assert item.times_carried() == 2


def test_what_is_owed_costs_the_same_queries_with_many_rows(shown, forum, django_assert_num_queries):
    restate_everywhere(shown, CANCELLED)
    restate_everywhere(shown, "HT.FO.AS_RESERVED")
    with django_assert_num_queries(5):
        assert len(owed_to(forum)) == 2
