"""An agenda is published with its pack; what changes afterwards is published anew, and the earlier pack stays."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from forums.agendas.publishing import changes_since, publish
from forums.models import Publication
from forums.packs.board_pack.document import drawn, published
from forums.packs.board_pack.record import WITHHELD, record_of
from tests.factories.forums import contradiction, drafted, in_session, item_about, next_meeting, resolving
from tests.factories.metrics import measure
from truthgov import pdf
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models.audit import AuditEntry


@pytest.fixture
def other(case):
    return contradiction(measure("sales.leads", unit="count"), measure("journey.returns", outcome=True))


@pytest.fixture
def coming(steering, case, other):
    return drafted(steering)


def test_publishing_keeps_the_pack_and_tells_the_audit_its_hash(coming, secretary):
    publication = publish(coming, by=secretary)
    assert (publication.number, publication.digest) == (1, pdf.digest(publication.record))
    entry = AuditEntry.objects.get(code="agenda.published")
    assert (entry.data["pack"], len(entry.data["items"])) == (publication.digest, 2)


def test_the_same_record_is_the_same_document(coming, secretary, executive):
    publication = publish(coming, by=secretary)
    first = published(publication, executive)
    cache.clear()
    assert first == published(Publication.objects.get(), executive)
    assert b"pdfuaid:part" in first


@pytest.mark.usefixtures("mandate")
def test_a_pack_is_drawn_whatever_was_asked(as_person, coming, case, truth_owner):
    asked = case.challenge(scope=case.measure.function.scope, question="Why 🙂? 日本", due_on=date.today(),
                           by=Actor(person=truth_owner))  # fmt: skip
    draft = as_person(truth_owner).get(reverse("forums:draft_pack", args=[coming.pk]))
    assert (draft.status_code, b"pdfuaid:part" in draft.content) == (200, True)
    assert asked.question in str(record_of(coming, truth_owner))


def test_a_pack_is_drawn_of_everything_that_can_stand_on_an_agenda(steering, case, sales_lead, other):
    held = in_session(steering, date.today() - timedelta(28))
    decided = item_about(held, case).decide(resolving(review_on=date.today()), by=steering.chair)
    decided.actions.create(title="Report net bookings", owner=sales_lead, due_on=date.today() - timedelta(2))
    held.close(by=steering.chair)
    meeting = next_meeting(steering)
    meeting.draft_agenda(by=steering.chair)
    record = record_of(meeting, steering.secretary)
    kinds = [each["subject"][0] for each in record["items"]]
    assert kinds == ["contradiction", "contradiction", "action", "decision", "minutes"]
    action, decision = (dict(map(tuple, each["papers"]["facts"])) for each in record["items"][2:4])
    assert (action["Owner"], decision["Did it work?"][:9]) == ("Sara Sales", "Not asked")
    told = record | {"state": "Draft", "changes": ["Added: it."], "whole": ""}
    assert drawn(told, as_of=held.opened_at).startswith(b"%PDF")


def test_a_false_alarm_and_what_is_put_off_are_listed_in_the_next_pack(coming, steering, secretary, case, other):
    case.declare_false_alarm(by=steering.chair, reason="Counted twice.")
    other.snooze(until=date.today() + timedelta(9), reason="The count is being mended.", by=steering.chair)
    told = {each["title"]: each["rows"] for each in publish(coming, by=secretary).record["listed"]}
    assert [row[1] for row in told["Declared false alarms since the last meeting"]] == ["Counted twice."]
    assert [row[1] for row in told["Put off at present"]] == ["The count is being mended."]


def test_what_changed_is_published_anew_and_the_earlier_pack_stays(coming, steering, secretary, case, other, executive):
    before = published(publish(coming, by=secretary), executive)
    coming.move_item(item_about(coming, other), down=False, by=secretary)
    coming.plan_item(item_about(coming, case), section="First", minutes=30, presenter=executive, by=secretary)
    assert any("30 minutes, instead of 15." in each for each in changes_since(Publication.objects.get()))
    later = publish(coming, by=secretary)
    assert later.number == 2
    assert any(each.startswith("Moved: ") or "under First" in each for each in later.changes)
    earlier = Publication.objects.get(number=1)
    assert published(earlier, executive) == before != published(later, executive)


def test_nothing_new_is_not_published_twice(coming, secretary):
    publish(coming, by=secretary)
    with pytest.raises(Refusal, match="Nothing has changed"):
        publish(coming, by=secretary)


def test_who_may_publish_and_when(coming, steering, secretary, sales_lead):
    with pytest.raises(PermissionDenied):
        publish(coming, by=Actor(person=sales_lead))
    empty = next_meeting(steering, date.today() + timedelta(7))
    with pytest.raises(Refusal, match="Nothing stands"):
        publish(empty, by=secretary)
    coming.open(by=steering.chair)
    with pytest.raises(Refusal, match="has begun"):
        publish(coming, by=secretary)


def test_drafting_leaves_the_order_of_a_published_agenda_and_says_what_came_on(coming, steering, secretary):
    publish(coming, by=secretary)
    worst = contradiction(measure("sales.wins"), measure("journey.nights", outcome=True), severity_rank=9)
    coming.refresh_from_db()
    coming.draft_agenda(by=steering.chair)
    assert coming.items.last().subject.reference == worst.pk
    assert [each[:6] for each in changes_since(Publication.objects.get())] == ["Added:"]


def test_who_is_recused_gets_the_pack_without_those_papers(as_person, coming, secretary, case, sales_lead, executive):
    item_about(coming, case).recuse(sales_lead, "My own figures.", by=Actor(person=sales_lead))
    publication = publish(coming, by=secretary)
    address = reverse("forums:pack", args=[coming.pk])
    theirs, whole = (as_person(person).get(address) for person in (sales_lead, executive))
    assert theirs.status_code == whole.status_code == 200
    assert len(theirs.content) < len(whole.content)
    hidden = [each for each in publication.record["items"] if each["item"] == item_about(coming, case).pk]
    assert hidden[0]["papers"]["case"]["statement"] == case.statement
    assert WITHHELD not in str(publication.record)


def test_a_recusal_after_the_publication_hides_the_papers_from_then_on(as_person, coming, secretary, case, sales_lead):
    publish(coming, by=secretary)
    address = reverse("forums:pack_of", args=[coming.pk, 1])
    before = as_person(sales_lead).get(address).content
    item_about(coming, case).recuse(sales_lead, "My own figures.", by=Actor(person=sales_lead))
    assert len(as_person(sales_lead).get(address).content) < len(before)


def test_a_draft_is_for_chair_and_secretary_and_no_pack_is_there_before(as_person, coming, steering, sales_lead):
    assert as_person(sales_lead).get(reverse("forums:pack", args=[coming.pk])).status_code == 404
    draft = reverse("forums:draft_pack", args=[coming.pk])
    assert as_person(sales_lead).get(draft).status_code == 403
    assert as_person(steering.secretary).get(draft).content.startswith(b"%PDF")


def test_the_page_publishes_and_names_what_changed(as_person, coming, steering, secretary, other):
    client, address = as_person(steering.secretary), reverse("forums:agenda", args=[coming.pk])
    assert "Publish and send the pack" in client.get(address).content.decode()
    client.post(reverse("forums:publications", args=[coming.pk]))
    assert "It stands as it was published." in client.get(address).content.decode()
    coming.move_item(item_about(coming, other), down=False, by=secretary)
    assert "Changed since publication 1:" in client.get(address).content.decode()


def test_a_publication_is_written_once(coming, secretary):
    publication = publish(coming, by=secretary)
    with pytest.raises(Exception, match=r"permission denied|Cannot update"):
        Publication.objects.filter(pk=publication.pk).update(digest="0" * 64)
