"""The matrix of decision rights: one accountable a cell, no gap that nobody said, no overlap, and it blocks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from forums.charters.matrix import lay_out
from forums.charters.presets import preset
from forums.charters.terms import everywhere, left_open_by
from forums.charters.terms import steering as steering_terms
from forums.meetings.question_page import asked_on
from forums.models import Cell, Charter, DecisionRight, DecisionType, Forum, Over, Question, Subject
from forums.models.matter import scope_of
from forums.motions.acts import Ruling
from forums.motions.motion import Motion
from tests.acting import by
from tests.factories.forums import (
    LONG_AGO,
    ContradictionFactory,
    Steering,
    in_session,
    item_about,
    next_meeting,
    resolving,
)
from tests.factories.metrics import DefinitionFactory, measure
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Role


def founded(kind, truth_owner, terms=None):
    """A forum of a kind with its preset proposed by the truth owner."""
    forum = Forum.objects.found(code=kind, name=f"The {kind} forum", kind=kind, by=by(truth_owner))
    return forum.propose_charter(terms or preset(kind, LONG_AGO), by=by(truth_owner))


@pytest.fixture
def all_three(steering, truth_owner, sponsor):
    for kind in (Forum.Kind.PORTFOLIO, Forum.Kind.CHANGE):
        founded(kind, truth_owner).approve(by=by(sponsor))
    return Charter.objects.in_force_with_clauses(on=date.today())


def test_the_three_presets_fill_the_matrix_without_overlap(all_three):
    filled = lay_out(all_three)
    assert len(filled) == 30
    assert all(each.is_held and not each.overlaps for each in filled.values())
    standard = filled[Cell("service_standard", "journey")].held[0]
    assert (standard.charter.forum.kind, standard.right.decider_role) == ("portfolio", "journey_owner")


def test_a_right_that_another_forum_holds_is_refused(steering, truth_owner, sponsor):
    terms = preset(Forum.Kind.PORTFOLIO, LONG_AGO)
    greedy = replace(terms, rights={**terms.rights, Cell("policy", "journey"): Role.TRUTH_OWNER})
    proposed = founded(Forum.Kind.PORTFOLIO, truth_owner, greedy)
    with pytest.raises(Refusal, match="Steering forum holds the right to policy over a journey already"):
        proposed.approve(by=by(sponsor))
    founded(Forum.Kind.CHANGE, truth_owner, preset(Forum.Kind.CHANGE, LONG_AGO)).approve(by=by(sponsor))


def test_a_right_moves_to_another_forum_once_the_first_gives_it_up(steering, truth_owner, sponsor):
    starts = date.today()
    cell = Cell("policy", "journey")
    fewer = {each: role for each, role in steering.charter.terms().rights.items() if each != cell}
    giving_up = steering_terms(starts, rights=fewer, left_open=left_open_by(fewer))
    terms = preset(Forum.Kind.PORTFOLIO, starts)
    taking = founded(Forum.Kind.PORTFOLIO, truth_owner, replace(terms, rights={**terms.rights, cell: Role.TRUTH_OWNER}))
    steering.forum.propose_charter(giving_up, by=by(truth_owner)).approve(by=by(sponsor))
    taking.approve(by=by(sponsor))
    assert steering.forum.charters.in_force(on=starts).version == 2


def test_the_sponsors_right_stands_above_the_one_that_a_cell_has(steering, truth_owner, sponsor):
    higher = everywhere({DecisionType.RESOLVE_CONTRADICTION: Role.SPONSOR})
    board = founded(Forum.Kind.PORTFOLIO, truth_owner, steering_terms(LONG_AGO, rights=higher))
    board.approve(by=by(sponsor))
    filled = lay_out(Charter.objects.in_force_with_clauses(on=date.today()))[Cell("resolve_contradiction", "function")]
    assert [each.right.is_higher for each in filled.held].count(True) == 1
    assert not filled.overlaps


def test_a_gap_that_nobody_says_is_refused(steering, truth_owner, sponsor):
    unsaid = steering.forum.propose_charter(steering_terms(date.today(), left_open={}), by=by(truth_owner))
    with pytest.raises(Refusal, match=r"No forum would hold these rights.*fund over a journey"):
        unsaid.approve(by=by(sponsor))
    said = steering.forum.propose_charter(steering_terms(date.today()), by=by(truth_owner))
    said.approve(by=by(sponsor))


def approve_by_sql(charter, person):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forums_charter SET status = 'approved', approved_by_id = %s, approved_at = now() WHERE id = %s",
            [person.pk, charter.pk],
        )


def test_the_database_refuses_an_overlap_a_gap_and_an_approval_by_the_proposer(steering, truth_owner, sponsor):
    overlapping = founded(Forum.Kind.PORTFOLIO, truth_owner, steering_terms(LONG_AGO))
    with pytest.raises(DatabaseError, match="held by one forum at a time"):
        approve_by_sql(overlapping, sponsor)
    gap = steering.forum.propose_charter(steering_terms(date.today(), left_open={}), by=by(truth_owner))
    with pytest.raises(DatabaseError, match="no gap unless a charter says why"):
        approve_by_sql(gap, sponsor)
    sound = steering.forum.propose_charter(steering_terms(date.today()), by=by(truth_owner))
    with pytest.raises(DatabaseError, match="approved_by_another"):
        approve_by_sql(sound, truth_owner)
    approve_by_sql(sound, sponsor)


@pytest.mark.parametrize(
    ("over", "role"),
    [("organisation", "executive"), ("organisation", "function_lead"), ("journey", "function_lead"),
     ("function", "journey_owner"), ("function", "forum_member")],
)  # fmt: skip
def test_the_database_takes_no_right_of_more_than_one_accountable(steering, truth_owner, over, role):
    proposed = steering.forum.propose_charter(steering_terms(date.today()), by=by(truth_owner))
    right = DecisionRight(charter=proposed, decision_type="fund", scope_kind=over, decider_role=role)
    with pytest.raises(DatabaseError, match="one accountable decider"), transaction.atomic():
        right.save()
    DecisionRight.objects.create(charter=proposed, decision_type="fund", scope_kind=over, decider_role="truth_owner")


def test_a_cell_has_one_accountable(steering, truth_owner):
    proposed = steering.forum.propose_charter(steering_terms(date.today()), by=by(truth_owner))
    with pytest.raises(DatabaseError, match="one_accountable_per_decision_right"), transaction.atomic():
        proposed.rights.create(decision_type="policy", scope_kind="journey", decider_role="sponsor")


def only_over_functions(steering: Steering, truth_owner, sponsor):
    """The steering forum under a charter that resolves contradictions of functions, and no others."""
    rights = {cell: role for cell, role in steering.charter.terms().rights.items() if cell != RESOLVE_JOURNEYS}
    terms = steering_terms(date.today(), rights=rights, left_open=left_open_by(rights))
    steering.forum.propose_charter(terms, by=by(truth_owner)).approve(by=by(sponsor))


RESOLVE_JOURNEYS = Cell("resolve_contradiction", "journey")


def test_what_a_forum_may_not_decide_is_neither_offered_nor_taken(as_person, steering, case, truth_owner, sponsor):
    only_over_functions(steering, truth_owner, sponsor)
    of_sales = ContradictionFactory(measure=case.measure, other_measure=None, journey=None, segment=case.segment)
    meeting = in_session(steering)
    item, allowed = item_about(meeting, case), item_about(meeting, of_sales)
    chair = as_person(truth_owner)
    offered = chair.get(f"{meeting.get_absolute_url()}?item={item.pk}").content.decode()
    assert "type=resolve_contradiction" not in offered
    assert "type=resolve_contradiction" in chair.get(f"{meeting.get_absolute_url()}?item={allowed.pk}").content.decode()
    with pytest.raises(Refusal, match="grants no right to resolve contradiction over Book to stay"):
        item.decide(resolving(), by=by(truth_owner))
    posted = chair.post(
        reverse("forums:item_decisions", args=[item.pk]),
        {"type": "resolve_contradiction", "wording": "It is resolved.", "remedy_from": date.today()},
    )
    assert posted.status_code == 409
    assert allowed.decide(resolving(), by=by(truth_owner))


def test_the_database_refuses_a_decision_over_a_matter_that_the_right_does_not_cover(
    steering, case, truth_owner, sponsor
):
    only_over_functions(steering, truth_owner, sponsor)
    item = item_about(in_session(steering), case)
    right = item.meeting.charter.rights.get(decision_type="resolve_contradiction", scope_kind="function")
    with pytest.raises(DatabaseError, match="no right over this matter"), transaction.atomic():
        item.decisions.create(
            meeting=item.meeting, decision_type="resolve_contradiction", wording="x", right=right,
            decided_by=truth_owner, appointment=truth_owner.appointments.get(), present=4, recused=0, quorum=3,
            observations=[], definitions=[], view_hash="0" * 64, known_entry=0, decided_at=clock.now(),
        )  # fmt: skip


def test_a_forum_of_one_journey_decides_on_its_matters_alone(steering, truth_owner, sponsor, case):
    journey = case.journey
    over = {Cell(str(DecisionType.SERVICE_STANDARD), "journey"): Role.TRUTH_OWNER}
    terms = steering_terms(LONG_AGO, rights=over, governs=journey.scope, quorum=2)
    proposed = founded(Forum.Kind.PORTFOLIO, truth_owner, terms)
    proposed.approve(by=by(sponsor))
    assert proposed.right_to("service_standard", journey.scope)
    with pytest.raises(Refusal, match="grants no right"):
        proposed.right_to("service_standard", case.measure.function.scope)
    everywhere_too = replace(terms, rights=everywhere({DecisionType.FUND: Role.TRUTH_OWNER}))
    with pytest.raises(InvalidInput):
        proposed.forum.propose_charter(everywhere_too, by=by(truth_owner))
    later = proposed.forum.propose_charter(terms, by=by(truth_owner))
    with pytest.raises(DatabaseError, match="within what its charter governs"), transaction.atomic():
        later.rights.create(decision_type="fund", scope_kind="function", decider_role="sponsor")


def test_a_function_lead_decides_over_their_own_function_only(
    steering, truth_owner, sponsor, sales_lead, delivery_lead, sales
):
    change = founded(Forum.Kind.CHANGE, truth_owner)
    change.approve(by=by(sponsor))
    definition = DefinitionFactory(
        measure=measure("sales.visits"), version=2, status="proposed", approved_by=None, approved_at=None
    )
    people = [sales_lead, delivery_lead]
    meeting = in_session(Steering(change.forum, change, truth_owner, truth_owner, people))
    subject, _ = Subject.objects.get_or_create(kind=Subject.Kind.DEFINITION, reference=definition.pk)
    item = meeting.items.create(position=90, section="Changes", subject=subject, title="Visits", why="It changes.")
    assert item.scope() == sales.scope
    right = next(each for each in item.rights() if each.decision_type == "approve_change")
    assert item.is_decided_by(sales_lead, right)
    assert not item.is_decided_by(delivery_lead, right)
    motion = Motion(Ruling(DecisionType.APPROVE_CHANGE), "The new form goes live.")
    assert (right.rule, motion.act.decision_type) == ("consent", right.decision_type)
    Question.objects.put(item, motion, by=by(truth_owner))
    for person, holds in ((sales_lead, True), (delivery_lead, False)):
        asked = asked_on(item, person, meeting.members_present(), leads=False, roles=frozenset({"function_lead"}))
        assert asked is not None
        assert asked.may_decide is holds, person


def test_the_database_sees_the_same_scope_of_a_matter(item, case, sales):
    alone = ContradictionFactory(measure=case.measure, other_measure=None, journey=None, segment=case.segment)
    definition = DefinitionFactory(measure=case.measure, version=7)
    subjects = [
        item.subject,
        Subject.objects.create(kind=Subject.Kind.CONTRADICTION, reference=alone.pk),
        Subject.objects.create(kind=Subject.Kind.DEFINITION, reference=definition.pk),
        Subject.objects.create(kind=Subject.Kind.ACTION, reference=_action(item, sales).pk),
        Subject.objects.create(kind=Subject.Kind.DECISION, reference=item.decisions.get().pk),
    ]
    for subject in subjects:
        with connection.cursor() as cursor:
            cursor.execute("SELECT forums_scope_of_subject(%s)", [subject.pk])
            assert cursor.fetchone() == (scope_of(subject).pk,), subject
    assert [scope_of(subject).kind for subject in subjects] == [
        "journey",
        "function",
        "function",
        "function",
        "journey",
    ]


def _action(item, sales):
    decision = item.decide(resolving(), by=by(item.meeting.opened_by))
    return decision.actions.create(title="Report", owner=item.meeting.opened_by, due_on=date.today(), function=sales)


def test_the_matrix_shows_every_cell_with_who_decides_where(as_person, executive, all_three, django_assert_num_queries):
    page = as_person(executive).get(reverse("forums:matrix")).content.decode()
    assert page.count("<td data-label") == 30
    assert "nobody has said why" not in page
    assert all(name in page for name in ("Steering forum", "The portfolio forum", "The change forum", "Function lead"))


def test_an_empty_matrix_says_that_nothing_is_granted(as_person, executive):
    page = as_person(executive).get(reverse("forums:matrix")).content.decode()
    assert page.count("nobody has said why") == 30


def test_what_stands_in_the_way_of_an_approval_is_told_before_it_is_tried(as_person, steering, truth_owner, sponsor):
    founded(Forum.Kind.PORTFOLIO, truth_owner, steering_terms(LONG_AGO))
    page = as_person(sponsor).get(reverse("forums:forum", args=["portfolio"])).content.decode()
    assert "Steering forum holds the right to policy over a journey already." in page
    tried = as_person(sponsor).post(reverse("forums:charter_approval", args=["portfolio", 1]))
    assert tried.status_code == 409


def test_a_charter_that_begins_later_meets_the_others_of_that_day(steering, truth_owner, sponsor):
    later = date.today() + timedelta(days=40)
    fewer = {cell: role for cell, role in steering.charter.terms().rights.items() if cell.decision_type != "policy"}
    steering.forum.propose_charter(
        steering_terms(later, rights=fewer, left_open=left_open_by(fewer)), by=by(truth_owner)
    ).approve(by=by(sponsor))
    taking = everywhere({DecisionType.POLICY: Role.TRUTH_OWNER})
    early = founded(Forum.Kind.PORTFOLIO, truth_owner, steering_terms(later - timedelta(days=1), rights=taking))
    with pytest.raises(Refusal, match="already"):
        early.approve(by=by(sponsor))
    on_time = early.forum.propose_charter(steering_terms(later, rights=taking), by=by(truth_owner))
    on_time.approve(by=by(sponsor))
    assert {str(over) for over in Over} == {right.scope_kind for right in on_time.rights.all()}


def test_an_agenda_lists_what_its_forum_may_settle(all_three, steering, truth_owner, case):
    change = Forum.objects.get(kind=Forum.Kind.CHANGE)
    sits = Steering(change, change.charters.get(), truth_owner, truth_owner, [])
    coming, steered = next_meeting(sits), next_meeting(steering)
    for meeting in (coming, steered):
        meeting.draft_agenda(by=by(truth_owner))
    assert [meeting.items.count() for meeting in (coming, steered)] == [0, 1]
