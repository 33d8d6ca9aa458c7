"""What the room is asked, in the browser: put, answered, counted, decided; stale pages and secrets included."""

import pytest
from django.urls import reverse

from forums.models import Decision, Objection, Tally, Vote, Way
from tests.acting import by
from tests.factories.forums import RESOLVE, as_sent

HARM = "Guests with a rebooked stay would count twice."


@pytest.fixture
def way():
    return Way("consent", may_overrule=True)


@pytest.fixture
def seen(as_person, item):
    """The page of the item as somebody sees it."""
    return lambda person: as_person(person).get(f"{item.meeting.get_absolute_url()}?item={item.pk}").content.decode()


@pytest.fixture
def post(as_person):
    """The status that an act in somebody's browser is answered by."""
    return lambda person, name, pk, **sent: as_person(person).post(reverse(f"forums:{name}", args=[pk]), sent)


def test_the_chair_puts_to_the_room_what_the_charter_does_not_leave_to_them(seen, post, item, truth_owner, executive):
    assert "Put to the room</button>" in seen(truth_owner)
    assert post(truth_owner, "item_decisions", item.pk, **as_sent()).status_code == 302
    assert not Decision.objects.exists()
    page = seen(executive)
    assert RESOLVE in page
    assert "Object to this" in page
    assert "make-decision" not in seen(truth_owner)


def test_a_member_objects_withdraws_and_the_room_decides(seen, post, question, truth_owner, delivery_lead):
    assert post(delivery_lead, "question_objections", question.pk, reason=HARM).status_code == 302
    assert HARM in seen(truth_owner)
    assert "decide-question" not in seen(truth_owner)
    assert post(truth_owner, "question_decision", question.pk).status_code == 409
    objection = Objection.objects.get()
    assert post(truth_owner, "objection_withdrawal", objection.pk).status_code == 403
    assert post(delivery_lead, "objection_withdrawal", objection.pk).status_code == 302
    assert "decide-question" in seen(truth_owner)
    assert post(truth_owner, "question_decision", question.pk).status_code == 302
    assert "and withdrew it" in seen(delivery_lead)
    assert "Have my dissent recorded" in seen(delivery_lead)


def test_an_objection_is_overruled_in_the_browser_in_writing(seen, post, question, truth_owner, delivery_lead):
    objection = Objection.objects.raise_to(question, HARM, by=by(delivery_lead))
    assert "Overrule this objection" not in seen(delivery_lead)
    assert "Overrule this objection" in seen(truth_owner)
    assert post(truth_owner, "objection_overruling", objection.pk).status_code == 422
    assert post(truth_owner, "objection_overruling", objection.pk, reason="They do not.").status_code == 302
    assert "Overruled by Tomas Truth: They do not." in seen(delivery_lead)
    assert "No objection stands: make it the decision" in seen(truth_owner)


def test_the_accused_and_the_recused_are_offered_no_answer(seen, item, question, sales_lead, executive):
    assert RESOLVE in seen(sales_lead)
    assert "Object to this" not in seen(sales_lead)
    item.recuse(executive, "My shares.", by=by(executive))
    assert RESOLVE not in seen(executive)


def test_a_stale_page_is_told_that_the_question_is_gone(seen, post, question, truth_owner, executive):
    assert post(truth_owner, "question_withdrawal", question.pk, reason="Better words.").status_code == 302
    for name, sent in (("objections", {"reason": HARM}), ("withdrawal", {"reason": "Again."}), ("decision", {})):
        answer = post(truth_owner, f"question_{name}", question.pk, **sent)
        assert answer.status_code == 409, name
        assert "no longer before the room" in answer.content.decode()
    assert "Taken back" in seen(executive)


@pytest.mark.parametrize("way", [Way("majority", "open"), Way("majority", "secret")])
def test_votes_are_cast_counted_and_decided_and_nothing_shows_before(seen, post, question, way, request):
    truth_owner, executive, delivery_lead = map(request.getfixturevalue, ("truth_owner", "executive", "delivery_lead"))
    for person, choice in ((truth_owner, "in_favour"), (executive, "in_favour")):
        assert post(person, "question_votes", question.pk, choice=choice).status_code == 302
    assert post(executive, "question_votes", question.pk, choice="against").status_code == 409
    assert post(delivery_lead, "question_votes", question.pk, choice="perhaps").status_code == 422
    page = seen(truth_owner)
    assert "Voted (2): Emil Executive, Tomas Truth. Still to vote (1): Dario Delivery." in page
    assert "Present and entitled" not in page
    assert post(executive, "question_closing", question.pk).status_code == 403
    assert post(truth_owner, "question_closing", question.pk).status_code == 302
    page = seen(delivery_lead)
    assert "Present and entitled" in page
    assert ("In favour: Emil Executive" in page or "in favour: Emil Executive" in page) == (way.ballot == "open")
    assert post(delivery_lead, "question_votes", question.pk, choice="against").status_code == 409
    assert post(truth_owner, "question_decision", question.pk).status_code == 302
    assert "2 in favour, 0 against" in seen(executive)


@pytest.mark.parametrize("way", [Way("majority")])
def test_a_vote_that_is_not_carried_is_said_to_be_none(seen, post, question, truth_owner, executive):
    Vote.objects.cast(question, "in_favour", by=by(truth_owner))
    Vote.objects.cast(question, "against", by=by(executive))
    Tally.objects.close(question, by=by(truth_owner))
    page = seen(truth_owner)
    assert "Not carried" in page
    assert "Put to the room</button>" in page
    assert post(truth_owner, "question_decision", question.pk).status_code == 409


def test_what_the_room_was_asked_before_stands_beneath_what_it_is_asked_now(seen, post, item, question, truth_owner):
    assert post(truth_owner, "question_withdrawal", question.pk, reason="It named the wrong month.").status_code == 302
    assert "Asked before" not in seen(truth_owner)
    assert post(truth_owner, "item_decisions", item.pk, **as_sent(wording="In better words.")).status_code == 302
    now, before = seen(truth_owner).split("Asked before")
    assert "In better words." in now
    assert f'{RESOLVE} <span class="tg-why">Taken back: It named the wrong month.</span>' in before


def test_whoever_follows_sees_a_new_objection_without_losing_what_they_write(
    as_person, question, executive, delivery_lead
):
    client, meeting = as_person(executive), question.item.meeting
    page = client.get(f"{meeting.get_absolute_url()}?item={question.item_id}").content.decode()
    asked = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    Objection.objects.raise_to(question, HARM, by=by(delivery_lead))
    changed = client.get(asked).content.decode()
    assert HARM in changed
    assert 'id="asked" hx-swap-oob="true"' in changed
    assert 'id="objection-reason"' not in changed


def test_followers_are_shown_their_own_way_to_answer(as_person, question, delivery_lead, executive, sales_lead):
    """What is rendered once for all who are shown the same is not shown to who is accused, or has objected."""
    address = reverse("forums:meeting_version", args=[question.item.meeting_id])

    def follow(person):
        return as_person(person).get(f"{address}?v=0&item={question.item_id}").content.decode()

    assert 'id="objection-reason"' in follow(executive)
    assert 'id="objection-reason"' not in follow(sales_lead)
    Objection.objects.raise_to(question, HARM, by=by(delivery_lead))
    assert 'id="objection-reason"' not in follow(delivery_lead)
    assert "Withdraw it" in follow(delivery_lead)
    assert "Withdraw it" not in follow(executive)
