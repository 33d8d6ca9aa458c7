"""What nobody has declared is refused with the nearest that somebody has, at a cost that rows do not multiply."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.ingestion import RowsRefused
from metrics.ingestion.spellings import MOST, Spellings


@pytest.fixture
def refusals(give):
    def refused(*rows):
        with pytest.raises(RowsRefused) as refusal:
            give(*rows)
        return [error.message for error in refusal.value.refusals]

    return refused


def days(count):
    return [str(date(2026, 1, 1) + timedelta(days=day)) for day in range(count)]


def test_a_mistyped_code_costs_as_many_queries_on_fifty_rows_as_on_one(refusals):
    def queries(count):
        with CaptureQueriesContext(connection) as taken:
            messages = refusals(
                *({"measure": "sales.convresion", "period": day, "value": "0.5"} for day in days(count))
            )
        assert all("Did you mean 'sales.conversion'?" in message for message in messages)
        return len(taken)

    assert queries(50) == queries(1)


def test_only_the_first_undeclared_values_are_told_the_nearest(refusals):
    told = refusals(
        *({"period": "2026-10", "value": "0.5", "segment": f'{{"channel": "webb{n}"}}'} for n in range(3 * MOST))
    )
    assert len(told) == 3 * MOST
    assert sum("Did you mean 'web'?" in message for message in told) == MOST


def test_a_spelling_is_looked_for_once():
    loads = []

    def load():
        loads.append(1)
        return ["Web", "phone"]

    spellings = Spellings(load)
    assert not loads
    told = [spellings.suggestion(f"phon{n % 5}") for n in range(100)]
    assert (told[0], set(told), loads) == (" Did you mean 'phone'?", {" Did you mean 'phone'?"}, [1])
    assert [spellings.suggestion(text) for text in ("WEB", "zzz")] == [" Did you mean 'Web'?", ""]
