"""Every page of every noun, for every reader, with figures and without, on a desk and in a hand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.looking import Seen, Watched
from tests.browser.organisations import ORGANISATIONS, READERS, Names
from tests.routes import PAGES, PUBLIC

pytestmark = pytest.mark.browser
ACCOUNT = ("account_login", "account_logout", "account_change_password", "account_reset_password",
           "account_reset_password_done", "account_reauthenticate", "mfa_index", "mfa_activate_totp",
           "mfa_list_webauthn", "mfa_add_webauthn", "socialaccount_connections")  # fmt: skip
NO_PAGES = {"health", "metrics:api:schema", "metrics:nowhere", "truthgov:audit_sheet", "forums:meeting_version",
            "metrics:csv_template", "metrics:xlsx_template", "forums:restatements_sheet",
            "metrics:dictionary_file", "metrics:upload_refused", "metrics:upload_restated", "forums:case_pdf",
            "forums:process_pdf", "forums:position_file", "forums:proof_file", "forums:evidence_pack", "forums:pack",
            "forums:pack_of", "forums:draft_pack", "forums:invitation", "forums:calendar_feed", "forums:decisions_file",
            "forums:actions_file"}  # fmt: skip
"""Answers for programs, sheets and a fragment: not looked at by themselves."""
FURTHER = {
    "forums:view": ["compare=on", "known_on=2026-10-20"],
    "forums:contradictions": ["state=closed", "state=snoozed", "kind=divergence&order=-age", "q=nothing+like+it"],
    "forums:measure": ["segment=%7B%22hotel%22%3A%22City+Hotel%22%7D"],
    "forums:process": ["segment=%7B%22hotel%22%3A%22City+Hotel%22%7D"],
    "forums:rules": ["kind=gaming", "q=nothing+like+it"],
    "forums:dictionary": ["q=cancel"],
    "forums:decisions": ["q=nothing+like+it", "standing=review"],
    "forums:actions": ["q=nothing+like+it", "state=all"],
    "truthgov:audit": ["q=meeting"],
}
"""Other faces of a page, by what stands after the question mark."""


def addresses(samples: Names) -> dict[str, str]:
    """Where every page stands, by its name; pages of what the organisation does not have are left out."""
    at = {route.name: route.at for route in PAGES if route.get is not None}
    at |= {name: {} for name in (*PUBLIC, *ACCOUNT)}
    found = {}
    for name in (name for name in at if name not in NO_PAGES):
        parts: dict[str, Any] = {part: samples[sample] for part, sample in at[name].items()}
        if None not in parts.values():
            found[name] = reverse(name, kwargs=parts)
        if samples["measure"]:
            found |= {f"{name}?{query}": f"{found[name]}?{query}" for query in FURTHER.get(name, ()) if name in found}
    return found | {"nowhere": "/nowhere/"}


@pytest.mark.xdist_group("pages")
def test_every_page_of_the_hotels_has_a_sample(samples: dict[str, Names]) -> None:
    assert [name for name, sample in samples["hotels"].items() if sample is None] == []


WORSE_IN_A_HAND = """
<html lang="en"><title>A page</title>
<style>a {display: inline-block; width: 30px; height: 30px} p {color: #ccc; background: #fff}
  @media (min-width: 800px) {p {display: none}} @media (max-width: 500px) {a {width: 8px; height: 8px}}</style>
<main><h1>A page</h1><p>Too faint</p><a href="#one">1</a><a href="#two">2</a></main></html>
"""


@pytest.mark.xdist_group("pages")
def test_what_is_wrong_at_the_second_width_alone_is_seen(chromium: Browser) -> None:
    watched = Watched(chromium.new_context(), Seen())
    watched.page.set_content(WORSE_IN_A_HAND)
    found = sorted(fault.split(":")[:2] for fault in watched.faults("worse-in-a-hand"))
    watched.page.context.close()
    assert found == [
        ["worse-in-a-hand at 390", f" {rule}"] for rule in ("color-contrast", "target-size", "target-size")
    ]


@pytest.mark.xdist_group("pages")
def test_what_a_page_has_more_than_others_of_its_kind_is_looked_at(chromium: Browser) -> None:
    watched = Watched(chromium.new_context(), Seen())
    rows = "<li>One</li>" * 9
    page = f'<html lang="en"><title>A page</title><main><h1>A page</h1><ul>{rows}</ul>%s</main></html>'
    found = list[set[str]]()
    for more in ("", '<p style="color: #ccc; background: #fff">Too faint</p>', "<button></button>"):
        watched.page.set_content(page % more)
        found.append({fault.split(":")[1].strip() for fault in watched.faults("more")})
    watched.page.context.close()
    assert found == [set(), {"color-contrast"}, {"button-name"}]


@pytest.mark.xdist_group("pages")
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_every_page_reads_well(
    site_of: Callable[[str], Site], samples: dict[str, Names], organisation: str, reader: str
) -> None:
    watched = site_of(organisation).watched(READERS[reader])
    seen, faults = watched.seen, []
    for name, address in addresses(samples[organisation]).items():
        is_known = seen.knows(address) or READERS[reader] is None
        answer = watched.page.request.get(address) if is_known else watched.go(address)
        assert answer.status < 500, f"{address}: {answer.status}"
        assert "selected>---------<" not in answer.text(), f"{address}: a choice has no words"
        if seen.is_news(answer.url, answer.text()):
            if watched.page.url != answer.url:
                watched.go(address)
            faults += watched.faults(f"{organisation}/{reader}/{name.replace(':', '-').replace('?', '-')}")
    watched.page.context.close()
    assert not faults, "\n".join(["", *faults])
