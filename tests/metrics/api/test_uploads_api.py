"""A large file over REST: sent as a body, followed, confirmed as it was seen or done without."""

import gzip
from decimal import Decimal

import pytest

from metrics.models import Reading, Upload
from metrics.uploads import working
from tests.factories.metrics import dimension
from tests.metrics.api.conftest import API, give
from truthgov.intake import MAX_BYTES, WORKBOOK

HEADER = "measure,period,part: channel,value,numerator,denominator,note\n"
ROW = "sales.conversion,2025-10,,{},,,{}\n"


@pytest.fixture
def sheet(sales, conversion, last_month):
    dimension("channel", "web")
    return f"/functions/sales/sheets/{last_month.code}"


@pytest.fixture
def send(as_person, sales_lead, sheet):
    """Send a file as the lead of Sales."""

    def sent(content, media_type="text/csv", query="?name=years.csv", **headers):
        address = f"{API}{sheet}/uploads{query}"
        return as_person(sales_lead).post(address, content, content_type=media_type, headers=headers)

    return sent


@pytest.fixture
def read(send, as_person, sales_lead):
    """The same, and a worker has read it: its address."""

    def worked(*lines):
        sent = send("".join([HEADER, *lines]).encode())
        assert sent.status_code == 201, sent.content
        assert working.work() == 1
        return sent["Location"].removeprefix(API)

    return worked


def test_a_file_is_followed_until_it_is_ready_and_stored_once_confirmed(read, act, as_person, sales_lead):
    upload = read(ROW.format("0.184", ""))
    told = as_person(sales_lead).get(f"{API}{upload}").json()
    assert (told["status"], told["rows_read"], told["new"], told["name"]) == ("ready", 1, 1, "years.csv")
    assert [each["id"] for each in as_person(sales_lead).get(f"{API}/uploads?status=ready").json()] == [told["id"]]
    confirmed = act(sales_lead, f"{upload}/confirmation", having_read=upload)
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "storing")
    assert working.work() == 1
    done = as_person(sales_lead).get(f"{API}{upload}").json()
    assert (done["status"], Reading.objects.count()) == ("done", 1)
    assert as_person(sales_lead).get(f"{API}/observation-batches/{done['batch']}").json()["counts"]["accepted"] == 1


def test_refused_rows_are_told_with_their_cells(read, act, as_person, sales_lead):
    upload = read(ROW.format("18.4", ""), ROW.format("", "").replace("2025-10", "2025-13"))
    rows = as_person(sales_lead).get(f"{API}{upload}/refused-rows?limit=1")
    assert (rows.json()[0]["row"], rows.json()[0]["column"], rows.json()[0]["said"]["value"]) == (2, "value", "18.4")
    assert act(sales_lead, f"{upload}/confirmation", having_read=upload).status_code == 409
    assert not Reading.objects.exists()


def test_what_it_would_restate_is_told_row_by_row(read, as_person, sales_lead, conversion):
    give("2025-10", "0.184")
    upload = read(ROW.format("0.2", "Recount."))
    (row,) = as_person(sales_lead).get(f"{API}{upload}/restated-rows").json()
    assert (row["old_value"], row["value"], row["reason"], row["period"]["code"]) == (
        "0.184",
        "0.2",
        "Recount.",
        "2025-10",
    )


def test_it_is_confirmed_as_it_was_seen(read, act, as_person, sales_lead):
    upload = read(ROW.format("0.184", ""))
    assert act(sales_lead, f"{upload}/confirmation").status_code == 428
    stale = as_person(sales_lead).post(
        f"{API}{upload}/confirmation", content_type="application/json", headers={"If-Match": '"another"'}
    )
    assert (stale.status_code, Upload.objects.get().status) == (412, "ready")


def test_it_is_done_without_whatever_it_is_at_and_once(send, act, sales_lead):
    upload = send(f"{HEADER}{ROW.format('0.184', '')}")["Location"].removeprefix(API)
    assert send(HEADER).json()["detail"].startswith("A file of yours is being read")
    assert act(sales_lead, f"{upload}/cancellation").json()["status"] == "cancelled"
    assert act(sales_lead, f"{upload}/cancellation").status_code == 409


def test_it_is_its_senders_alone(read, as_person, delivery_lead, truth_owner, program):
    upload = read(ROW.format("0.184", ""))
    for path in ("", "/refused-rows", "/restated-rows"):
        assert as_person(truth_owner).get(f"{API}{upload}{path}").status_code == 404
    assert as_person(truth_owner).get(f"{API}/uploads").json() == []
    assert (
        as_person(delivery_lead).post(f"{API}{upload}/cancellation", content_type="application/json").status_code == 404
    )
    assert program.get(f"{API}{upload}").json()["code"] == "person_needed"


def test_a_packed_body_is_unpacked(send):
    packed = gzip.compress(f"{HEADER}{ROW.format('0.184', '')}".encode())
    sent = send(packed, **{"Content-Encoding": "gzip"})
    assert (sent.status_code, working.work()) == (201, 1)
    assert Upload.objects.get().status == "ready"


@pytest.mark.parametrize(("content", "media_type", "query", "status"), [
    (b"", "text/csv", "", 422), (b"x", "application/json", "", 415), (b"x", "text/csv", "?source=nowhere", 422),
    (b"x" * (MAX_BYTES + 1), "text/csv", "", 413), (b"x", "text/csv", "?sauce=crm", 400),
])  # fmt: skip
def test_what_is_no_file_is_not_taken(send, content, media_type, query, status):
    assert send(content, media_type, query).status_code == status
    assert not Upload.objects.exists()


def test_a_workbook_is_read_too(as_person, sales_lead, send, sheet):
    template = as_person(sales_lead).get(f"{API}{sheet}/template?form=xlsx").content
    assert send(template, WORKBOOK).status_code == 201
    assert working.work() == 1
    upload = Upload.objects.get()
    assert (upload.status, upload.message[:23]) == ("refused", "No figure is given in t")


def test_what_was_looked_at_again_is_confirmed_anew(read, act, as_person, sales_lead, conversion):
    give("2025-10", "0.184")
    upload, client = read(ROW.format("0.3", "Recount.")), as_person(sales_lead)
    for came_in in ("0.2", "0.25"):
        seen = client.get(f"{API}{upload}")["ETag"]
        give("2025-10", came_in)
        confirm = {"content_type": "application/json", "headers": {"If-Match": seen}}
        assert client.post(f"{API}{upload}/confirmation", **confirm).status_code == 200
        working.work()
        working.work()
        assert client.get(f"{API}{upload}").json()["status"] == "ready"
        assert client.post(f"{API}{upload}/confirmation", **confirm).status_code == 412
    assert Reading.objects.get().value == Decimal("0.25")


def test_a_name_is_kept_as_it_can_be_shown(send):
    assert send(HEADER, query="?name=..%2F..%2Fyears%0A%E2%80%AE.csv").json()["name"] == "years.csv"
