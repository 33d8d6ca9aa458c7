import pytest

from metrics.models import Feed
from tests.factories.metrics import SourceFactory
from truthgov.actor import Actor
from truthgov.models import Key

MAPPING = {"measure": "=sales.conversion", "period": "month", "value": "rate"}


@pytest.fixture
def described(sales):
    source = SourceFactory(code="crm")
    return {"name": "CRM nightly", "source": source.pk, "function": sales.pk, "url": "https://crm.example.org/kpi",
            "token": "s3cret", "format": "json", "rows_path": "rows", "every_minutes": 1440,
            "at_measure": "=sales.conversion", "at_period": "month", "at_value": "rate"}  # fmt: skip


@pytest.fixture
def feed(sales, sales_lead):
    return Feed.connect(
        name="CRM nightly", source=SourceFactory(code="crm"), function=sales, url="https://crm.example.org/kpi",
        format="json", mapping=MAPPING, token="s3cret", by=Actor(person=sales_lead),
    )  # fmt: skip


def test_a_function_lead_connects_a_feed(as_person, sales_lead, described):
    client = as_person(sales_lead)
    page = client.get(client.post("/feeds/new/", described).url).content.decode()
    assert "CRM nightly" in page
    assert "kept encrypted" in page
    assert "s3cret" not in page
    assert "Not run yet" in page


def test_a_lead_connects_no_feed_for_another_function(as_person, delivery_lead, described):
    answer = as_person(delivery_lead).post("/feeds/new/", described)
    assert answer.status_code == 422
    assert not Feed.objects.exists()


def test_an_outsider_connects_nothing(as_person, outsider, described):
    assert as_person(outsider).get("/feeds/new/").status_code == 403


def test_a_faulty_path_is_named(as_person, administrator, described):
    answer = as_person(administrator).post("/feeds/new/", described | {"at_value": "rate["})
    assert answer.status_code == 422
    assert "is not a JMESPath" in answer.content.decode()


def test_a_feed_is_corrected_and_keeps_its_token(as_person, sales_lead, feed, described):
    answer = as_person(sales_lead).post(f"/feeds/{feed.pk}/correction/", described | {"token": "", "every_minutes": 60})
    sealed = feed.sealed_token
    feed.refresh_from_db()
    assert (answer.status_code, feed.every_minutes, feed.sealed_token) == (302, 60, sealed)


@pytest.mark.parametrize("act", ["pause", "next-run", "correction"])
def test_only_who_answers_for_a_feed_touches_it(as_person, delivery_lead, feed, act):
    assert as_person(delivery_lead).post(f"/feeds/{feed.pk}/{act}/").status_code == 403


def test_a_failing_feed_says_so_on_both_pages(as_person, outsider, feed):
    run = feed.runs.create(slot=feed.next_run_at, attempts=5)
    run.fail("It answered 500. Tried 5 times.", by=Actor(clockwork="test"))
    client = as_person(outsider)
    for page in ("/feeds/", feed.get_absolute_url()):
        assert "Failing" in client.get(page).content.decode()
        assert "Tried 5 times" in client.get(page).content.decode()


def test_a_paused_feed_is_resumed(as_person, sales_lead, feed):
    client = as_person(sales_lead)
    client.post(f"/feeds/{feed.pk}/pause/")
    assert client.post(f"/feeds/{feed.pk}/next-run/").status_code == 409
    client.post(f"/feeds/{feed.pk}/resumption/")
    feed.refresh_from_db()
    assert feed.status == Feed.Status.ACTIVE


def test_an_empty_page_says_what_belongs_there(as_person, outsider):
    page = as_person(outsider).get("/feeds/").content.decode()
    assert "No feed yet" in page
    assert "No source yet" in page


def test_a_key_is_shown_once_and_revoked(as_person, administrator, sales):
    client = as_person(administrator)
    source = SourceFactory(code="crm")
    form = client.get("/keys/").context["form"]
    given = {"name": "Nightly push", "functions": [sales.pk], "sources": [source.pk],
             "expires_on": form.initial["expires_on"]}  # fmt: skip
    issued = client.post("/keys/", given)
    key = Key.objects.get()
    assert issued.status_code == 201
    assert f"tgv_live_{key.public_id}_" in issued.context["text"]
    assert issued.context["text"] not in client.get("/keys/").content.decode()
    assert client.post(f"/keys/{key.public_id}/revocation/").status_code == 302
    assert client.post(f"/keys/{key.public_id}/revocation/").status_code == 409


def test_only_administrators_issue_and_revoke_keys(as_person, truth_owner, administrator, sales):
    client = as_person(truth_owner)
    assert "No key yet" in client.get("/keys/").content.decode()
    assert client.post("/keys/", {"name": "x"}).status_code == 403
    assert client.post("/keys/unknown/revocation/").status_code == 404
