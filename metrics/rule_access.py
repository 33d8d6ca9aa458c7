"""The doors to rules: what is looked at, how, and who may say so."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from metrics.models import Rule, RuleVersion
from metrics.rules.tuning import tuner_of
from truthgov.models import Person


def rule_to_read(person: Person, pk: int) -> Rule:
    """Any rule: everybody signed in may see what is looked at, and how."""
    return get_object_or_404(Rule.objects.with_parties(), pk=pk)


def may_tune(person: Person) -> bool:
    """May somebody propose and approve how rules judge? Who answers for figures, and the truth owner."""
    return tuner_of(person) is not None


def rules_to_propose(person: Person) -> None:
    """PermissionDenied unless somebody may propose a rule of their own."""
    if not may_tune(person):
        raise PermissionDenied


def rule_to_tune(person: Person, pk: int) -> Rule:
    """One that this person may propose a version of."""
    rule = rule_to_read(person, pk)
    rules_to_propose(person)
    return rule


def rule_version_to_read(person: Person, pk: int, version: int) -> RuleVersion:
    """Any version of a rule."""
    people = "proposed_by", "appointment", "approved_by", "ended_by"
    of_rule = RuleVersion.objects.select_related(*people)
    found = get_object_or_404(of_rule, rule=pk, version=version)
    found.rule = rule_to_read(person, pk)
    return found


def rule_version_to_decide(person: Person, pk: int, version: int) -> RuleVersion:
    """A version of a rule that this person may approve, reject or withdraw."""
    of_rule = RuleVersion.objects.select_related("rule", "proposed_by", "appointment")
    return get_object_or_404(of_rule, rule=rule_to_tune(person, pk), version=version)
