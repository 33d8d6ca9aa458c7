"""Rule 3: when a decision is valid, and each way it can fail."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from forums.models import AgendaItem, Decision, DecisionType, Escalation
from forums.motions.acts import Closure, EscalationUpwards, Resolution, Ruling, SourceNaming
from forums.motions.motion import Expected, Motion, Undertaking
from metrics.models import Contradiction, SourceOfRecord
from tests.acting import by
from tests.factories.forums import in_session, item_about, resolving
from tests.factories.metrics import DefinitionFactory, SourceFactory
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry, Deputy
from truthgov.periods import Grain, Period


def test_nothing_is_given_to_do_to_who_audits(as_person, item, truth_owner, auditor, administrator):
    """An administrator may connect what has to be connected; who audits changes nothing."""
    due = date.today() + timedelta(days=30)
    with pytest.raises(InvalidInput, match="audits changes nothing"):
        item.decide(resolving(actions=(Undertaking("Count again", auditor, due),)), by=by(truth_owner))
    page = as_person(truth_owner).get(f"{item.meeting.get_absolute_url()}?item={item.pk}").context["page"]
    owners = page.hand.form.fields["owner_1"].queryset
    assert administrator in owners
    assert auditor not in owners


def test_a_decision_puts_the_case_in_remedy_and_gives_out_its_actions(item, truth_owner, sales_lead, case, sales):
    due = date.today() + timedelta(days=30)
    motion = resolving(
        expects=(Expected(case.other_measure),),
        actions=(Undertaking("Report net bookings", sales_lead, due, sales),),
        review_on=due,
    )
    decision = item.decide(motion, by=by(truth_owner))
    case.refresh_from_db()
    item.refresh_from_db()
    assert case.status == Contradiction.Status.IN_REMEDY
    assert case.events.get(code="entered_remedy").authority == decision.reference
    assert item.status == AgendaItem.Status.DECIDED
    assert (decision.present, decision.recused, decision.quorum) == (4, 0, 3)
    assert decision.actions.get().owner == sales_lead
    assert decision.expectations.get().measure == case.other_measure
    assert AuditEntry.objects.filter(code="decision.made", subject_id=str(decision.pk)).exists()


def test_an_item_is_decided_once(item, truth_owner):
    item.decide(resolving(), by=by(truth_owner))
    with pytest.raises((Refusal, DatabaseError)), transaction.atomic():
        item.decide(resolving(), by=by(truth_owner))


def test_only_who_holds_the_right_decides(item, executive):
    with pytest.raises(PermissionDenied):
        item.decide(resolving(), by=by(executive))


def test_a_forum_decides_nothing_that_its_charter_does_not_grant(item, truth_owner):
    with pytest.raises(Refusal, match="grants no right to fund"):
        item.decide(Motion(Ruling(DecisionType.FUND), "Pay for it."), by=by(truth_owner))


def test_those_present_less_those_recused_meet_the_quorum_at_that_moment(item, truth_owner, sales_lead, executive):
    item.recuse(sales_lead, "It is my figure.", by=by(sales_lead))
    item.meeting.leave(executive, by=by(executive))
    with pytest.raises(Refusal, match="no quorum"):
        item.decide(resolving(), by=by(truth_owner))
    item.meeting.arrive(executive, by=by(executive))
    assert item.decide(resolving(), by=by(truth_owner)).recused == 1


def test_the_secretary_does_not_count_for_the_quorum(item, steering, truth_owner, sales_lead, executive):
    meeting = item.meeting
    meeting.arrive(steering.secretary, by=by(steering.secretary))
    for member in (sales_lead, executive):
        meeting.leave(member, by=by(member))
    with pytest.raises(Refusal, match="2 present, 3 needed"):
        item.decide(resolving(), by=by(truth_owner))


def test_who_is_recused_decides_nothing_not_even_by_force(item, truth_owner):
    item.recuse(truth_owner, "My brother runs the supplier.", by=by(truth_owner))
    with pytest.raises(Refusal, match="recused"):
        item.decide(resolving(force=True, reason="It must be."), by=by(truth_owner))


def test_who_has_left_decides_nothing(item, truth_owner):
    item.meeting.leave(truth_owner, by=by(truth_owner))
    with pytest.raises(Refusal, match="not recorded as present"):
        item.decide(resolving(), by=by(truth_owner))


def test_nobody_decides_on_their_own_case(item, truth_owner, sales_lead, sales):
    lead = sales_lead.appointments.get()
    Deputy.objects.create(appointment=lead, person=truth_owner, holds=lead.holds, named_by=sales_lead)
    with pytest.raises(Refusal, match="own case"):
        item.decide(resolving(), by=by(truth_owner))


def test_a_closed_meeting_decides_nothing(item, truth_owner, steering):
    item.meeting.close(by=steering.chair)
    with pytest.raises(Refusal, match="not in session"):
        item.decide(resolving(force=True, reason="Too late."), by=by(truth_owner))


def test_the_truth_owner_forces_without_a_quorum_with_a_written_reason(item, truth_owner, executive, sales_lead):
    for member in (executive, sales_lead):
        item.meeting.leave(member, by=by(member))
    with pytest.raises(InvalidInput):
        item.decide(resolving(force=True), by=by(truth_owner))
    decision = item.decide(resolving(force=True, reason="Customers wait."), by=by(truth_owner))
    assert decision.forced
    assert decision.present == 2


def test_without_the_mandate_nothing_is_forced(item, truth_owner, mandate, sponsor):
    type(mandate).objects.create(
        version=2, starts_on=mandate.starts_on, text="No more force.", may_challenge=True, may_escalate=True,
        may_force=False, granted_by=mandate.granted_by, granted_at=mandate.granted_at,
    )  # fmt: skip
    with pytest.raises(Refusal, match="mandate"):
        item.decide(resolving(force=True, reason="Because."), by=by(truth_owner))


def test_a_deputy_decides_in_the_holders_stead(item, truth_owner, outsider):
    held = truth_owner.appointments.get()
    Deputy.objects.create(appointment=held, person=outsider, holds=held.holds, named_by=truth_owner)
    item.meeting.leave(truth_owner, by=by(truth_owner))
    item.meeting.arrive(outsider, by=by(outsider))
    decision = item.decide(resolving(), by=by(outsider))
    assert decision.decided_by == outsider
    assert decision.appointment == held


def test_naming_one_of_two_sources_takes_their_case_off_the_open_list(steering, truth_owner, sales_lead, disputed):
    hotel, crm = disputed.source, disputed.other_source
    item = item_about(in_session(steering), disputed)
    never = SourceNaming(disputed.measure, hotel, sales_lead, starts_on=date(9999, 1, 1), settles=crm)
    with pytest.raises(InvalidInput, match="follow its decision"):
        item.decide(Motion(never, "The hotel system counts."), by=by(truth_owner))
    act = SourceNaming(disputed.measure, hotel, sales_lead, starts_on=date(2020, 1, 1), settles=crm)
    decision = item.decide(Motion(act, "The hotel system counts."), by=by(truth_owner))
    disputed.refresh_from_db()
    assert disputed.status == Contradiction.Status.IN_REMEDY
    assert disputed.remedy_from == clock.today().replace(day=1)  # what was before it proves nothing
    assert SourceOfRecord.objects.get(measure=disputed.measure).authority == decision.reference


def test_a_decision_fits_what_its_item_is_about(item, truth_owner, sales_lead, case):
    naming = SourceNaming(case.measure, SourceFactory(), proposed_by=sales_lead)
    with pytest.raises(Refusal, match="does not fit the item"):
        item.decide(Motion(naming, "The hotel system counts."), by=by(truth_owner))
    assert item.decide(resolving(), by=by(truth_owner))


@pytest.mark.parametrize("remedy_from", [date(2020, 1, 1), date(9999, 1, 1)])
def test_a_remedy_is_proved_by_figures_that_follow_soon(item, truth_owner, case, remedy_from):
    with pytest.raises(InvalidInput, match="follow its decision"):
        item.decide(resolving(act=Resolution(remedy_from=remedy_from)), by=by(truth_owner))
    case.refresh_from_db()
    assert case.status == Contradiction.Status.OPEN


@pytest.mark.parametrize("grain", Grain)
def test_no_period_that_was_over_before_the_decision_proves_its_remedy(item, truth_owner, case, grain):
    DefinitionFactory(measure=case.measure, grain=grain)
    under_way = Period.containing(clock.today() + timedelta(days=40), grain)
    with clock.at(datetime.combine(under_way.last_day, time(9), UTC)):
        early = Resolution(remedy_from=under_way.start - timedelta(days=1))
        with pytest.raises(InvalidInput, match="follow its decision"):
            item.decide(resolving(act=early), by=by(truth_owner))
        item.decide(resolving(act=Resolution(remedy_from=under_way.start)), by=by(truth_owner))
    connection.check_constraints()


def test_nothing_that_follows_a_decision_is_due_in_the_past(item, truth_owner, sales_lead):
    yesterday = date.today() - timedelta(days=1)
    late = Undertaking("Report net bookings", sales_lead, yesterday)
    with pytest.raises(InvalidInput, match="due in the past"):
        item.decide(resolving(actions=(late,)), by=by(truth_owner))
    with pytest.raises(InvalidInput, match="due in the past"):
        item.decide(Motion(EscalationUpwards(yesterday), "The board settles it."), by=by(truth_owner))
    with pytest.raises(InvalidInput, match="due in the past"):
        item.escalate("The board settles it.", due_on=yesterday, by=by(truth_owner))
    assert item.decide(resolving(), by=by(truth_owner))


def test_an_escalation_goes_to_the_sponsor_who_answers_it(item, truth_owner, sponsor, case):
    due = date.today() + timedelta(days=10)
    item.decide(Motion(EscalationUpwards(due), "The board settles the incentive."), by=by(truth_owner))
    escalation = Escalation.objects.get()
    assert escalation.contradiction == case
    assert Escalation.objects.owed_by(sponsor, on=date.today()).get() == escalation
    escalation.respond("The incentive goes.", by=by(sponsor))
    assert escalation.status == Escalation.Status.ANSWERED


def test_a_case_that_no_rule_looks_at_closes_by_a_second_decision(item, truth_owner, steering, case):
    item.decide(resolving(), by=by(truth_owner))
    item.meeting.close(by=steering.chair)
    again = in_session(steering, date.today() + timedelta(days=1))
    item_about(again, case).decide(Motion(Closure("Audit of May."), "The remedy worked."), by=by(truth_owner))
    case.refresh_from_db()
    assert case.status == Contradiction.Status.CLOSED


def test_dissent_is_recorded_by_name_once(item, truth_owner, sales_lead, outsider):
    decision = item.decide(resolving(), by=by(truth_owner))
    decision.dissent("Net bookings are not ours to move.", by=by(sales_lead))
    with pytest.raises(Refusal, match="already on record"):
        decision.dissent("Again.", by=by(sales_lead))
    with pytest.raises(Refusal, match="in the room"):
        decision.dissent("Me too.", by=by(outsider))


def test_a_forced_decision_is_overturned_by_a_higher_right_only(item, truth_owner, steering, case):
    forced = item.decide(resolving(force=True, reason="Customers wait."), by=by(truth_owner))
    item.meeting.close(by=steering.chair)
    later = item_about(in_session(steering, date.today() + timedelta(days=1)), case)
    with pytest.raises(Refusal, match="higher right"):
        later.decide(resolving(supersedes=forced), by=by(truth_owner))


def test_a_decision_is_superseded_once_and_its_case_takes_the_new_remedy(item, truth_owner, steering, case):
    earlier = item.decide(resolving(), by=by(truth_owner))
    item.meeting.close(by=steering.chair)
    later = item_about(in_session(steering, date.today() + timedelta(days=1)), case)
    decision = later.decide(resolving(supersedes=earlier), by=by(truth_owner))
    case.refresh_from_db()
    assert case.status == Contradiction.Status.IN_REMEDY
    assert list(Decision.objects.standing()) == [decision]
