"""What else a charter says: seats, cadence and calendar, the ladder, the trust it demands; and the editor."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from forums.charters import days_off
from forums.charters.presets import preset
from forums.charters.terms import Seat, Step
from forums.charters.terms import steering as steering_terms
from forums.meetings.late import escalate_late_answers, pass_on_unanswered
from forums.meetings.schedule import schedule_meetings
from forums.models import Charter, DayOff, Escalation, Forum, Meeting
from metrics.models import RequiredOutcome, TargetCondition
from tests.acting import by
from tests.factories.forums import in_session
from tests.factories.people import AppointmentFactory, PersonFactory
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry, Role

TODAY = date(2026, 11, 1)


@pytest.fixture
def under(steering, truth_owner, sponsor):
    """The steering forum under other terms, in force since 2015."""

    def approved(**terms):
        charter = steering.forum.propose_charter(steering_terms(date(2015, 1, 1), **terms), by=by(truth_owner))
        charter.approve(by=by(sponsor))
        return charter

    return approved


def test_a_standing_seat_makes_a_member_of_who_holds_it(steering, under, sales, sales_lead, delivery_lead):
    charter = under(member_roles=(Role.EXECUTIVE,), quorum=2, seats=(Seat("data", Role.FUNCTION_LEAD, sales.scope),))
    steering.members.remove(delivery_lead)
    meeting = in_session(steering)
    assert sales_lead.pk in meeting.members_present()
    with pytest.raises(Refusal, match="neither a member"):
        meeting.arrive(delivery_lead, by=by(delivery_lead))
    said = AuditEntry.objects.get(code="charter.approved", subject_id=str(charter.pk)).data
    assert said["seats"] == [["data", "function_lead", sales.scope_id]]


def test_the_database_counts_a_standing_seat_for_the_quorum(steering, under, sales, case, truth_owner, delivery_lead):
    under(member_roles=(Role.EXECUTIVE,), quorum=3, seats=(Seat("data", Role.FUNCTION_LEAD, sales.scope),))
    steering.members.remove(delivery_lead)
    item = in_session(steering).items.get(subject__kind="contradiction")
    from_sql = item.meeting.charter.right_to("policy", item.scope())
    item.decisions.create(
        meeting=item.meeting, decision_type="policy", wording="x", right=from_sql, decided_by=truth_owner,
        appointment=truth_owner.appointments.get(), present=3, recused=0, quorum=3, observations=[], definitions=[],
        view_hash="0" * 64, known_entry=0, decided_at=clock.now(),
    )  # fmt: skip
    assert item.decisions.get().present == 3


def test_a_meeting_on_a_day_off_is_held_on_the_next_working_day(steering, truth_owner):
    days_off.declare(date(2026, 11, 13), "Feast", by=by(truth_owner))  # a Friday
    days_off.declare(date(2026, 11, 16), "Bridge", by=by(truth_owner))
    first = schedule_meetings(TODAY)[0]
    assert (first.slot, clock.local_day(first.starts_at)) == (date(2026, 11, 13), date(2026, 11, 17))


def test_a_meeting_on_a_day_off_is_left_out_where_the_charter_says_so(under, truth_owner):
    under(on_day_off="skip")
    days_off.declare(date(2026, 11, 13), "Feast", by=by(truth_owner))
    assert [meeting.slot for meeting in schedule_meetings(TODAY)] == [date(2026, 12, 14)]


def test_a_day_declared_late_moves_what_is_set_on_it(steering, secretary_of, executive):
    meeting = schedule_meetings(TODAY)[0]
    with pytest.raises(PermissionDenied):
        days_off.declare(meeting.slot, "Feast", by=by(executive))
    off = days_off.declare(meeting.slot, "Feast", by=by(secretary_of(steering)))
    moved = Meeting.objects.get(pk=meeting.pk)
    assert (moved.slot, clock.local_day(moved.starts_at)) == (date(2026, 11, 13), date(2026, 11, 16))
    assert (moved.version, moved.sequence) > (meeting.version, meeting.sequence)
    assert AuditEntry.objects.filter(code="meeting.moved", subject_id=str(meeting.pk)).exists()
    off.withdraw(by=by(secretary_of(steering)))
    assert not DayOff.objects.exists()


@pytest.fixture
def secretary_of():
    return lambda steering: steering.secretary


def test_a_forum_meets_at_its_hour_in_its_own_zone(under):
    under(zone="America/New_York", meets_at=time(9))
    first = schedule_meetings(TODAY)[0]
    assert first.starts_at.astimezone(ZoneInfo("America/New_York")).hour == 9


def late_challenge(case, sales, truth_owner, *, days):
    challenge = case.challenge(
        scope=sales.scope, question="Why?", due_on=clock.today() + timedelta(days=1), by=by(truth_owner)
    )
    return challenge, challenge.due_on + timedelta(days=days)


def test_what_is_late_climbs_the_ladder_rung_by_rung(under, case, sales, truth_owner, sponsor, executive):
    under(ladder=(Step(Role.EXECUTIVE, 3), Step(Role.SPONSOR, 5)))
    _, third_day = late_challenge(case, sales, truth_owner, days=3)
    assert escalate_late_answers(third_day) == []
    day = third_day + timedelta(days=1)
    first = escalate_late_answers(day)[0]
    assert (first.to_role, first.due_on) == ("executive", day + timedelta(days=5))
    assert pass_on_unanswered(first.due_on) == []
    later = first.due_on + timedelta(days=1)
    second = pass_on_unanswered(later)[0]
    first.refresh_from_db()
    assert (first.status, second.passed_from, second.to_role) == ("passed_on", first, "sponsor")
    assert second.due_on == later + timedelta(days=5)
    with pytest.raises(Refusal, match="no longer open"):
        first.respond("Too late.", by=by(executive))
    assert pass_on_unanswered(second.due_on + timedelta(days=99)) == []
    second.respond("It is settled.", by=by(sponsor))


def test_the_clock_is_that_of_the_forum_which_may_resolve_the_case(under, case, sales, truth_owner):
    under()
    _, tenth_day = late_challenge(case, sales, truth_owner, days=10)
    assert escalate_late_answers(tenth_day) == []
    assert escalate_late_answers(tenth_day + timedelta(days=1))[0].to_role == "sponsor"


def test_a_third_carry_over_goes_above_the_chair(under, steering, case):
    under(ladder=(Step(Role.TRUTH_OWNER, 3), Step(Role.SPONSOR, 5)))
    for ahead in range(3):
        meeting = in_session(steering, date.today() + timedelta(days=ahead))
        meeting.items.get(subject__kind="contradiction").carry_over("Not ready.", by=steering.chair)
        meeting.close(by=steering.chair)
    assert Escalation.objects.get().to_role == "sponsor"


@pytest.mark.parametrize(
    ("terms", "named"),
    [({"ladder": ()}, "ladder"), ({"ladder": (Step(Role.SPONSOR, 3), Step(Role.SPONSOR, 5))}, "ladder"),
     ({"zone": "Mars/Olympus"}, "zone"), ({"recurrence": "FREQ=DAILY"}, "recurrence")],
)  # fmt: skip
def test_terms_that_cannot_stand_are_named(steering, truth_owner, terms, named):
    with pytest.raises(InvalidInput) as refused:
        steering.forum.propose_charter(steering_terms(date.today(), **terms), by=by(truth_owner))
    assert list(refused.value.errors) == [named]


def test_a_charter_asks_no_less_trust_than_a_target_condition(steering, truth_owner, sponsor, journey, case):
    condition = TargetCondition.objects.create(
        journey=journey, version=1, starts_on=date(2015, 1, 1), proposed_by=truth_owner, approved_by=sponsor,
        set_at=clock.now(),
    )  # fmt: skip
    RequiredOutcome.objects.create(condition=condition, measure=case.other_measure, trust_needed=80)
    with pytest.raises(InvalidInput, match="cannot be proposed") as refused:
        steering.forum.propose_charter(steering_terms(date.today(), trust_needed=70), by=by(truth_owner))
    assert "80 %" in refused.value.errors["trust_needed"]
    for enough in (0, 80, 95):
        assert steering.forum.propose_charter(steering_terms(date.today(), trust_needed=enough), by=by(truth_owner))


@pytest.mark.parametrize("terms", [{"recurrence": "FREQ=DAILY"}, {"quorum": 1}, {"trust_needed": 101}])
def test_the_database_takes_no_terms_that_cannot_stand(steering, terms):
    charters = type(steering.charter).objects.filter(pk=steering.charter.pk)
    row = charters.values().get() | {"id": None, "version": 9, "status": "proposed"} | terms
    with pytest.raises(DatabaseError), transaction.atomic():
        charters.create(**row)
    assert charters.create(**row | {"recurrence": steering.charter.recurrence, "quorum": 3, "trust_needed": 0})


def test_terms_come_back_as_they_were_proposed(steering, truth_owner, sales):
    terms = replace(
        preset(Forum.Kind.CHANGE, date(2026, 12, 1)), zone="Europe/Lisbon", trust_needed=90, allows_remote=False,
        seats=(Seat("risk", Role.FUNCTION_LEAD, sales.scope),),
    )  # fmt: skip
    assert steering.forum.propose_charter(terms, by=by(truth_owner)).terms() == terms


def written(page):
    """What a browser would send back of a form as it is shown."""
    return {bound.name: bound.value() for bound in page.context["form"] if bound.value() not in (None, "", False)}


@pytest.mark.parametrize("kind", [Forum.Kind.STEERING, Forum.Kind.PORTFOLIO, Forum.Kind.CHANGE])
def test_each_preset_is_proposed_from_the_editor_as_it_comes(as_person, steering, truth_owner, kind):
    browser = as_person(truth_owner)
    browser.post(reverse("forums:new_forum"), {"name": "Another", "code": "another", "kind": kind})
    address = reverse("forums:new_charter", args=["another"])
    page = browser.get(address)
    assert browser.post(address, written(page)).status_code == 302
    assert Forum.objects.get(code="another").charters.get().terms() == preset(kind, date.today())


def test_the_editor_tells_what_is_wrong_and_keeps_what_was_written(as_person, steering, truth_owner, sales):
    browser, address = as_person(truth_owner), reverse("forums:new_charter", args=["steering"])
    fields = written(browser.get(address)) | {"purpose": "Decide.", "to_role_2": "sponsor", "after_days_2": 4}
    refused = browser.post(address, fields)
    assert refused.status_code == 422
    assert all(words in refused.content.decode() for words in ("each once", "Decide."))
    taken = browser.post(address, fields | {"to_role_1": "executive", "seat_data": f"function_lead-{sales.scope_id}"})
    assert taken.status_code == 302
    proposed = steering.forum.charters.get(version=2)
    assert [step.to_role for step in proposed.steps.all()] == ["executive", "sponsor"]
    assert proposed.seats.get().scope == sales.scope
    page = browser.get(reverse("forums:forum", args=["steering"])).content.decode()
    assert "Data: function lead, Sales" in page


def test_a_quorum_beyond_the_seats_that_are_held_is_told_to_who_proposes_and_who_approves(
    as_person, steering, truth_owner, sponsor, executive, sales_lead, delivery_lead
):
    steering.forum.propose_charter(steering_terms(date(2015, 1, 1), quorum=5), by=by(truth_owner))
    for reader in (truth_owner, sponsor):
        page = as_person(reader).get(reverse("forums:forum", args=["steering"])).content.decode()
        assert page.count("nobody can meet its quorum") == 1
        assert "Its quorum is 5, and as people are appointed now 4 of its seats are held" in page
    AppointmentFactory(person=PersonFactory(), role=Role.FORUM_MEMBER, scope=steering.forum.scope)
    assert b"can meet its quorum" not in as_person(sponsor).get(reverse("forums:forum", args=["steering"])).content


def test_a_proposal_that_a_later_version_has_overtaken_waits_for_nobody(as_person, steering, truth_owner, sponsor):
    mistaken = steering.forum.propose_charter(steering_terms(date(2015, 1, 1), quorum=50), by=by(truth_owner))
    meant = steering.forum.propose_charter(steering_terms(date(2015, 1, 1), quorum=2), by=by(truth_owner))
    assert set(Charter.objects.awaiting_approval()) == {mistaken, meant}
    meant.approve(by=by(sponsor))
    assert not Charter.objects.awaiting_approval()
    page = as_person(sponsor).get(reverse("forums:forum", args=["steering"])).content.decode()
    assert reverse("forums:charter_approval", args=["steering", mistaken.version]) not in page
    with pytest.raises(Refusal, match=f"Version {meant.version} is approved"):
        mistaken.approve(by=by(sponsor))


def test_a_version_is_held_against_what_was_approved_and_not_against_what_was_merely_proposed(
    as_person, steering, truth_owner, sponsor
):
    greedy = {"quorum": 2, "chair_role": Role.SPONSOR}
    steering.forum.propose_charter(steering_terms(date(2015, 1, 1), **greedy), by=by(truth_owner))
    meek = steering.forum.propose_charter(
        steering_terms(date(2015, 1, 1), **greedy, purpose="Meek."), by=by(truth_owner)
    )
    assert {change.rule for change in meek.changes()} == {"purpose", "quorum", "chair"}
    sheet = as_person(sponsor).get(reverse("forums:forum", args=["steering"])).context["sheets"][0]
    assert sheet.changes == meek.changes()


def test_the_differences_of_rights_are_told_cell_by_cell(steering, truth_owner):
    before = steering.charter.terms()
    cell = next(cell for cell in before.rights if cell == ("set_target", "journey"))
    proposed = steering.forum.propose_charter(
        replace(before, rights={**before.rights, cell: Role.JOURNEY_OWNER}), by=by(truth_owner)
    )
    told = [(change.rule, change.before, change.after) for change in proposed.changes()]
    assert told == [("right: set target over a journey", "truth owner", "journey owner")]


def test_days_off_are_kept_in_the_browser(as_person, steering, executive):
    address = reverse("forums:days_off")
    keeper = as_person(steering.secretary)
    assert "every working day" in keeper.get(address).content.decode()
    assert keeper.post(address, {"day": "2026-12-24", "name": "Christmas Eve"}).status_code == 302
    assert keeper.post(address, {"day": "2026-12-24", "name": "Again"}).status_code == 409
    assert as_person(executive).post(address, {"day": "2026-12-28", "name": "Mine"}).status_code == 403
    assert "Christmas Eve" in as_person(executive).get(address).content.decode()
    keeper.post(reverse("forums:day_off_withdrawal", args=[DayOff.objects.get().pk]))
    assert not DayOff.objects.exists()
