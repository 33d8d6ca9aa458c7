"""The life of a definition: proposed, reviewed, commented on, approved; or withdrawn, or rejected."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from metrics.dictionary.defining import Bridge, approve_definition
from metrics.dictionary.reviewing import begin_review, comment, reject_definition, withdraw_definition
from metrics.models import Definition, DefinitionComment, Link
from tests.factories.metrics import (
    DefinitionFactory,
    LinkFactory,
    MeasureFactory,
)
from tests.metrics.defining.conftest import this_month
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry


def test_the_approved_version_holds_while_another_is_reviewed(wins, propose, owner):
    version = propose()
    begin_review(version, by=owner)
    assert (version.status, wins.definitions.approved().get().version) == ("in_review", 1)
    approve_definition(version, by=owner)
    assert (version.status, version.approved_by) == ("approved", owner.person)


def test_a_version_that_is_approved_at_once_was_reviewed_by_its_approver(propose, owner):
    approve_definition(propose(), by=owner)
    codes = AuditEntry.objects.order_by("-number").values_list("code", flat=True)
    assert list(codes[:2]) == ["definition.approved", "definition.review_begun"]


def test_its_proposer_neither_reviews_approves_nor_rejects_it(propose, lead):
    version = propose()
    for act in (begin_review, approve_definition):
        with pytest.raises(Refusal, match="Whoever proposes"):
            act(version, by=lead)
    with pytest.raises(Refusal, match="Whoever proposes"):
        reject_definition(version, by=lead, reason="No.")
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction.atomic():
        Definition.objects.filter(pk=version.pk).update(status="approved", approved_by=lead.person)


def test_an_administrator_approves_nothing(propose, administrator):
    with pytest.raises(PermissionDenied):
        approve_definition(propose(), by=Actor(person=administrator))


def test_a_version_is_rejected_with_a_reason_and_stays_so(propose, owner):
    version = propose()
    with pytest.raises(InvalidInput, match="reason"):
        reject_definition(version, by=owner, reason=" ")
    reject_definition(version, by=owner, reason="Nobody counts like this.")
    assert (version.status, version.ended_by, version.ended_because) == (
        "rejected", owner.person, "Nobody counts like this.",
    )  # fmt: skip
    with pytest.raises(Refusal):
        approve_definition(version, by=owner)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Definition.objects.filter(pk=version.pk).update(status="proposed")


def test_only_its_proposer_withdraws_it(propose, lead, owner):
    version = propose()
    with pytest.raises(Refusal, match="reject it"):
        withdraw_definition(version, by=owner, reason="Too early.")
    withdraw_definition(version, by=lead, reason="Too early.")
    assert (version.status, version.ended_because) == ("withdrawn", "Too early.")


def test_a_second_proposer_is_told_and_the_first_may_replace_theirs(wins, propose, owner):
    first = propose()
    with pytest.raises(Refusal, match="proposed by Sara Sales, waits already"):
        propose({"wording": "Paid."}, by=owner)
    propose({"wording": "Won and paid."})
    first.refresh_from_db()
    assert (first.status, first.ended_because) == ("withdrawn", "Replaced by version 3.")
    with pytest.raises(IntegrityError, match="one_version_of_a_definition_waits"), transaction.atomic():
        DefinitionFactory(measure=wins, version=9, status="in_review", approved_by=None, approved_at=None)


def test_a_version_whose_first_period_is_over_is_approved_no_more(propose, owner):
    version = propose(starts_on=this_month().start)
    with clock.at(clock.midnight(this_month().shift(1).start)), pytest.raises(Refusal, match="that month is over"):
        approve_definition(version, by=owner)
    approve_definition(version, by=owner)
    assert version.status == "approved"


@pytest.mark.parametrize("who", ["delivery_lead", "journey_owner", "executive"])
def test_named_people_comment_while_it_waits(request, propose, owner, who):
    version, person = propose(), request.getfixturevalue(who)
    comment(version, "Delivery counts from the signature.", by=Actor(person=person))
    assert [(each.person, each.text) for each in version.comments.all()] == [
        (person, "Delivery counts from the signature.")
    ]
    approve_definition(version, by=owner)
    with pytest.raises(Refusal, match="approved"):
        comment(version, "Too late.", by=Actor(person=person))


@pytest.mark.parametrize("who", ["auditor", "administrator", "outsider"])
def test_who_changes_nothing_does_not_comment(request, propose, who):
    with pytest.raises(PermissionDenied):
        comment(propose(), "Well.", by=Actor(person=request.getfixturevalue(who)))


def test_a_comment_stays(propose, owner):
    said = comment(propose(), "Why?", by=owner)
    with pytest.raises(DatabaseError), transaction.atomic():
        DefinitionComment.objects.filter(pk=said.pk).update(text="Fine.")


@pytest.mark.parametrize(
    ("terms", "said", "counts_anew"),
    [
        ({"wording": "Signed."}, None, True),
        ({"roll_up": "ratio"}, None, True),
        ({"wording": "Signed."}, False, False),
        ({"freshness_days": 5}, None, False),
        ({"freshness_days": 5}, True, True),
    ],
)
def test_a_changed_wording_suggests_a_change_of_counting(propose, terms, said, counts_anew):
    assert propose(terms, changes_counting=said).changes_counting is counts_anew


def test_a_bridge_spans_a_break_and_gives_its_reason(propose):
    bridge = Bridge(Decimal("0.9"), "A tenth were never signed.")
    version = propose(bridge=bridge)
    assert (version.bridge_factor, version.bridge_offset) == (Decimal("0.9"), 0)
    for bad, field in ((Bridge(Decimal(0), "None."), "bridge_factor"), (Bridge(Decimal(1), ""), "bridge_reason")):
        with pytest.raises(InvalidInput) as refused:
            propose(bridge=bad)
        assert list(refused.value.errors) == [field]
    with pytest.raises(InvalidInput):
        propose({"freshness_days": 5}, bridge=bridge)


def test_a_target_has_a_guard_or_a_reason_why_it_needs_none(wins, propose):
    with pytest.raises(InvalidInput) as refused:
        propose({"target": Decimal("0.3")})
    assert list(refused.value.errors) == ["unguarded_because"]
    assert propose({"target": Decimal("0.3"), "unguarded_because": "The bank counts it."}).target == Decimal("0.3")


@pytest.mark.parametrize("by", ["a counter-measure", "a link"])
def test_a_guarded_target_needs_no_reason(wins, propose, by):
    if by == "a link":
        LinkFactory(kind=Link.Kind.GAMING, from_measure=wins, to_measure=MeasureFactory(code="DISCOUNTS"))
    else:
        MeasureFactory(code="DISCOUNTS", kind="counter_measure", guards=wins)
    assert propose({"target": Decimal("0.3")}).unguarded_because == ""


@pytest.mark.parametrize("share", ["source_tolerance", "restatement_threshold"])
def test_a_share_lies_between_nothing_and_all(wins, propose, share):
    for beyond in ("-0.01", "1.01"):
        with pytest.raises(InvalidInput) as refused:
            propose({share: Decimal(beyond)})
        assert list(refused.value.errors) == [share]
        with pytest.raises(IntegrityError), transaction.atomic():
            DefinitionFactory(measure=wins, version=9, **{share: Decimal(beyond)})


def test_what_was_proposed_stays_as_it_was_while_it_waits(propose, truth_owner):
    waiting = Definition.objects.filter(pk=propose().pk)
    for said in ({"proposed_by": truth_owner}, {"target": Decimal("0.1")}, {"starts_on": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            waiting.update(**said)


def test_what_has_no_sum_is_not_summed(wins, propose):
    with pytest.raises(InvalidInput) as refused:
        propose({"roll_up": "sum"})
    assert list(refused.value.errors) == ["roll_up"]
    with pytest.raises(IntegrityError), transaction.atomic():
        DefinitionFactory(measure=wins, version=9, roll_up="sum")
