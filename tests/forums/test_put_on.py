"""What chair and secretary put on an agenda by hand, and how a decision is superseded there."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.urls import reverse

from forums.charters.presets import preset
from forums.charters.terms import everywhere
from forums.charters.terms import steering as steering_terms
from forums.models import AgendaItem, Decision, DecisionType, Forum
from forums.motions.acts import Ruling
from metrics.models import Definition, Rule
from tests.acting import by
from tests.factories.forums import LONG_AGO, Steering, contradiction, in_session, item_about, next_meeting, resolving
from tests.factories.metrics import DefinitionFactory, LinkFactory, MeasureFactory, OutcomeFactory
from tests.forums.test_decisions_in_the_database import raw_decision
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry, Deputy, Role

CASE = "contradiction"
REMEDY_FROM = (date.today().replace(day=1) + timedelta(days=62)).replace(day=1).isoformat()
POLICY = Ruling(DecisionType.POLICY)
MOTION = {"type": "resolve_contradiction", "wording": "Deposits from now on.", "remedy_from": REMEDY_FROM}


@pytest.fixture
def case(sales):
    """Sales is accused, and a rule looks at it: once in remedy, it comes on no agenda by itself."""
    kpi, outcome = MeasureFactory(), OutcomeFactory()
    link = LinkFactory(from_measure=kpi, to_measure=outcome)
    return contradiction(kpi, outcome, rule=Rule.objects.create(kind=Rule.Kind.DIVERGENCE, link=link))


@pytest.fixture
def coming(item, steering, truth_owner):
    """The case is in remedy; the meeting after the one that decided so is set."""
    item.decide(resolving(), by=by(truth_owner))
    item.meeting.close(by=steering.chair)
    return next_meeting(steering, date.today() + timedelta(days=1))


def sit(meeting, browsers):
    """Opened in the browser by the first of them, and everybody says that they are here."""
    for number, browser in enumerate(browsers):
        browser.post(reverse("forums:opening" if number == 0 else "forums:arrivals", args=[meeting.pk]))


def test_an_open_matter_is_put_on_once_with_its_reason(coming, steering, case):
    item = coming.put_on(CASE, case.pk, "The season came early.", by=by(steering.secretary))
    assert (item.why, item.put_on_by, item.status) == ("The season came early.", steering.secretary, "pending")
    assert AuditEntry.objects.filter(code="item.put_on", subject_id=str(item.pk)).exists()
    with pytest.raises(Refusal, match="already"):
        coming.put_on(CASE, case.pk, "Again.", by=steering.chair)
    with pytest.raises(InvalidInput):
        coming.put_on(CASE, case.pk, " ", by=steering.chair)


def test_only_chair_and_secretary_put_a_matter_on(coming, executive, case):
    with pytest.raises(PermissionDenied):
        coming.put_on(CASE, case.pk, "Look at this.", by=by(executive))


@pytest.mark.parametrize("subject", [(CASE, 999), ("action", 1), ("weather", 1)])
def test_what_is_settled_or_unknown_is_not_put_on(coming, steering, subject):
    with pytest.raises(Refusal, match="only what is still open"):
        coming.put_on(*subject, "Look at this.", by=steering.chair)


def test_nothing_is_put_on_a_meeting_that_is_over(item, steering, case):
    item.meeting.close(by=steering.chair)
    with pytest.raises(Refusal, match="is over"):
        item.meeting.put_on(CASE, case.pk, "Too late.", by=steering.chair)


def test_drafting_leaves_on_what_was_put_on_and_the_next_meeting_takes_it_over(coming, steering, case):
    coming.put_on(CASE, case.pk, "The season came early.", by=steering.chair)
    coming.draft_agenda(by=steering.chair)
    coming.open(by=steering.chair)
    coming.close(by=steering.chair)
    later = next_meeting(steering, date.today() + timedelta(days=2))
    later.draft_agenda(by=steering.chair)
    item = item_about(later, case)
    assert (item.times_carried(), item.put_on_by) == (1, steering.truth_owner)


def test_a_decision_is_taken_up_again_and_superseded_in_the_browser(as_person, coming, case, steering):
    chair, members = as_person(steering.truth_owner), [as_person(member) for member in steering.members]
    earlier = Decision.objects.get()
    page = chair.get(reverse("forums:decision", args=[earlier.pk])).content.decode()
    assert "Take it up again" in page
    again = {"meeting": coming.pk, "why": "The season came early."}
    put_on = chair.post(reverse("forums:decision_agenda", args=[earlier.pk]), again)
    item = AgendaItem.objects.get(meeting=coming)
    assert put_on["Location"] == f"{coming.get_absolute_url()}?item={item.pk}"
    sit(coming, [chair, *members])
    assert 'name="supersedes"' in chair.get(put_on["Location"]).content.decode()
    decide = reverse("forums:item_decisions", args=[item.pk])
    assert chair.post(decide, MOTION).status_code == 422
    assert chair.post(decide, MOTION | {"supersedes": earlier.pk}).status_code == 302
    later = Decision.objects.standing().get()
    case.refresh_from_db()
    assert (later.supersedes, case.status, case.remedy_from.isoformat()) == (earlier, "in_remedy", REMEDY_FROM)
    page = chair.get(reverse("forums:decision", args=[earlier.pk])).content.decode()
    assert "Superseded" in page
    assert "Take it up again" not in page


def board(truth_owner, sponsor, executive) -> Steering:
    """A forum above the steering one: the sponsor chairs it and resolves what comes before it."""
    forum = Forum.objects.found(code="board", name="Board", kind=Forum.Kind.STEERING, by=by(sponsor))
    terms = steering_terms(LONG_AGO, quorum=2, chair_role=Role.SPONSOR, member_roles=(Role.SPONSOR, Role.EXECUTIVE),
                           rights=everywhere({DecisionType.RESOLVE_CONTRADICTION: Role.SPONSOR}))  # fmt: skip
    charter = forum.propose_charter(terms, by=by(truth_owner))
    charter.approve(by=by(sponsor))
    return Steering(forum, charter, sponsor, sponsor, [executive])


def test_a_forced_decision_is_overturned_in_a_forum_of_a_higher_right(
    as_person, item, steering, truth_owner, sponsor, executive, case
):
    forced = item.decide(resolving(force=True, reason="Customers wait."), by=by(truth_owner))
    item.meeting.close(by=steering.chair)
    again = in_session(steering, date.today() + timedelta(days=1))
    motion = MOTION | {"supersedes": forced.pk}
    equal = again.put_on(CASE, case.pk, "Once more.", by=steering.chair)
    refused = as_person(truth_owner).post(reverse("forums:item_decisions", args=[equal.pk]), motion)
    assert (refused.status_code, "higher right" in refused.content.decode()) == (409, True)
    meeting = next_meeting(board(truth_owner, sponsor, executive))
    chair = as_person(sponsor)
    chair.post(reverse("forums:case_agenda", args=[case.pk]), {"meeting": meeting.pk, "why": "It was forced."})
    higher = AgendaItem.objects.get(meeting=meeting)
    sit(meeting, [chair, as_person(executive)])
    assert chair.post(reverse("forums:item_decisions", args=[higher.pk]), motion).status_code == 302
    assert Decision.objects.standing().get().decided_by == sponsor


def test_the_next_meeting_that_may_settle_it_is_proposed_before_an_earlier_one(as_person, coming, truth_owner, sponsor):
    forum = Forum.objects.found(code="change", name="Change readiness", kind=Forum.Kind.CHANGE, by=by(truth_owner))
    charter = forum.propose_charter(preset(Forum.Kind.CHANGE, LONG_AGO), by=by(truth_owner))
    charter.approve(by=by(sponsor))
    earlier = next_meeting(Steering(forum, charter, truth_owner, truth_owner, []))
    assert earlier.starts_at < coming.starts_at
    page = as_person(truth_owner).get(reverse("forums:decision", args=[Decision.objects.get().pk])).content.decode()
    assert f'<option value="{earlier.pk}">' in page
    assert f'<option value="{coming.pk}" selected>' in page


def test_a_decision_is_superseded_by_one_on_its_own_matter(coming, steering, truth_owner):
    earlier = Decision.objects.get()
    other = contradiction(MeasureFactory(), OutcomeFactory())
    coming.open(by=steering.chair)
    for member in steering.members:
        coming.arrive(member, by=by(member))
    with pytest.raises(Refusal, match="same matter"):
        item_about(coming, other).decide(resolving(supersedes=earlier), by=by(truth_owner))


def test_the_meeting_page_offers_what_is_open_and_not_on_it(as_person, coming, steering, case, executive):
    chair, address = as_person(steering.truth_owner), reverse("forums:items", args=[coming.pk])
    page = chair.get(coming.get_absolute_url()).content.decode()
    assert f'value="{CASE}:{case.pk}"' in page
    assert "Put a matter on the agenda" not in as_person(executive).get(coming.get_absolute_url()).content.decode()
    assert chair.post(address, {"subject": f"{CASE}:{case.pk}", "why": ""}).status_code == 422
    assert chair.post(address, {"subject": f"{CASE}:{case.pk}", "why": "Now."}).status_code == 302
    assert f'value="{CASE}:{case.pk}"' not in chair.get(coming.get_absolute_url()).content.decode()


@pytest.mark.parametrize("kind", ["challenge", "escalation"])
def test_nobody_decides_on_an_answer_to_their_own_case(item, steering, truth_owner, sales_lead, sales, case, kind):
    due_on = date.today() + timedelta(days=7)
    if kind == "challenge":
        record = case.challenge(scope=sales.scope, question="Why?", due_on=due_on, by=by(truth_owner))
    else:
        record = item.escalate("The board settles it.", due_on=due_on, by=by(truth_owner))
    about = item.meeting.put_on(kind, record.pk, "No answer so far.", by=steering.chair)
    lead = sales_lead.appointments.get()
    Deputy.objects.create(appointment=lead, person=truth_owner, holds=lead.holds, named_by=sales_lead)
    with pytest.raises(Refusal, match="own case"):
        about.decide(resolving(act=POLICY), by=by(truth_owner))
    with pytest.raises(DatabaseError, match="own case"):
        raw_decision(about, truth_owner)


@pytest.mark.parametrize("status", [Definition.Status.PROPOSED, Definition.Status.IN_REVIEW])
def test_a_definition_is_put_on_for_as_long_as_it_waits(coming, steering, status):
    waiting = DefinitionFactory(status=status, approved_by=None, approved_at=None)
    item = coming.put_on("definition", waiting.pk, "Targets depend on it.", by=steering.chair)
    assert item.subject.record() == waiting
