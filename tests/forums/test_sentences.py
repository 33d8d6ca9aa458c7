"""The sentence of a decision: written from what is chosen, read and changed before it stands."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from forums.models import Decision, DecisionType
from forums.motions import sentences
from forums.motions.kinds import form_of
from journeys.models import Journey

DAY = date(2026, 12, 1)


@pytest.mark.parametrize(("written", "sentence"), [
    (sentences.source_of_record("Cancellations", "Property management system", DAY),
     "Source of record for cancellations: property management system, from 1 December 2026."),
    (sentences.source_of_record("CRM leads", "CRM", None), "Source of record for CRM leads: CRM."),
    (sentences.resolution("Bookings against stays", "Count net bookings.", DAY),
     "Bookings against stays: count net bookings. The figures prove it from 1 December 2026."),
    (sentences.resolution("Bookings against stays", "City Hotel asks for a card", DAY),
     "Bookings against stays: City Hotel asks for a card. The figures prove it from 1 December 2026."),
    (sentences.closure("Bookings against stays", "The audit found none"),
     "Bookings against stays: the remedy worked. The audit found none."),
    (sentences.definition("Cancellations", 3, DAY),
     "Definition of cancellations: version 3 holds, from 1 December 2026."),
    (sentences.target("Cancellations", "at most 30 %", DAY),
     "Target for cancellations: at most 30 %, from 1 December 2026."),
    (sentences.priority("Book to stay", 1, DAY),
     "Journey priority: Book to stay stands in place 1, from 1 December 2026."),
    (sentences.policy("Flexible rates ask for a card", "The City Hotel", DAY),
     "Policy for the City Hotel: flexible rates ask for a card, from 1 December 2026."),
    (sentences.service_standard("Book to stay", "The room is the one reserved", None),
     "Service standard for Book to stay: the room is the one reserved."),
    (sentences.change("A new booking engine", DAY), "Change approved: a new booking engine, live on 1 December 2026."),
    (sentences.fund("EUR 40,000", "Card guarantees", DAY),
     "Funded: EUR 40,000 for card guarantees, until 1 December 2026."),
    (sentences.escalation("sponsor", "Who owns the rate plans?", DAY),
     "Escalated to the sponsor: Who owns the rate plans? To be answered by 1 December 2026."),
])  # fmt: skip
def test_each_type_has_its_sentence(written, sentence):
    assert written == sentence


def test_every_type_of_decision_writes_its_sentence(item, case):
    Journey.objects.filter(code="book-to-stay").update(name="Book to stay")
    chosen = {
        "remedy": "Count net", "remedy_from": DAY, "rule": "Count net", "journey": case.journey, "place": 1,
        "standard": "Kept", "change": "New", "amount": Decimal(1), "purpose": "Cards", "question": "Who?",
        "due_on": DAY,
    }  # fmt: skip
    about_others = {DecisionType.NAME_SOURCE_OF_RECORD, DecisionType.APPROVE_DEFINITION, DecisionType.SET_TARGET}
    for kind in set(DecisionType) - about_others:
        form = form_of(kind, item, case)({"type": kind}, item=item, kind=kind)
        assert form.sentence(chosen).endswith("."), kind
        assert form.sentence({}) == "", kind


def motion(**said):
    return {"type": "resolve_contradiction", "remedy": "Count net bookings",
            "remedy_from": (date.today().replace(day=1) + timedelta(days=32)).replace(day=1), **said}  # fmt: skip


def test_a_motion_without_words_comes_back_written_and_does_not_stand(as_person, truth_owner, item):
    browser, address = as_person(truth_owner), reverse("forums:item_decisions", args=[item.pk])
    answer = browser.post(address, motion())
    assert answer.status_code == 422
    assert ": count net bookings. The figures prove it from" in answer.content.decode()
    assert not Decision.objects.exists()
    browser.post(address, motion(wording="Bookings count net."))
    assert Decision.objects.get().wording == "Bookings count net."


def test_the_sentence_is_written_on_request_and_never_over_what_somebody_wrote(as_person, truth_owner, item):
    browser, address = as_person(truth_owner), reverse("forums:sentence", args=[item.pk])
    asked = {"headers": {"HX-Request": "true"}}
    first = browser.post(address, motion(), **asked).content.decode()
    assert ": count net bookings. The figures prove it from" in first
    assert 'id="wording"' in first
    own = browser.post(address, motion(wording="In our own words.", written="Another."), **asked).content.decode()
    assert "In our own words." in own
    page = browser.post(address, motion())
    assert page.status_code == 200
    assert ": count net bookings. The figures prove it from" in page.content.decode()
    assert not Decision.objects.exists()


def test_words_that_were_written_follow_what_is_chosen_next(as_person, truth_owner, item):
    browser, address = as_person(truth_owner), reverse("forums:sentence", args=[item.pk])
    stands = motion(wording="As written.", written="As written.", remedy="Count stays")
    assert ": count stays." in browser.post(address, stands, headers={"HX-Request": "true"}).content.decode()
