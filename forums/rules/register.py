"""The register of rules: what is looked at, how each rule stands, and what came of it; a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict

from forums.rules.forms import RuleFilter
from metrics.models import Contradiction, Rule, RuleVersion
from metrics.rules.record import Record, records
from truthgov import clock
from truthgov.keyset import Page, turn_to

PAGE = 40
ORDER = ("-fires", "kind", "pk")
"""What fires comes first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as the register shows it: `standing` is its state today."""

    rule: Rule
    standing: str
    waits: bool
    fires: bool
    record: Record


@dataclass(frozen=True, slots=True)
class Register:
    rows: list[Row]
    page: Page[Any]
    is_empty: bool


def register(form: RuleFilter, address: QueryDict) -> Register:
    """The page of the register that an address asks for."""
    found = turn_to(address.get("cursor", ""), form.narrow(rules_today()), ORDER, size=PAGE)
    told = records([rule.pk for rule in found.rows])
    rows = [Row(rule, rule.standing, rule.waits, rule.fires, told[rule.pk]) for rule in found.rows]
    return Register(rows, found, not rows and not Rule.objects.exists())


def rules_today() -> QuerySet[Any]:
    """Rules with their parties, each with its state today, whether a version waits and whether a case is open."""
    versions = RuleVersion.objects.filter(rule=OuterRef("pk"))
    held = versions.approved().begun(on=clock.today())
    stands = Subquery(held.order_by("-version").values("state")[:1])
    replaced = When(replaced_by__isnull=False, then=Value("off"))
    made = When(made_by__isnull=True, then=Value("active"))
    return Rule.objects.with_parties().annotate(
        standing=Case(replaced, default=Coalesce(stands, Case(made, default=Value("off")))),
        waits=Exists(versions.waiting()),
        fires=Exists(Contradiction.objects.filter(rule=OuterRef("pk"), status=Contradiction.Status.OPEN)),
    )
