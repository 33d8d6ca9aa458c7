"""How rules and their versions are worded: the question of each kind, what a version says, what it changes."""

from decimal import Decimal
from typing import Any

from forums.measures.charts import word
from forums.measures.definition_versions import Change
from metrics.models import Definition, Rule, RuleVersion
from metrics.models.rule_version import PARAMETERS
from metrics.rules.terms import MEANT, Tuning
from truthgov.figures import plain

Kind, State = Rule.Kind, RuleVersion.State
QUESTIONS = {
    Kind.DIVERGENCE: "Is the KPI on target or improving while the outcome it serves is off target or worsening?",
    Kind.HANDOFF: "Does what one function passes on agree with what the next receives or can keep?",
    Kind.SOURCE_DISAGREEMENT: "Do the two sources report one measure differently beyond its tolerance?",
    Kind.OVERCOMMITMENT: "Is more promised than the capability to deliver allows?",
    Kind.INCONSISTENCY: "Does the measure differ between segments beyond what chance explains?",
    Kind.MIX: "Does a total hide a part that fails?",
    Kind.GAMING: "Did the KPI get better while its counter-measure or denominator gave way, or its values bunch?",
    Kind.DEFINITION_BREAK: "Did the level jump without any change in its companions?",
    Kind.BROKEN_LINK: "Has the KPI stopped predicting the outcome it is supposed to serve?",
    Kind.INTEGRITY: "Are figures impossible, stale, missing or duplicated?",
}
STATES = {
    State.ACTIVE: "Active: it opens and feeds contradictions",
    State.MONITOR: "Monitor: it judges, and what it would find is kept beside",
    State.OFF: "Off: it does not judge",
    State.RETIRED: "Retired: it does not judge, and will not again",
}
LABELS = {
    "state": "State",
    "quiet_periods": "Quiet periods that prove a remedy",
    "min_effect": "Smallest effect that matters",
    "reliable_from": "Too small to judge below",
    "tolerance": "Tolerated difference",
    "lag_periods": "Effect expected, periods later",
    "periods_needed": "Shows in so many of three periods",
}
FOLLOWS = {
    "min_effect": "as the definition says",
    "reliable_from": "as the definition says",
    "tolerance": "as the link or the definition says",
    "lag_periods": "as the link says",
    "periods_needed": "as the grain asks",
}
"""What holds where a version leaves a parameter open."""


def stated(rule: Rule, tuning: Tuning, definition: Definition | None) -> list[tuple[str, str]]:
    """What a version says, worded; parameters that mean nothing to its kind are left out."""
    return [(LABELS[name], _worded(name, getattr(tuning, name), definition)) for name in _said_of(rule)]


def changes(rule: Rule, before: Tuning, after: Tuning, definition: Definition | None) -> list[Change]:
    """What one version says otherwise than the one before, field by field."""
    return [
        Change(LABELS[name], *(_worded(name, getattr(each, name), definition) for each in (before, after)))
        for name in _said_of(rule)
        if getattr(before, name) != getattr(after, name)
    ]


def asked_of(kind: str) -> list[str]:
    """The parameters that mean something to a kind, in their order."""
    return [name for name in PARAMETERS if name == "quiet_periods" or name in MEANT[kind]]


def _said_of(rule: Rule) -> list[str]:
    return ["state", *asked_of(rule.kind)]


def _worded(name: str, value: Any, definition: Definition | None) -> str:
    if value is None:
        return FOLLOWS[name]
    if name == "min_effect" and definition:
        return word(value, definition).text
    if name == "tolerance":
        return f"{plain(Decimal(value) * 100)} %"
    if name == "reliable_from":
        return f"a denominator of {plain(value)}"
    return str(value).capitalize() if name == "state" else str(value)
