"""An agenda that builds itself, and stays as chair and secretary arrange it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from forums.meetings.people import people_to_present
from forums.models import AgendaItem
from tests.factories.forums import contradiction, drafted, in_session, item_about, next_meeting, resolving
from tests.factories.metrics import measure
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models.audit import AuditEntry


@pytest.fixture
def coming(steering, case, low):
    """Scheduled, with a low and a high case drafted."""
    return drafted(steering)


def order(meeting):
    return [(item.subject.reference, item.section) for item in meeting.items.select_related("subject")]


def test_it_is_drafted_by_severity_in_sections(coming, case, low):
    assert order(coming) == [(case.pk, "Contradictions"), (low.pk, "Contradictions")]
    assert {item.minutes for item in coming.items.all()} == {15}


def test_what_is_worse_comes_first_until_somebody_arranges_it(coming, steering, secretary, case, low):
    worst = contradiction(measure("sales.wins"), measure("journey.nights", outcome=True), severity_rank=9)
    coming.draft_agenda(by=steering.chair)
    assert [reference for reference, _ in order(coming)] == [worst.pk, case.pk, low.pk]
    coming.move_item(item_about(coming, low), down=False, by=secretary)
    worse = contradiction(measure("sales.calls"), measure("journey.visits", outcome=True), severity_rank=10)
    coming.refresh_from_db()
    coming.draft_agenda(by=steering.chair)
    assert [reference for reference, _ in order(coming)] == [worst.pk, low.pk, case.pk, worse.pk]


def test_nobody_who_administers_or_audits_presents(coming, sales_lead, auditor, administrator):
    assert sales_lead in (able := people_to_present(coming))
    assert not {auditor, administrator} & set(able)


def test_a_matter_is_given_its_section_its_minutes_and_who_presents_it(coming, secretary, low, sales_lead):
    item = item_about(coming, low)
    coming.plan_item(item, section=" Any  other business ", minutes=5, presenter=sales_lead, by=secretary)
    item.refresh_from_db()
    assert (item.section, item.minutes, item.presenter) == ("Any other business", 5, sales_lead)
    assert order(coming)[-1] == (low.pk, "Any other business")
    assert AuditEntry.objects.filter(code="item.planned", subject_id=str(item.pk)).exists()


def test_a_section_is_moved_whole_and_named_anew(coming, secretary, case, low):
    coming.place_item(item_about(coming, low), section="First things", by=secretary)
    coming.move_section("First things", down=False, by=secretary)
    assert order(coming)[0] == (low.pk, "First things")
    coming.rename_section("First things", "Contradictions", by=secretary)
    assert {section for _, section in order(coming)} == {"Contradictions"}


def test_a_member_cannot_arrange_it(coming, sales_lead, low):
    for act in (
        lambda by: coming.move_item(item_about(coming, low), down=False, by=by),
        lambda by: coming.rename_section("Contradictions", "Ours", by=by),
        lambda by: coming.plan_item(item_about(coming, low), section="Ours", minutes=5, presenter=None, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(Actor(person=sales_lead))


def test_once_the_meeting_has_begun_its_order_is_the_chairs(coming, steering, secretary, low):
    coming.open(by=steering.chair)
    with pytest.raises(Refusal, match="has begun"):
        coming.move_item(item_about(coming, low), down=False, by=secretary)


def test_what_is_not_there_is_not_moved(coming, secretary, steering, low):
    elsewhere = next_meeting(steering, date.today() + timedelta(7))
    elsewhere.draft_agenda(by=steering.chair)
    with pytest.raises(Refusal, match="no more"):
        coming.move_item(item_about(elsewhere, low), down=False, by=secretary)
    with pytest.raises(Refusal, match="no such section"):
        coming.move_section("Nowhere", down=False, by=secretary)
    with pytest.raises(InvalidInput):
        coming.rename_section("Contradictions", "  ", by=secretary)
    with pytest.raises(InvalidInput):
        coming.plan_item(item_about(coming, low), section="Ours", minutes=0, presenter=None, by=secretary)


def test_the_database_keeps_an_item_in_a_section(coming):
    item = coming.items.first()
    item.section = ""
    with pytest.raises(Exception, match="an_item_stands_in_a_section"):
        item.save()


def test_a_decision_comes_up_for_review_until_it_was_looked_at(steering, case):
    held = in_session(steering, date.today() - timedelta(28))
    decision = item_about(held, case).decide(resolving(review_on=date.today()), by=steering.chair)
    held.close(by=steering.chair)
    later = in_session(steering)
    item = later.items.get(subject__kind="decision", subject__reference=decision.pk)
    assert (item.section, item.title) == ("Decisions up for review", f"Review: {decision.wording}")
    with pytest.raises(Refusal, match="does not fit"):
        item.decide(resolving(), by=steering.chair)
    item.note("It worked.", by=steering.chair)
    later.close(by=steering.chair)
    again = next_meeting(steering, date.today() + timedelta(28))
    again.draft_agenda(by=steering.chair)
    assert not again.items.filter(subject__kind="decision").exists()


def test_what_it_says_of_itself_is_told_anew(coming, steering, case):
    AgendaItem.objects.filter(pk=item_about(coming, case).pk).update(why="Low, open since long ago.")
    coming.draft_agenda(by=steering.chair)
    assert item_about(coming, case).why.startswith("High, open since")
