from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction

from truthgov import clock, keys
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import AuditEntry, Function, Key, Person

DAY = timedelta(days=1)
LATER = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def issued(administrator: Person, sales: Function) -> tuple[Key, str]:
    by = Actor(person=administrator)
    return keys.issue("CRM export", functions=[sales], expires_at=clock.now() + 30 * DAY, by=by)


def test_a_key_is_found_by_its_text_and_kept_as_a_hash_alone(issued, sales):
    key, text = issued
    assert keys.verify(text) == key
    assert list(key.functions.all()) == [sales]
    assert text.startswith(f"tgv_live_{key.public_id}_")
    assert text.removeprefix("tgv_live_").partition("_")[2][:32] not in str(vars(key))


@pytest.mark.parametrize("at", [0, 9, -1, -7])
def test_a_mistyped_key_is_no_key(issued, at, django_assert_num_queries):
    text = issued[1]
    other = "x" if text[at] != "x" else "y"
    place = at % len(text)
    with django_assert_num_queries(0):
        assert keys.verify(text[:place] + other + text[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "tgv_live_", "tgv_live__", "Bearer", "tgv_live_a_b", "tgv_live_é_ü"])
def test_what_is_no_key_at_all_is_no_key(text, db):
    assert keys.verify(text) is None


def test_an_expired_key_is_no_key(issued):
    with clock.at(clock.now() + 31 * DAY):
        assert keys.verify(issued[1]) is None


def test_a_revoked_key_is_no_key_from_then_on_and_is_revoked_once(issued, administrator):
    key, text = issued
    keys.revoke(key, by=Actor(person=administrator))
    assert keys.verify(text) is None
    with pytest.raises(Refusal, match="already"):
        keys.revoke(key, by=Actor(person=administrator))
    assert list(AuditEntry.objects.values_list("code", flat=True)) == ["key.revoked", "key.issued"]


def test_its_last_use_is_noted_at_most_once_a_minute(issued):
    key, text = issued
    first = clock.now()
    with clock.at(first):
        keys.verify(text)
    with clock.at(first + timedelta(seconds=50)):
        keys.verify(text)
    key.refresh_from_db()
    assert key.last_used_at == first
    with clock.at(first + timedelta(seconds=70)):
        keys.verify(text)
    key.refresh_from_db()
    assert key.last_used_at == first + timedelta(seconds=70)


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_key_expires_within_a_year(administrator, sales, days):
    with clock.at(clock.now()), pytest.raises(Refusal, match="within a year"):
        keys.issue("CRM", functions=[sales], expires_at=clock.now() + days * DAY, by=Actor(person=administrator))


@pytest.mark.parametrize(("now", "last", "too_far"), [
    ("2026-11-30T09:00", "2027-11-30T23:59", "2027-12-01T00:00"),
    ("2027-03-01T09:00", "2028-03-01T09:00", "2028-03-02T09:00"),
    ("2028-02-29T09:00", "2029-02-28T09:00", "2029-03-01T09:00"),
])  # fmt: skip
def test_a_year_ends_on_the_same_day_of_the_next(administrator, sales, now, last, too_far):
    at, fits, beyond = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, last, too_far))
    given = {"functions": [sales], "by": Actor(person=administrator)}
    with clock.at(at):
        assert keys.issue("CRM", **given, expires_at=fits)[0].expires_at == fits
        with pytest.raises(Refusal, match="within a year"):
            keys.issue("CRM", **given, expires_at=beyond)


def test_only_an_administrator_issues_and_revokes(issued, truth_owner, sales):
    by = Actor(person=truth_owner)
    with pytest.raises(PermissionDenied):
        keys.issue("CRM", functions=[sales], expires_at=clock.now() + DAY, by=by)
    with pytest.raises(PermissionDenied):
        keys.revoke(issued[0], by=by)


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": None, "revoked_by": None},
        {"revoked_at": None},
        {"revoked_by": None},
        {"expires_at": LATER},
        {"secret_hash": "0" * 64},
    ],
)
def test_the_database_brings_no_revoked_key_back(issued, administrator, change):
    key, text = issued
    keys.revoke(key, by=Actor(person=administrator))
    with pytest.raises(InternalError, match="a_key_only_ends"), transaction.atomic():
        Key.objects.filter(pk=key.pk).update(**change)
    assert keys.verify(text) is None


def test_the_database_prolongs_and_removes_no_key_but_lets_it_end(issued):
    key, text = issued
    with pytest.raises(InternalError, match="a_key_only_ends"), transaction.atomic():
        Key.objects.filter(pk=key.pk).update(expires_at=key.expires_at + DAY)
    with pytest.raises(InternalError, match="a_key_is_never_removed"), transaction.atomic():
        Key.objects.filter(pk=key.pk)._raw_delete("default")
    Key.objects.filter(pk=key.pk).update(expires_at=clock.now())
    assert keys.verify(text) is None
