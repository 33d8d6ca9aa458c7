"""Signing in and setting a password anew: who is kept out, and what is said where no mail goes out."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.factories.people import PASSWORD
from truthgov import clock
from truthgov.tasks import forget_sessions

HERE, THERE = "192.0.2.1", "192.0.2.2"
SignIn = Callable[..., HttpResponse]


@pytest.fixture
def sign_in(settings) -> SignIn:
    """Sign in by way of one proxy, which says where somebody calls from, after whatever they said themselves."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def signed_in(person, password=PASSWORD, *, at=HERE, said="203.0.113.9"):
        form = {"login": person.email, "password": password}
        return Client().post(reverse("account_login"), form, headers={"X-Forwarded-For": f"{said}, {at}"})

    return signed_in


def test_an_account_is_locked_where_it_was_guessed_at_and_nowhere_else(sign_in, truth_owner):
    for number in range(5):
        assert sign_in(truth_owner, "guessed", said=f"203.0.113.{number}").status_code == 200
    locked = sign_in(truth_owner)
    assert "Too many failed login attempts" in locked.content.decode()
    assert sign_in(truth_owner, at=THERE).status_code == 302


def test_whoever_mistypes_locks_out_no_colleague_at_the_same_address(sign_in, truth_owner, executive, auditor):
    for person in (truth_owner, auditor):
        for _ in range(6):
            sign_in(person, "mistyped")
    assert sign_in(executive).status_code == 302


def test_an_address_that_guesses_at_everybody_is_locked(sign_in, settings, truth_owner, executive, auditor):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/ip,5/5m/key"}
    for person in (truth_owner, auditor, truth_owner):
        sign_in(person, "guessed")
    assert sign_in(executive).status_code == 200
    assert sign_in(executive, at=THERE).status_code == 302


def test_a_whole_office_may_begin_its_day_in_one_minute(sign_in, truth_owner):
    assert {sign_in(truth_owner).status_code for _ in range(40)} == {302}


def test_an_address_that_asks_too_often_gets_a_page_that_says_so(sign_in, settings, truth_owner):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    answers = [sign_in(truth_owner) for _ in range(3)]
    assert [each.status_code for each in answers] == [302, 302, 429]
    assert "Wait a minute, and try once more." in answers[2].content.decode()


@pytest.fixture
def no_mail(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


@pytest.mark.parametrize("email", ["tomas@example.org", "nobody@example.org"])
def test_where_no_mail_goes_out_it_is_said_and_tells_nothing_of_who_is_enrolled(no_mail, truth_owner, client, email):
    answer = client.post(reverse("account_reset_password"), {"email": email})
    assert answer.status_code == 409
    assert "Mail cannot be sent just now." in answer.content.decode()


def test_a_password_is_changed_even_where_its_owner_cannot_be_told(no_mail, as_person, truth_owner):
    changed = {"oldpassword": PASSWORD, "password1": "another battery staple", "password2": "another battery staple"}
    assert as_person(truth_owner).post(reverse("account_change_password"), changed).status_code == 302
    truth_owner.refresh_from_db()
    assert truth_owner.check_password("another battery staple")


def test_where_mail_goes_out_the_link_is_sent(truth_owner, client):
    assert client.post(reverse("account_reset_password"), {"email": truth_owner.email}).status_code == 302
    assert [sent.to for sent in mail.outbox] == [[truth_owner.email]]


@pytest.mark.parametrize("email", ["tomas@example.org", "nobody@example.org"])
def test_a_mail_about_an_account_leads_to_the_address_that_we_go_by(settings, truth_owner, client, email):
    settings.ALLOWED_HOSTS, settings.PUBLIC_ADDRESS = ["*"], "https://truth.example.org"
    client.post(reverse("account_reset_password"), {"email": email}, headers={"host": "evil.example.com"})
    (sent,) = mail.outbox
    assert ("https://truth.example.org/accounts/password/reset/key/" in sent.body) == (email == truth_owner.email)
    assert "evil" not in sent.subject + sent.body
    assert "sign up" not in sent.body


def test_a_session_that_is_over_is_forgotten(as_person, truth_owner, executive):
    over, lasting = (as_person(person).session.session_key for person in (truth_owner, executive))
    Session.objects.filter(pk=over).update(expire_date=clock.now())
    forget_sessions()
    assert list(Session.objects.values_list("pk", flat=True)) == [lasting]
