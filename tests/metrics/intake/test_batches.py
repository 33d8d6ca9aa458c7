"""Pushing figures over REST: what the contract promises."""

import json
from datetime import timedelta

import pytest

from metrics.models import Observation, Reading, Submission
from tests.factories.metrics import DefinitionFactory, MeasureFactory
from tests.metrics.intake.conftest import OCTOBER, PLAIN, SEPTEMBER, codes
from truthgov import clock
from truthgov.models import AuditEntry, IdempotentAnswer
from truthgov.tasks import forget_answers

pytestmark = pytest.mark.usefixtures("conversion")


def test_figures_are_committed_and_receipted(push):
    response = push(OCTOBER, SEPTEMBER)
    assert response.status_code == 201, response.content
    body, submission = response.json(), Submission.objects.get()
    assert response["Location"] == f"/api/v1/observation-batches/{submission.pk}"
    assert body["counts"] == {"accepted": 2, "restated": 0, "unchanged": 0, "refused": 0}
    entry = AuditEntry.objects.get(code="submission.accepted")
    assert body["receipt"] == {"entry": entry.number, "hash": f"sha256:{entry.hash}"}
    assert entry.data["digest"] == submission.digest
    assert Reading.objects.count() == 2


def test_a_new_value_is_a_restatement_that_needs_its_reason(push):
    push(OCTOBER)
    refused = push(OCTOBER | {"value": "0.19", "numerator": 190})
    assert (refused.status_code, codes(refused)) == (422, [("/rows/0", "reason_missing")])
    accepted = push(OCTOBER | {"value": "0.19", "numerator": 190, "reason": "late cancellations"})
    assert accepted.status_code == 201
    assert accepted.json()["counts"] == {"accepted": 0, "restated": 1, "unchanged": 0, "refused": 0}
    first, second = Observation.objects.order_by("pk")
    assert (second.restates, second.reason) == (first.pk, "late cancellations")


@pytest.mark.parametrize("blank", ["", "   ", " \t", "\u00a0\u2003\n"])
def test_a_reason_of_blanks_says_nothing(push, blank):
    push(OCTOBER)
    anew = OCTOBER | {"value": "0.19", "numerator": 190}
    for rows, reason in (([anew], blank), ([anew | {"reason": blank}], ""), ([anew | {"reason": blank}], blank)):
        refused = push(body=json.dumps({"source": "crm", "reason": reason, "rows": rows}))
        assert (refused.status_code, codes(refused)) == (422, [("/rows/0", "reason_missing")])
    shared = push(body=json.dumps({"source": "crm", "reason": " recount ", "rows": [anew | {"reason": blank}]}))
    assert shared.json()["counts"]["restated"] == 1
    assert [latest.reason for latest in (Observation.objects.latest("pk"), Submission.objects.latest("pk"))] == [
        "recount"
    ] * 2


@pytest.mark.parametrize("prefer", ["handling=strict", "handling=lenient"])
def test_a_reason_has_its_length(push, prefer):
    longest = "x" * 4_000
    assert push(OCTOBER | {"reason": longest}).status_code == 201
    response = push(PLAIN | {"reason": longest + "x"}, SEPTEMBER | {"reason": longest}, Prefer=prefer)
    assert codes(response) == [("/rows/0", "reason_too_long")]
    body = json.dumps({"source": "crm", "reason": longest + "x", "rows": [PLAIN, PLAIN | {"period": "2026-08"}]})
    assert codes(push(body=body, Prefer=prefer)) == [("/rows/0", "reason_too_long"), ("/rows/1", "reason_too_long")]


def test_what_is_known_already_is_answered_200_and_writes_no_figure(push):
    push(OCTOBER)
    response = push(OCTOBER | {"value": 0.184, "denominator": "1000.0"})
    assert response.status_code == 200
    assert response.json()["counts"] == {"accepted": 0, "restated": 0, "unchanged": 1, "refused": 0}
    assert (Observation.objects.count(), Submission.objects.count()) == (1, 1)


def test_a_strict_batch_with_one_fault_stores_nothing(push):
    response = push(OCTOBER, PLAIN | {"value": "18 %"}, PLAIN | {"measure": "sales.conversions"})
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert codes(response) == [("/rows/1", "not_a_number"), ("/rows/2", "unknown_measure")]
    assert "Did you mean 'sales.conversion'?" in response.json()["errors"][1]["message"]
    assert response.json()["detail"].startswith("2 of 3 rows are refused and nothing was stored. Correct them and send")
    one = push(PLAIN | {"value": "18 %"}).json()["detail"]
    assert one.startswith("1 of 1 row is refused and nothing was stored. Correct it and send the delivery again")
    assert not Observation.objects.exists()
    assert not IdempotentAnswer.objects.exists()


def test_a_lenient_batch_leaves_the_faulty_rows_out(push):
    response = push(OCTOBER, PLAIN | {"value": "1.2"}, Prefer="handling=lenient")
    assert response.status_code == 207
    assert response["Preference-Applied"] == "handling=lenient"
    assert response.json()["counts"] == {"accepted": 1, "restated": 0, "unchanged": 0, "refused": 1}
    assert codes(response) == [("/rows/1", "out_of_range")]
    assert Submission.objects.get().refusals[0]["code"] == "out_of_range"


