"""Rule 3 over REST: what the page refuses is refused here too, on the state as it is now and not as it was read."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from forums.models import AgendaItem, Decision
from tests.acting import by
from tests.factories.forums import RESOLVE
from truthgov import clock
from truthgov.models import Mandate, Person

Decide = Callable[..., tuple[int, str]]


@pytest.fixture
def decide(as_person, item: AgendaItem) -> Decide:
    """A motion put on the item: the status, and what was said."""
    address = reverse("forums:api:item_motions", args=[item.pk])
    motion = {"type": "resolve_contradiction", "wording": RESOLVE,
              "remedy_from": (clock.today() + timedelta(days=40)).isoformat()}  # fmt: skip

    def decided(person: Person, **said: object) -> tuple[int, str]:
        answer = as_person(person).post(address, json.dumps(motion | said), content_type="application/json")
        return answer.status_code, answer.text

    return decided


def test_a_decision_takes_its_quorum_at_that_moment(decide, item, truth_owner, executive, sales_lead):
    for member in (executive, sales_lead):
        item.meeting.leave(member, by=by(member))
    status, said = decide(truth_owner)
    assert (status, "no quorum" in said) == (422, True)
    item.meeting.arrive(executive, by=by(executive))
    assert decide(truth_owner)[0] == 201


def test_who_is_recused_decides_nothing_not_even_by_force(decide, item, truth_owner):
    item.recuse(truth_owner, "My shares.", by=by(truth_owner))
    for force in ({}, {"force": True, "reason": "Customers wait."}):
        status, said = decide(truth_owner, **force)
        assert (status, "You are recused" in said) == (409, True)
    assert not Decision.objects.exists()


def test_who_has_left_decides_nothing(decide, item, truth_owner):
    item.meeting.leave(truth_owner, by=by(truth_owner))
    status, said = decide(truth_owner)
    assert (status, "not recorded as present" in said) == (409, True)
    item.meeting.arrive(truth_owner, by=by(truth_owner))
    assert decide(truth_owner)[0] == 201


def test_what_is_decided_or_over_is_not_decided_again(decide, item, truth_owner, steering):
    assert decide(truth_owner)[0] == 201
    status, said = decide(truth_owner, wording="Else.")
    assert (status, "already" in said) == (409, True)
    item.meeting.close(by=steering.chair)
    assert decide(truth_owner)[0] == 409
    assert Decision.objects.count() == 1


def test_a_closed_meeting_decides_nothing(decide, item, truth_owner, steering):
    item.meeting.close(by=steering.chair)
    assert decide(truth_owner)[0] == 409
    assert not Decision.objects.exists()


@pytest.mark.parametrize("who", ["sales_lead", "executive", "auditor", "administrator", "outsider"])
def test_who_holds_no_right_decides_nothing(decide, request, who, item):
    assert decide(request.getfixturevalue(who))[0] in (403, 404)


def test_what_the_charter_does_not_grant_is_not_decided(decide, truth_owner):
    status, said = decide(truth_owner, type="fund")
    assert (status, "grants no right" in said) == (409, True)


def test_without_the_mandate_nothing_is_forced(decide, item, truth_owner, mandate, sponsor):
    Mandate.objects.create(
        version=2, starts_on=mandate.starts_on, text="No force.", may_challenge=True, may_escalate=True,
        may_force=False, granted_by=mandate.granted_by, granted_at=mandate.granted_at,
    )  # fmt: skip
    status, said = decide(truth_owner, force=True, reason="Customers wait.")
    assert (status, "/force" in said) == (422, True)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("kind", ["approve_definition", "set_target"])
def test_a_type_that_does_not_fit_the_item_is_refused_over_rest_and_on_the_page(
    decide, as_person, item, truth_owner, kind
):
    status, said = decide(truth_owner, type=kind)
    assert (status, "does not fit the item" in said) == (409, True)
    page = as_person(truth_owner).post(reverse("forums:item_decisions", args=[item.pk]), {"type": kind})
    assert (page.status_code, "does not fit the item" in page.text) == (409, True)
    assert not Decision.objects.exists()
