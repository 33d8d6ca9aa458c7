import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from tests.factories.people import PASSWORD


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def test_who_decides_sets_up_a_second_factor_first(required, as_person, truth_owner, administrator):
    for person in (truth_owner, administrator):
        assert as_person(person).get("/people/").url == reverse("mfa_index")


def test_who_has_one_goes_on(required, as_person, truth_owner):
    Authenticator.objects.create(user=truth_owner, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    assert as_person(truth_owner).get("/people/").status_code == 200


def test_who_only_reads_needs_none(required, as_person, executive, outsider):
    for person in (executive, outsider):
        assert as_person(person).get("/people/").status_code == 200


def test_the_page_that_sets_it_up_is_reached(required, as_person, truth_owner):
    assert as_person(truth_owner).get(reverse("mfa_index")).status_code == 200


def test_who_set_their_password_by_the_link_sets_up_a_second_factor(required, client, truth_owner):
    client.post(reverse("account_reset_password"), {"email": truth_owner.email})
    link = re.search(r"https?://[^/]+(/\S+/key/\S+)", mail.outbox[-1].body)
    assert link
    form = client.get(link[1]).url  # the key itself is kept in the session
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    client.post(reverse("account_login"), {"login": truth_owner.email, "password": PASSWORD})
    assert client.get("/").url == reverse("mfa_index")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_nobody_enrols_themselves(client, db):
    page = client.get(reverse("account_signup"))
    assert "password1" not in page.content.decode()


def test_nor_does_the_api_let_anybody_by_it(required, as_person, truth_owner, executive):
    refused = as_person(truth_owner).get("/api/v1/functions")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_missing")
    assert as_person(executive).get("/api/v1/functions").status_code == 200