@pytest.mark.parametrize("fault", [
    ({"measure": "nope"}, "unknown_measure"),
    ({"period": "2026-13"}, "period_misaligned"),
    ({"period": "2026-W40"}, "period_misaligned"),
    ({"period": {"start": "2026-10-01", "end": "2026-10-31"}}, "period_misaligned"),
    ({"period": 7}, "period_misaligned"),
    ({"period": "2199-01"}, "future_period"),
    ({"value": None}, "not_a_number"),
    ({"value": True}, "not_a_number"),
    ({"value": [1]}, "not_a_number"),
    ({"value": "NaN"}, "not_a_number"),
    ({"value": "0,18"}, "not_a_number"),
    ({"value": "١"}, "not_a_number"),
    ({"value": "1\n2"}, "not_a_number"),
    ({"value": "0." + "1" * 21}, "not_a_number"),
    ({"value": 37.2}, "out_of_range"),
    ({"value": -0.1}, "out_of_range"),
    ({"value": 0.5, "numerator": 5, "denominator": 4}, "part_exceeds_whole"),
    ({"value": 0.5, "numerator": 9, "denominator": 10}, "value_contradicts_ratio"),
    ({"value": 0, "numerator": 0, "denominator": 0}, "value_contradicts_ratio"),
    ({"segment": {"channel": "Web"}}, "unknown_dimension"),
    ({"segment": {"chanel": "web"}}, "unknown_dimension"),
    ({"segment": "web"}, "unknown_dimension"),
    ({"segment": {"channel": {"a": 1}}}, "unknown_dimension"),
    ({"reason": "a\x00b"}, "nul_character"),
    ({"measure": "a\x00b"}, "nul_character"),
    ({"segment": {"channel": "a\x00b"}}, "nul_character"),
])  # fmt: skip
def test_each_fault_of_a_row_has_its_code(push, fault):
    changes, code = fault
    response = push(PLAIN | changes)
    assert (response.status_code, codes(response)) == (422, [("/rows/0", code)]), response.content
    assert not Observation.objects.exists()


@pytest.mark.parametrize("prefer", ["handling=strict", "handling=lenient"])
@pytest.mark.parametrize("own", [{}, {"reason": "counted anew"}])
def test_a_nul_in_the_reason_of_the_batch_is_a_fault_of_every_row(push, own, prefer):
    body = json.dumps({"source": "crm", "reason": "a\x00b", "rows": [PLAIN | own, OCTOBER | own]})
    response = push(body=body, Prefer=prefer)
    assert response.status_code < 500, response.content
    assert codes(response) == [("/rows/0", "nul_character"), ("/rows/1", "nul_character")]
    assert not Observation.objects.exists()


@pytest.mark.parametrize("segment", ['{"channel": "web", "channel": "shop"}', '{"channel": "web", "channel ": "shop"}'])
def test_a_part_that_names_a_dimension_twice_is_refused(push, segment):
    row = f'{{"measure": "sales.conversion", "period": "2026-10", "value": 0.1, "segment": {segment}}}'
    response = push(body=f'{{"source": "crm", "rows": [{row}]}}')
    assert (response.status_code, codes(response)) == (422, [("/rows/0", "unknown_dimension")])
    assert "names a dimension twice" in response.json()["errors"][0]["message"]


def test_how_many_faults_are_not_told_is_told(push, monkeypatch):
    monkeypatch.setattr("metrics.api.pushing.MOST_ERRORS", 2)
    faulty = [PLAIN | {"value": "x"}] * 5
    assert "The first 2 are told here, and 3 more are not." in push(*faulty).json()["detail"]
    assert "told here" not in push(*faulty[:2]).json()["detail"]


@pytest.mark.parametrize(("prefer", "status"), [
    ('handling="lenient"', 207), ("respond-async, Handling = lenient; foo=1", 207), ("handling=lenient,wait=5", 207),
    ('handling="lenient', 422), ("handling=lenient5", 422), ("nohandling=lenient", 422), ("handling=strict", 422),
])  # fmt: skip
def test_lenience_is_asked_for_as_the_rfc_writes_it(push, prefer, status):
    assert push(OCTOBER, PLAIN | {"value": "1.2"}, Prefer=prefer).status_code == status


def test_the_percent_for_fraction_slip_is_named(push):
    message = push(PLAIN | {"value": 37.2}).json()["errors"][0]["message"]
    assert "percentage" in message


def test_rows_that_contradict_each_other_are_refused_and_identical_ones_are_one(push):
    refused = push(PLAIN, PLAIN | {"value": 0.3})
    assert codes(refused) == [("/rows/0", "duplicate_in_batch"), ("/rows/1", "duplicate_in_batch")]
    accepted = push(PLAIN, PLAIN | {"value": "0.250"})
    assert accepted.json()["counts"] == {"accepted": 1, "restated": 0, "unchanged": 1, "refused": 0}


