"""What is judged, and how, is read once, and anew as soon as any transaction has changed it."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from metrics.assessment import assess
from metrics.assessment.standing import as_it_stands
from metrics.models import Link, Rule
from metrics.rules import made as rules
from tests.factories.metrics import LinkFactory
from tests.metrics.assessment.conftest import BAD, Push

T = TypeVar("T")
OF_THE_DICTIONARY = ("rules_wanted", "rules_from_sources", "looks", "companions", "definitions", "sources_of_record")


def elsewhere(act: Callable[[], T]) -> T:
    """What an act answers on a connection of its own."""

    def run() -> T:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def judged() -> set[int]:
    return {look.rule for look in as_it_stands().looks}


def declare() -> None:
    with transaction.atomic():
        LinkFactory()
        rules.follow()


@pytest.fixture
def declared(own_database: Mapping[str, str]) -> set[int]:
    """The rules of a link, as this connection has read them."""
    declare()
    return judged()


def test_what_nobody_changed_is_not_read_again(declared: set[int]) -> None:
    standing = as_it_stands()
    with CaptureQueriesContext(connection) as asked:
        assert as_it_stands() is standing
    assert len(asked) == 1


def test_what_measures_concern_is_remembered_with_the_dictionary(declared: set[int]) -> None:
    standing = as_it_stands()
    measures = np.unique(standing.sides[1:])
    concerned = standing.concerning(measures)
    assert as_it_stands().concerning(measures) is concerned
    elsewhere(declare)
    assert as_it_stands().concerning(measures) is not concerned


def test_what_somebody_else_changed_is_read_anew(declared: set[int]) -> None:
    elsewhere(declare)
    assert judged() == set(Rule.objects.values_list("pk", flat=True)) > declared


def test_a_change_under_way_is_seen_once_it_is_committed(declared: set[int]) -> None:
    changed, was_read = Event(), Event()

    def change() -> None:
        with transaction.atomic():
            declare()
            changed.set()
            assert was_read.wait(30)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(change)
        assert changed.wait(30)
        before = judged()
        was_read.set()
        done.result()
    assert before == declared
    assert judged() > declared


def test_a_transaction_sees_its_own_changes_and_leaves_none_behind_that_it_took_back(declared: set[int]) -> None:
    with transaction.atomic():
        assert judged() == declared
        declare()
        assert judged() > declared
        transaction.set_rollback(True)
    assert judged() == declared


def test_what_a_transaction_changed_after_it_had_read_is_seen_when_it_is_over(declared: set[int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        elsewhere(declare)  # a later transaction that is over before
        before = judged()
        declare()
    assert judged() > before


def test_an_assessment_asks_nothing_of_a_dictionary_that_stands(
    own_database: Mapping[str, str], link: Link, push: Push, quiet_years: None
) -> None:
    push(link.to_measure, [0.93], first="2026-07")
    assess()
    push(link.to_measure, [BAD], first="2026-08")
    with CaptureQueriesContext(connection) as asked:
        assess()
    told = [query["sql"] for query in asked if query["sql"].startswith("EXECUTE")]
    assert any("dictionary_changes" in each for each in told)
    assert not [each for each in told if each.split()[1] in OF_THE_DICTIONARY]


def test_a_series_that_is_new_has_its_rules_made(
    own_database: Mapping[str, str], link: Link, push: Push, quiet_years: None
) -> None:
    before = set(Rule.objects.values_list("pk", flat=True))
    push(link.to_measure, [0.93], first="2026-07", source="survey")
    assess()
    [made] = Rule.objects.exclude(pk__in=before)
    assert made.kind == "source_disagreement"
