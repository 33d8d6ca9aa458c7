"""What the audit holds of what was approved: versions of definitions by a digest, sources of record and target
conditions as they are.

Whoever changes a target, or whose figure is shown, changes the verdict: so it is asked whether these are what was
approved.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from metrics.dictionary.terms import FIXED, TERMS
from metrics.models import Definition, RequiredOutcome, SourceOfRecord
from truthgov.figures import plain
from truthgov.models import AuditEntry

IMPORTED, CONDITION, NAMED = "dictionary.imported", "target_condition.approved", "source_of_record.named"
APPROVED = ("definition.approved", "measure.retired")
TOLD_OF_A_SOURCE = ("measure", "source", "starts_on")
SAID = (
    "measure__code", "version", *TERMS, *FIXED, "starts_on", "changes_counting", "bridge_factor", "bridge_offset",
    "bridge_reason", "retires", "rationale", "proposed_by", "approved_by",
)  # fmt: skip


class Version(NamedTuple):
    """An approved version, by the code of its measure, and the digest of all that it says."""

    measure: str
    number: int
    digest: str


@dataclass(frozen=True)
class Standing:
    """How many versions, sources of record and target conditions are what their audit entries say; `altered` has a
    sentence for each that is not. Of `untold` ones, from before entries said it, no entry holds what was approved."""

    versions: int = 0
    sources: int = 0
    conditions: int = 0
    untold: int = 0
    altered: list[str] = field(default_factory=list)


def digests(definitions: Iterable[int]) -> dict[int, str]:
    """By number, what an approval puts on record of versions: SHA-256, in hexadecimal, of all that each says."""
    return {pk: version.digest for pk, version in _versions(Definition.objects.filter(pk__in=definitions)).items()}


def namings(named: Iterable[int]) -> dict[int, dict[str, Any]]:
    """By number, what an approval puts on record of sources of record."""
    return _named(SourceOfRecord.objects.filter(pk__in=named))


def standing() -> Standing:
    """Hold what stands approved against what the audit says of it; six queries."""
    told, held = _told_of_versions(), _versions(Definition.objects.approved())
    sources, named = _told_of_sources(), _named(SourceOfRecord.objects.all())
    conditions, demanded = _told_of_conditions(), _demanded()
    altered = [_altered(number, pk, held.get(pk)) for pk, (number, said) in sorted(told.items())
               if pk not in held or held[pk].digest != said]  # fmt: skip
    altered += [
        f"The source of record that audit entry {number} names for {said['measure']} is not the one that stands."
        for pk, (number, said) in sorted(sources.items()) if not said.items() <= named.get(pk, {}).items()
    ]  # fmt: skip
    altered += [
        f"What target condition {pk} demands is not what audit entry {number} says."
        for pk, (number, said) in sorted(conditions.items()) if demanded.get(pk) != said
    ]  # fmt: skip
    altered += [f"Target condition {pk} stands, and no audit entry approves it." for pk in demanded.keys() - conditions]
    untold = len(held.keys() - told) + len(named.keys() - sources)
    return Standing(len(told.keys() & held), len(sources.keys() & named), len(conditions), untold, altered)


def _altered(number: int, pk: int, held: Version | None) -> str:
    if held is None:
        return f"Audit entry {number} approved definition {pk}, which is gone or approved no more."
    return f"Version {held.number} of the definition of {held.measure} is not what audit entry {number} approved."


def _versions(definitions: QuerySet[Definition]) -> dict[int, Version]:
    rows = definitions.order_by("pk").values_list("pk", *SAID)
    return {pk: Version(said[0], said[1], _digest(said)) for pk, *said in rows}


def _digest(said: list[Any]) -> str:
    return hashlib.sha256(json.dumps(list(map(_plain, said)), separators=(",", ":")).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Decimals in their shortest form, as many digits as they may have been given with."""
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _told_of_versions() -> dict[int, tuple[int, str]]:
    """By version, the entry that approved it last and what that says."""
    entries = AuditEntry.objects.filter(code__in=(*APPROVED, IMPORTED)).order_by("number")
    found: dict[int, tuple[int, str]] = {}
    for number, code, subject, data in entries.values_list("number", "code", "subject_id", "data"):
        said = data.get("says", {}) if code == IMPORTED else {subject: data.get("says")}
        found |= {int(pk): (number, digest) for pk, digest in said.items() if digest}
    return found


def _named(sources: QuerySet[SourceOfRecord]) -> dict[int, dict[str, Any]]:
    rows = sources.values_list("pk", "measure__code", "source__code", "starts_on")
    return {pk: {"measure": measure, "source": source, "starts_on": starts_on and starts_on.isoformat()}
            for pk, measure, source, starts_on in rows}  # fmt: skip


def _told_of_sources() -> dict[int, tuple[int, dict[str, Any]]]:
    """By naming, its entry and what that says: earlier ones did not say from when it holds."""
    found: dict[int, tuple[int, dict[str, Any]]] = {}
    entries = AuditEntry.objects.filter(code__in=(NAMED, IMPORTED)).order_by("number")
    for number, code, subject, data in entries.values_list("number", "code", "subject_id", "data"):
        said = data.get("sources", {}) if code == IMPORTED else {subject: data}
        found |= {int(pk): (number, {name: each[name] for name in TOLD_OF_A_SOURCE if name in each})
                  for pk, each in said.items()}  # fmt: skip
    return found


def _told_of_conditions() -> dict[int, tuple[int, dict[str, int]]]:
    entries = AuditEntry.objects.filter(code=CONDITION).values_list("number", "subject_id", "data")
    return {int(subject): (number, data["outcomes"]) for number, subject, data in entries}


def _demanded() -> dict[int, dict[str, int]]:
    demanded: dict[int, dict[str, int]] = defaultdict(dict)
    for condition, code, trust in RequiredOutcome.objects.values_list("condition", "measure__code", "trust_needed"):
        demanded[condition][code] = trust
    return demanded
