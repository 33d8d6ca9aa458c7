"""The reconciled view over REST: what executives read, hash for hash, now and as it was known."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest

from forums.api.view_forms import ViewForm
from forums.reconciliation.reconciled import reconciled_view
from forums.reconciliation.records import canonical
from tests.showcase.figures import restate
from truthgov import audit
from truthgov.periods import Grain, Period

VIEW = "/api/v1/reconciled-view"
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)


@pytest.fixture
def browser(as_person, outsider):
    return as_person(outsider)


def restate_cancellations(shown) -> None:
    restate(shown.hotel, "HT.JRN.CANCEL", OCTOBER.start, Decimal("0.41"), "late cancellations")


def test_it_is_the_view_that_is_hashed(browser, shown):
    view, answer = reconciled_view(OCTOBER), browser.get(VIEW, {"period": "2026-10"})
    told = answer.json()
    assert (told["hash"], answer["ETag"]) == (view.hash, f'"{view.hash}"')
    rest = {name: value for name, value in told.items() if name != "hash"}
    assert hashlib.sha256(canonical(rest).encode()).hexdigest() == view.hash


def test_its_schema_says_all_that_it_holds(browser, shown):
    told = browser.get(VIEW, {"period": "2026-10"}).json()
    assert json.loads(json.dumps(ViewForm(reconciled_view(OCTOBER)).data)) == told
    assert all(told[part] for part in ("journeys", "claims", "cases", "decisions"))


def test_the_month_is_the_last_complete_one_unless_it_is_named(browser, shown):
    assert browser.get(VIEW).json()["period"] == "2026-10"
    assert browser.get(VIEW, {"period": "2026-08"}).json()["period"] == "2026-08"


@pytest.mark.parametrize("known_on", ["0", "0001-01-01"])
def test_before_everything_nothing_was_known_of_any_month(browser, shown, known_on):
    told = browser.get(VIEW, {"known_on": known_on}).json()
    assert (told["period"], told["decisions"]) == ("2026-10", [])
    assert not any(each["value"] for row in told["journeys"] for each in row["outcomes"])


def test_what_was_known_is_told_again_after_it_was_restated(browser, shown):
    entry = audit.known_now()
    asked = {"period": "2026-10", "known_on": str(entry)}
    before = browser.get(VIEW, asked).json()
    restate_cancellations(shown)
    assert browser.get(VIEW, asked).json() == before
    assert browser.get(VIEW, asked | {"known_on": str(entry + 1)}).json()["hash"] != before["hash"]


def test_who_has_it_already_is_sent_nothing_until_it_changes(browser, shown):
    tag = browser.get(VIEW)["ETag"]
    held = browser.get(VIEW, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (held.status_code, held.content, held["ETag"]) == (304, b"", tag)
    restate_cancellations(shown)
    assert browser.get(VIEW, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"period": "2026-W41"}, 400), ({"period": "October"}, 400), ({"known_on": "soon"}, 400),
     ({"known_on": "999999"}, 400), ({"known_on": "9998-01-01"}, 400)],
)  # fmt: skip
def test_what_nobody_can_tell_is_refused_with_a_sentence(browser, shown, asked, status):
    answer = browser.get(VIEW, asked)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]
