"""The pages of accounts, and those that say what went wrong, read like every other page."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.template.loader import render_to_string
from django.urls import reverse

from tests.factories.people import PASSWORD
from truthgov.texts import in_sentence_case

TITLED = re.compile(r"<(?:title|h1|h2|button|label|a class=\"btn)[^>]*>\s*([^<]+?)\s*(?:·[^<]*)?<")
CAPITALISED = re.compile(r"[a-z)] [A-Z][a-z]|[a-z]-[A-Z][a-z]")
OPEN = ("account_login", "account_signup", "account_inactive", "account_reset_password",
        "account_reset_password_done", "socialaccount_login_cancelled", "socialaccount_login_error",
        "account_reset_password_from_key_done")  # fmt: skip
OWN = ("account_change_password", "mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn",
       "account_reauthenticate", "socialaccount_connections", "account_logout")  # fmt: skip


def titled(page: str) -> list[str]:
    """What stands in headings, buttons and labels."""
    content = page.partition("<main")[2]
    return [*TITLED.findall(page.partition("</title>")[0] + "</title>"), *TITLED.findall(content)]


@pytest.mark.parametrize("name", [*OPEN, *OWN])
def test_headings_buttons_and_labels_of_accounts_are_in_sentence_case(client, as_person, truth_owner, name):
    if name in OWN:
        client = as_person(truth_owner)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse(name)).content.decode()
    words = titled(page)
    assert words
    assert [each for each in words if CAPITALISED.search(each)] == []


def test_recovery_codes_too(as_person, truth_owner):
    Authenticator.objects.create(user=truth_owner, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    page = as_person(truth_owner).get(reverse("mfa_index")).content.decode()
    assert "Recovery codes" in page
    assert "Authenticator app" in page


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("\n  Two-Factor Authentication\n", "\n  Two-factor authentication\n"),
        ("Scan the QR Code", "Scan the QR code"),
        ("New Password (again)", "New password (again)"),
        ("It is done. Go on", "It is done. Go on"),
    ],
)
def test_a_heading_in_sentence_case(heading, told):
    assert in_sentence_case(heading) == told


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_not_to_a_menu(client, as_person, outsider):
    page = client.get("/nowhere/").content.decode()
    assert ("Go to your desk" in page, "from the menu" in page, ">Sign in</a>" in page) == (False, False, True)
    page = as_person(outsider).get("/nowhere/").content.decode()
    assert ("Go to your desk" in page, "from the menu" in page) == (True, True)


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_a_page_without_a_request_looks_like_the_others(name):
    page = render_to_string(name)
    for part in ("inter/index", "components", "favicon", "tg-brand", 'name="color-scheme"'):
        assert part in page