@pytest.mark.parametrize(("values", "said"), [
    ([1, 2], ["Row 2 gives", "Row 1 gives"]),
    ([1, 1, 2], ["Row 3 gives", "Row 3 gives", "Rows 1 and 2 give"]),
    ([1, 2, 3, 4, 1], ["Rows 2, 3 and 4 give", "Rows 1, 3, 4 and 1 more give", "Rows 1, 2, 4 and 1 more give",
                       "Rows 1, 2, 3 and 1 more give", "Rows 2, 3 and 4 give"]),
    ([1] * 5 + [2], ["Row 6 gives"] * 5 + ["Rows 1, 2, 3 and 2 more give"]),
])  # fmt: skip
def test_a_refused_double_names_a_few_of_those_that_contradict_it(push, values, said):
    refused = push(*(PLAIN | {"value": f"0.{value}"} for value in values)).json()["errors"]
    assert [fault["message"].partition(" another")[0] for fault in refused] == said


def test_one_cell_that_is_given_thousands_of_times_is_refused_in_few_words(push):
    refused = push(*(PLAIN | {"value": f"0.{number}1"} for number in range(5_000)))
    assert (refused.status_code, len(refused.json()["errors"])) == (422, 1000)
    assert len(refused.content) < 200_000


def test_a_function_is_not_spoken_for_by_anothers_key(push, delivery):
    DefinitionFactory(measure=MeasureFactory(code="delivery.ontime", function=delivery))
    assert codes(push(PLAIN | {"measure": "delivery.ontime"})) == [("/rows/0", "not_your_function")]


def test_a_long_value_is_not_repeated_in_full(push):
    refused = push(PLAIN | {"segment": {"channel": "w" * 10_000}}, PLAIN | {"segment": {"w" * 10_000: "web"}})
    assert codes(refused) == [("/rows/0", "unknown_dimension"), ("/rows/1", "unknown_dimension")]
    assert len(refused.content) < 1_000


def test_many_sources_that_are_not_the_keys_are_told_in_few_words(push):
    refused = push(*(PLAIN | {"source": f"{number:05}" + "x" * 100} for number in range(1_000)))
    assert (refused.status_code, len(refused.content) < 1_000) == (403, True)
    assert refused.json()["detail"].endswith("and 995 more.")


@pytest.mark.parametrize("source", ["erp", "unheard-of", "", "a\x00b"])
def test_another_source_is_not_the_keys_to_push(push, source):
    body = json.dumps({"source": source, "rows": [PLAIN]})
    assert push(body=body).status_code == 403
    assert not Observation.objects.exists()


# --- the same request again -----------------------------------------------------------------------------------------
def test_the_same_request_again_is_answered_as_the_first_time(push):
    first = push(OCTOBER, **{"Idempotency-Key": '"one"'})
    again = push(OCTOBER, **{"Idempotency-Key": '"one"'})
    assert (again.status_code, again.json(), again["Location"]) == (201, first.json(), first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Observation.objects.count() == 1


def test_a_replay_after_a_restatement_does_not_restate_back(push):
    push(OCTOBER, **{"Idempotency-Key": "one"})
    push(OCTOBER | {"value": 0.2, "numerator": 200, "reason": "recount"})
    push(OCTOBER, **{"Idempotency-Key": "one"})
    assert str(Reading.objects.get().value.normalize()) == "0.2"


def test_the_same_key_with_another_body_is_refused(push):
    push(OCTOBER, **{"Idempotency-Key": "one"})
    response = push(SEPTEMBER, **{"Idempotency-Key": "one"})
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refused_delivery_may_be_corrected_under_the_same_key(push):
    assert push(PLAIN | {"value": 2}, **{"Idempotency-Key": "one"}).status_code == 422
    assert push(PLAIN, **{"Idempotency-Key": "one"}).status_code == 201


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "é"])
def test_an_idempotency_key_is_needed_and_plain(push, key):
    assert push(OCTOBER, **{"Idempotency-Key": key}).status_code == 400


# --- formats --------------------------------------------------------------------------------------------------------


def test_an_answer_is_repeated_for_ninety_days_and_then_forgotten(push):
    first = push(OCTOBER, **{"Idempotency-Key": "one"})
    push(SEPTEMBER, **{"Idempotency-Key": "two"})
    for name, days in (("one", 91), ("two", 89)):
        stored_at = clock.now() - timedelta(days=days)
        IdempotentAnswer.objects.filter(idempotency_key=name).update(stored_at=stored_at)
    forget_answers()
    assert [each.idempotency_key for each in IdempotentAnswer.objects.all()] == ["two"]
    again = push(OCTOBER, **{"Idempotency-Key": "one"})
    assert (first.status_code, again.status_code, again.json()["counts"]["unchanged"]) == (201, 200, 1)


def test_answers_are_forgotten_some_at_a_time(push, django_assert_num_queries):
    for month in range(1, 6):
        push(PLAIN | {"period": f"2026-0{month}"})
    now = clock.now()
    with django_assert_num_queries(6):  # twice two, and the last one
        assert IdempotentAnswer.objects.forget(before=now, at_once=2) == 5
