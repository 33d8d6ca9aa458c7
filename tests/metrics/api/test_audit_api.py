"""The audit over REST: every act for everybody, what it holds for those who account, and the signed checkpoints."""

from datetime import timedelta

from tests.metrics.api.conftest import API, give
from truthgov import audit, checkpoints, clock
from truthgov.audit import entry_hash
from truthgov.models import AuditEntry

ENTRIES = f"{API}/audit/entries"
CHECKPOINTS = f"{API}/audit/checkpoints"


def test_everybody_reads_who_did_what(program, as_person, outsider, reported):
    for reader in (program, as_person(outsider)):
        latest = reader.get(ENTRIES).json()[0]
        assert latest["number"] == audit.known_now()
        assert (latest["code"], latest["what"]) == ("submission.accepted", "delivered figures")
        assert (latest["actor"], latest["data"]) == (None, None)
        assert reader.get(f"{ENTRIES}/{latest['number']}").json() == latest


def test_who_accounts_reads_what_an_entry_holds_and_can_hash_it_anew(as_person, auditor, reported):
    told = as_person(auditor).get(ENTRIES).json()[0]
    entry = AuditEntry(
        number=told["number"], at=clock.now().fromisoformat(told["at"]), code=told["code"], actor=told["actor"],
        subject_kind=told["record_kind"], subject_id=told["record"], data=told["data"],
        previous_hash=told["previous_hash"],
    )  # fmt: skip
    assert told["data"]["counts"]["accepted"] == 1
    assert entry_hash(entry) == told["hash"]


def test_entries_are_found_by_act_record_and_day(program, reported, last_month):
    give(last_month.code, "0.2")
    latest = program.get(ENTRIES).json()[0]
    one = {"record_kind": latest["record_kind"], "record": latest["record"]}
    assert [each["number"] for each in program.get(ENTRIES, one).json()] == [latest["number"]]
    accepted = program.get(ENTRIES, {"code": "submission.accepted"}).json()
    assert [each["record"] == latest["record"] for each in accepted] == [True, False]
    today = clock.today()
    assert program.get(ENTRIES, {"since": today, "until": today}).json()
    assert program.get(ENTRIES, {"since": today + timedelta(days=1)}).json() == []


def test_they_come_in_pages_the_latest_first(program, reported):
    read = list[int]()
    page = program.get(ENTRIES, {"limit": 1})
    while "Link" in page:
        read += [each["number"] for each in page.json()]
        page = program.get(page["Link"].partition(">")[0].removeprefix("<http://testserver"))
    assert [*read, page.json()[0]["number"]] == list(range(audit.known_now(), 0, -1))


def test_a_record_is_named_with_its_kind(program, reported):
    answer = program.get(ENTRIES, {"record": "12"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "Say of which kind the record is."


def test_checkpoints_are_told_as_they_were_signed(program, reported, last_month, settings, tmp_path):
    settings.CHECKPOINTS_FOLDER = tmp_path
    assert program.get(CHECKPOINTS).json() == []
    kept = [checkpoints.keep()]
    give(last_month.code, "0.2")
    kept.append(checkpoints.keep())
    told = [checkpoints.Checkpoint(**each) for each in program.get(CHECKPOINTS).json()]
    assert told == kept
    assert all(each.is_signed_by(checkpoints.public_key()) for each in told)


def test_of_the_checkpoints_those_of_the_page_are_read(program, reported, last_month, settings, tmp_path):
    settings.CHECKPOINTS_FOLDER = tmp_path
    checkpoints.keep()
    give(last_month.code, "0.2")
    latest = checkpoints.keep()
    page = program.get(CHECKPOINTS, {"limit": 1})
    min(tmp_path.glob("checkpoint-*.json")).write_text("{")
    following = program.get(page["Link"].partition(">")[0].removeprefix("<http://testserver"))
    assert [checkpoints.Checkpoint(**each) for each in following.json()] == [latest]
