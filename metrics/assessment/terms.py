"""How rules judge, and from which period on: their approved versions, as detection needs them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from metrics.models import Rule, RuleVersion

NAN = float("nan")
VERSIONS = """
    SELECT rule_id, starts_on, id, version, state, quiet_periods, min_effect, reliable_from, tolerance, lag_periods,
        periods_needed
    FROM metrics_ruleversion WHERE status = 'approved' AND rule_id = ANY(%s::bigint[]) ORDER BY rule_id, version"""
State = RuleVersion.State
JUDGING = (State.ACTIVE, State.MONITOR)


class Terms(NamedTuple):
    """What a version says, as plain numbers; NaN and None where it is silent. `pk` 0 is what the dictionary says."""

    pk: int = 0
    version: int = 0
    state: str = State.ACTIVE.value
    quiet_periods: int = Rule.QUIET_PERIODS
    min_effect: float = NAN
    reliable_from: float = NAN
    tolerance: float = NAN
    lag: int | None = None
    periods_needed: int | None = None

    @classmethod
    def of(cls, version: RuleVersion) -> "Terms":
        """What a version says that need not be approved."""
        return _terms(
            version.pk or -1, version.version, version.state, version.quiet_periods, version.min_effect,
            version.reliable_from, version.tolerance, version.lag_periods, version.periods_needed,
        )  # fmt: skip


AS_DECLARED, NOT_YET = Terms(), Terms(state=State.OFF.value)
"""How a rule of the dictionary judges without a version, and how one made by hand does."""
History = tuple[tuple[date | None, Terms], ...]
"""What holds from which day on (None: since ever), in the order decided."""


def histories(rules: Sequence[int]) -> dict[int, History]:
    """The approved versions of those of some rules that have any, in the order decided."""
    decided: dict[int, list[tuple[date | None, Terms]]] = defaultdict(list)
    if not rules:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [list(rules)])
        for rule, starts_on, *said in cursor.fetchall():
            decided[rule].append((starts_on, _terms(*said)))
    return {rule: tuple(versions) for rule, versions in decided.items()}


def quiet_periods(rules: Sequence[int], day: date | None = None) -> dict[int, int]:
    """How many quiet periods prove a remedy that begins on a day (without one: as last decided), by rule."""
    told = dict.fromkeys(rules, Rule.QUIET_PERIODS)
    for rule, history in histories(rules).items():
        for starts_on, terms in history:
            if day is None or starts_on is None or starts_on <= day:
                told[rule] = terms.quiet_periods
    return told


def _terms(pk: int, version: int, state: str, quiet: int, least: Any, reliable: Any, tolerance: Any, lag: int | None,
           needed: int | None) -> Terms:  # fmt: skip
    return Terms(pk, version, state, quiet, number(least), number(reliable), number(tolerance), lag, needed)


def number(value: Any) -> float:
    """A figure of the database for statistics; NaN where there is none."""
    return NAN if value is None else float(value)
