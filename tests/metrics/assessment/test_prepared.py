"""What is prepared is planned once a connection, and answers as the statement itself would."""

import pytest
from django.db import connection, transaction

from metrics.prepared import Prepared, plan_once

TWICE = Prepared("twice_as_much", "SELECT 2 * one FROM unnest(%(some)s) AS one WHERE one < %(limit)s ORDER BY one",
                 some="int[]", limit="int")  # fmt: skip
PLANS = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = %s"

pytestmark = pytest.mark.django_db


def ask(some: list[int], limit: int) -> list[int]:
    with connection.cursor() as cursor:
        TWICE.ask(cursor, {"some": some, "limit": limit})
        return [one for (one,) in cursor.fetchall()]


def plans() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(PLANS, [TWICE.name])
        return cursor.fetchone()


def test_it_answers_what_it_is_asked_each_time() -> None:
    assert ask([3, 1, 9], 5) == [2, 6]
    assert ask([], 5) == []
    assert ask([7], 8) == [14]


def test_it_keeps_its_plan_until_the_transaction_that_says_so_ends() -> None:
    ask([1], 2)
    generic, custom = plans()
    with transaction.atomic():
        plan_once()
        ask([1], 2)
    assert plans() == (generic + 1, custom)


def test_it_outlives_a_transaction_that_was_rolled_back() -> None:
    with transaction.atomic():
        ask([1], 2)
        transaction.set_rollback(True)
    assert ask([1], 2) == [2]
