"""Signing in: who is kept out, and who is not."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.factories.people import PASSWORD

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
