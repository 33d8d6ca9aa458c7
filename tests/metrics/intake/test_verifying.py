"""Figures hold where ledger, readings and arrays agree with what the audit says; what differs is told, and put back."""

from collections.abc import Callable
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from metrics.figures import verifying
from metrics.models import Observation, Reading, Series, SeriesChunk, Submission, TouchedSet
from tests.metrics.intake.conftest import Give
from truthgov.models import AuditEntry

MONTH = date(2026, 10, 1)


@pytest.fixture
def given(own_database: dict[str, str], give: Give) -> Series:
    """Two months of a series, one of them given twice, and a segment with a denominator."""
    give({"period": "2026-09", "value": "0.10"}, {"period": "2026-10", "value": "0.2"})
    give({"period": "2026-10", "value": "0.25", "reason": "recounted: später\tgezählt"})
    give(
        {"period": "2026-10", "value": "0.25", "numerator": "1.50", "denominator": "6", "segment": '{"channel":"web"}'}
    )
    TouchedSet.objects.all().delete()
    return Series.objects.get(segment__key="{}")


def verified(*options: str) -> str:
    said = StringIO()
    call_command("verify_figures", *options, stdout=said)
    return said.getvalue()


def execute(statement: str, *values: object) -> None:
    """As whoever signs in as the application."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_what_came_in_by_the_door_holds(given: Series) -> None:
    assert verified() == (
        "The figures hold: 4 figures of 3 submissions are what their audit entries say, and what is shown and judged "
        "is what they say.\nOf 1 version or source of record no audit entry holds what was approved.\n"
    )
    assert verified("--mend") == verified()


def change(series: Series) -> None:
    execute("UPDATE metrics_reading SET value = 0.9 WHERE series_id = %s AND period_start = %s", series.pk, MONTH)


def take_away(series: Series) -> None:
    execute("DELETE FROM metrics_reading WHERE series_id = %s AND period_start = %s", series.pk, MONTH)


def belittle(series: Series) -> None:
    """What is remarked on a figure bears on the trust in it."""
    execute(
        "UPDATE metrics_reading SET notices = '{late}' WHERE series_id = %s AND period_start = %s", series.pk, MONTH
    )


def put_in(series: Series) -> None:
    execute(
        "INSERT INTO metrics_reading (series_id, period_start, value, observation_id, definition_id) "
        "SELECT series_id, date '2026-08-01', 0.7, observation_id, definition_id FROM metrics_reading "
        "WHERE series_id = %s LIMIT 1",
        series.pk,
    )


def judge_another(series: Series) -> None:
    execute('UPDATE metrics_serieschunk SET "values" = reverse("values") WHERE series_id = %s', series.pk)


FAULTS: dict[Callable[[Series], None], str] = {
    change: "2026-10-01: shown is 0.9, said 0.25.",
    belittle: "2026-10-01: shown is 0.25, but not with what was said beside it.",
    take_away: "2026-10-01: shown is nothing, said 0.25.",
    put_in: "2026-08-01: shown is 0.7, said nothing.",
    judge_another: "its figures from 2025 on are not judged as they are shown.",
}


@pytest.mark.parametrize("meddle", FAULTS)
def test_what_is_shown_and_was_not_said_is_told_and_put_back(given: Series, meddle: Callable[[Series], None]) -> None:
    held = standing()
    meddle(given)
    with pytest.raises(CommandError, match="--mend") as told:
        verified()
    assert f"Series {given.pk}" in str(told.value)
    assert FAULTS[meddle] in str(told.value)
    assert "Mended. " in verified("--mend")
    assert standing() == held
    assert "hold" in verified()
    assert TouchedSet.objects.get().series == [given.pk]
    entry = AuditEntry.objects.get(code="measure.figures_put_back")
    assert [each["shown"] for each in entry.data["readings"]] in (["0.9"], ["0.25"], [None], ["0.7"], [])


def test_of_two_faults_of_a_series_the_earlier_is_assessed_anew_too(given: Series, give: Give) -> None:
    give({"period": "2020-03", "value": "0.4"})
    TouchedSet.objects.all().delete()
    execute("UPDATE metrics_serieschunk SET \"values\" = '' WHERE series_id = %s AND first_year < 2025", given.pk)
    change(given)
    verified("--mend")
    assert TouchedSet.objects.get().first_periods[0].year < 2025


def standing() -> tuple[list[tuple], list[tuple]]:
    """What is shown, and what is judged."""
    shown = Reading.objects.order_by("series_id", "period_start").values_list(
        "series_id", "period_start", "value", "numerator", "denominator", "observation_id", "definition_id", "notices"
    )
    judged = SeriesChunk.objects.order_by("series_id", "first_year").values_list("series_id", "ordinals", "values")
    return list(shown), list(judged)


def test_a_figure_that_was_slipped_into_the_ledger_is_told_and_never_shown(given: Series) -> None:
    submission = Submission.objects.order_by("entry")[0]
    execute(
        "INSERT INTO metrics_observation (series_id, period_start, value, definition_id, submission_id) "
        "SELECT series_id, period_start, 0.99, definition_id, submission_id FROM metrics_observation "
        "WHERE submission_id = %s AND period_start = %s",
        submission.pk, MONTH,
    )  # fmt: skip
    held = standing()
    for options in ([], ["--mend"]):
        with pytest.raises(CommandError, match="restore a backup") as told:
            verified(*options)
        assert f"The figures of submission {submission.pk} are not what audit entry {submission.entry} says." in str(
            told.value
        )
    assert standing() == held


def test_a_figure_of_no_submission_is_told(given: Series) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    Observation.objects.create(
        series=given, period_start=date(2026, 7, 1), value="0.5", submission_id=nobody,
        definition_id=Reading.objects.all()[0].definition_id,
    )  # fmt: skip
    with pytest.raises(CommandError, match=f"submission {nobody} stand in the ledger that no audit entry knows"):
        verified()


OF_THE_OWNER = {
    "UPDATE metrics_observation SET value = 0.11 WHERE period_start = '2026-09-01'": "are not what audit entry",
    "DELETE FROM metrics_observation WHERE period_start = '2026-09-01'": "are not what audit entry",
    "UPDATE metrics_submission SET digest = repeat('0', 64)": "are not what audit entry",
    "DELETE FROM metrics_submission": "no audit entry knows",
    "DELETE FROM metrics_observation; DELETE FROM metrics_submission": "accepted a submission that is gone",
    "UPDATE metrics_observation SET restates = NULL": "does not restate the one that stood before it",
    "UPDATE metrics_observation SET restates = id - 1 WHERE restates IS NULL": "does not restate the one",
    "UPDATE metrics_observation SET notices = '{late}'; UPDATE metrics_reading SET notices = '{late}'":
        "beside its figures, is not what audit entry",
    "UPDATE metrics_submission SET received_at = received_at - interval '9 days'": "beside its figures, is not",
    "UPDATE metrics_submission SET reason = 'x'": "beside its figures, is not",
    "UPDATE metrics_submission SET person_id = 1, key_id = NULL": "beside its figures, is not",
    "UPDATE metrics_submission SET refusals = '[{}]'": "beside its figures, is not",
    "UPDATE metrics_submission SET unchanged = 7": "beside its figures, is not",
    "UPDATE metrics_series SET source_id = 999": "brought is of another measure, segment or source than it was",
    "UPDATE metrics_series SET measure_id = measure_id + 1": "has figures under a definition of another measure",
    "UPDATE metrics_segment SET values = '{}'": "Segment {\"channel\":\"web\"} is not what its name says",
    "UPDATE metrics_segment SET key = 'all' WHERE key = '{}'": "brought is of another measure, segment or source",
}  # fmt: skip


@pytest.mark.parametrize("statement", OF_THE_OWNER)
def test_what_the_owner_of_the_tables_changes_is_told(given: Series, statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        for table in ("metrics_observation", "metrics_submission"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
    with pytest.raises(CommandError, match=OF_THE_OWNER[statement]):
        verified()


def test_of_very_many_faults_the_first_are_told_and_how_many_more() -> None:
    found = verifying.Verification(astray=[verifying.Astray(1, MONTH, "1", None)] * (verifying.MANY + 5))
    assert len(found.faults) == verifying.MANY + 1
    assert found.faults[-1] == "… and 5 more."
