"""The database agrees with the verb: raw SQL of the application role puts in no decision that rule 3 does not allow."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from forums.models import DecisionType
from forums.motions.acts import SourceNaming
from forums.motions.motion import Motion
from metrics.models import SourceOfRecord
from tests.acting import by
from tests.factories.forums import contradiction, in_session, item_about, resolving
from tests.factories.metrics import MeasureFactory, SourceFactory
from tests.refused import refused
from truthgov import clock
from truthgov.models import Appointment, Deputy, Role
from truthgov.periods import Grain, Period

VALID = {"present": 4, "recused": 0, "quorum": 3, "forced": False, "reason": ""}


def raw_decision(item, person, *, after="0 days", **fields):
    """Insert as the application role, by SQL alone, so long from now; the valid row is what the verb would write."""
    right, held = item.meeting.charter.right_to("resolve_contradiction", item.scope()), person.appointments.first()
    row = {
        "meeting_id": item.meeting_id, "item_id": item.pk, "decision_type": "resolve_contradiction", "wording": "x",
        "right_id": right.pk, "decided_by_id": person.pk, "appointment_id": held and held.pk,
        "observations": [], "definitions": [], "view_hash": "0" * 64, "known_entry": 0, **VALID, **fields,
    }  # fmt: skip
    columns = ", ".join([*row, "decided_at"])
    places = ", ".join(["%s"] * len(row) + ["clock_timestamp() + %s::interval"])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO forums_decision ({columns}) VALUES ({places})", [*row.values(), after])


def test_the_database_takes_a_valid_decision(item, truth_owner):
    raw_decision(item, truth_owner)
    assert item.decisions.get().decided_by == truth_owner


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"present": 5}, "miscounts"),
        ({"recused": 1}, "miscounts"),
        ({"quorum": 2}, "miscounts"),
        ({"decision_type": "fund"}, "grants no right"),
        ({"forced": True}, "gives_its_reason"),
    ],
)
def test_the_database_refuses_a_decision_that_is_not_as_it_says(item, truth_owner, fields, says):
    with pytest.raises(DatabaseError, match=says):
        raw_decision(item, truth_owner, **fields)


def test_the_database_counts_nobody_whose_office_has_ended(item, truth_owner, executive):
    raw_decision_of = partial(raw_decision, item, truth_owner)
    left = executive.appointments.get()
    Appointment.objects.filter(pk=left.pk).update(holds=(left.holds.lower, date.today() - timedelta(days=2)))
    with pytest.raises(DatabaseError, match="miscounts"):
        raw_decision_of()
    raw_decision_of(present=3)


def test_the_database_counts_no_deputy_whose_days_are_over(item, truth_owner, executive, outsider):
    item.meeting.leave(executive, by=by(executive))
    days = (date.today() - timedelta(days=9), date.today() + timedelta(days=3))
    Deputy.objects.create(appointment=executive.appointments.get(), person=outsider, holds=days, named_by=executive)
    item.meeting.arrive(outsider, by=by(outsider))
    with pytest.raises(DatabaseError, match="miscounts"):
        raw_decision(item, truth_owner, after="5 days")
    raw_decision(item, truth_owner)


def test_the_database_refuses_a_decider_without_the_right(item, executive):
    with pytest.raises(DatabaseError, match="does not hold the right"):
        raw_decision(item, executive)


def test_the_database_refuses_a_decider_who_has_left(item, truth_owner, sales_lead):
    item.meeting.leave(truth_owner, by=by(truth_owner))
    with pytest.raises(DatabaseError, match="not present"):
        raw_decision(item, truth_owner, present=3)


def test_the_database_refuses_a_recused_decider(item, truth_owner):
    item.recuse(truth_owner, "Interest.", by=by(truth_owner))
    with pytest.raises(DatabaseError, match="is recused"):
        raw_decision(item, truth_owner, recused=1)


def test_the_database_refuses_a_decider_on_their_own_case(item, truth_owner, sales_lead):
    lead = sales_lead.appointments.get()
    Deputy.objects.create(appointment=lead, person=truth_owner, holds=lead.holds, named_by=sales_lead)
    with pytest.raises(DatabaseError, match="own case"):
        raw_decision(item, truth_owner)


def test_the_database_refuses_a_decision_after_the_meeting(item, truth_owner, steering):
    item.meeting.close(by=steering.chair)
    with pytest.raises(DatabaseError, match="while its meeting sits"):
        raw_decision(item, truth_owner)


def test_the_database_refuses_a_decision_without_its_quorum(item, truth_owner, executive, sales_lead):
    for member in (executive, sales_lead):
        item.meeting.leave(member, by=by(member))
    with pytest.raises(DatabaseError, match="quorum"):
        raw_decision(item, truth_owner, present=2)


def test_the_database_refuses_a_forced_decision_by_anybody_but_the_truth_owner(item, executive):
    with pytest.raises(DatabaseError, match="does not hold the right"):
        raw_decision(item, executive, forced=True, reason="Because.")


def test_the_database_refuses_to_supersede_what_was_decided_on_another_matter(item, truth_owner, steering, sales):
    other = contradiction(MeasureFactory(function=sales))
    item.meeting.draft_agenda(by=by(steering.secretary))
    earlier = item_about(item.meeting, other).decide(resolving(), by=by(truth_owner))
    with pytest.raises(DatabaseError, match="its own matter"):
        raw_decision(item, truth_owner, supersedes_id=earlier.pk)


def test_a_right_cannot_be_slipped_into_an_approved_charter(steering):
    with pytest.raises(DatabaseError, match="gains no right"), transaction.atomic():
        steering.charter.rights.create(decision_type=DecisionType.FUND, decider_role=Role.EXECUTIVE)


def test_a_case_cannot_be_put_in_remedy_without_a_decision_on_it(case, truth_owner):
    case.enter_remedy(by=by(truth_owner), authority="decision:1", remedy_from=date.today())
    with pytest.raises(DatabaseError, match=r"by a decision|is a decision on it"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_remedy_is_not_proved_from_before_its_decision(item, case, truth_owner):
    raw_decision(item, truth_owner)
    decision = item.decisions.get()
    latest = clock.local_day(clock.now() - timedelta(hours=14))  # what day it still is somewhere
    before = Period.containing(latest, Grain.MONTH).shift(-1)
    case.enter_remedy(by=by(truth_owner), authority=decision.reference, remedy_from=before.start)
    with pytest.raises(DatabaseError, match="figures that follow its decision"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_decision_names_its_own_source_of_record_and_once(steering, disputed, sales_lead, executive):
    naming = SourceNaming(disputed.measure, disputed.source, sales_lead, settles=disputed.other_source)
    item = item_about(in_session(steering), disputed)
    decision = item.decide(Motion(naming, "The hotel system counts."), by=steering.chair)
    connection.check_constraints()
    named = {"measure": disputed.measure, "source": disputed.other_source, "proposed_by": sales_lead,
             "approved_by": steering.truth_owner, "authority": decision.reference, "named_at": clock.now()}  # fmt: skip
    for forged in ({"measure": MeasureFactory(code="ANOTHER")}, {"approved_by": executive}):
        with refused("a decision to name it"):
            SourceOfRecord.objects.create(**named | forged)
    with refused("names a source of record once"):
        SourceOfRecord.objects.create(**named)


def test_a_source_of_record_cannot_name_a_decision_that_is_none(case, truth_owner, sales_lead):
    SourceOfRecord.objects.create(
        measure=case.measure, source=SourceFactory(), proposed_by=sales_lead, approved_by=truth_owner,
        authority="decision:999", named_at="2026-01-01T00:00Z",
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="decision to name it"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
