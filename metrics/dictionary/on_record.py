"""What the audit holds of what was approved: versions of definitions by a digest, target conditions as they are.

Whoever changes a target changes every verdict on its figures: so it is asked whether these are what was approved.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from metrics.dictionary.terms import FIXED, TERMS
from metrics.models import Definition, RequiredOutcome
from truthgov.figures import plain
from truthgov.models import AuditEntry

IMPORTED, CONDITION = "dictionary.imported", "target_condition.approved"
APPROVED = ("definition.approved", "measure.retired")
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
    """How many versions and target conditions are what their audit entries say; `altered` has a sentence for each that
    is not. Of `untold` versions no entry says what was approved: they are from before entries did."""

    versions: int = 0
    conditions: int = 0
    untold: int = 0
    altered: list[str] = field(default_factory=list)


def digests(definitions: Iterable[int]) -> dict[int, str]:
    """By number, what an approval puts on record of versions: SHA-256, in hexadecimal, of all that each says."""
    return {pk: version.digest for pk, version in _versions(Definition.objects.filter(pk__in=definitions)).items()}


def standing() -> Standing:
    """Hold what stands approved against what the audit says of it; four queries."""
    told, held = _told_of_versions(), _versions(Definition.objects.approved())
    conditions, demanded = _told_of_conditions(), _demanded()
    altered = [_altered(number, pk, held.get(pk)) for pk, (number, said) in sorted(told.items())
               if pk not in held or held[pk].digest != said]  # fmt: skip
    altered += [
        f"What target condition {pk} demands is not what audit entry {number} says."
        for pk, (number, said) in sorted(conditions.items()) if demanded.get(pk) != said
    ]  # fmt: skip
    altered += [f"Target condition {pk} stands, and no audit entry approves it." for pk in demanded.keys() - conditions]
    return Standing(len(told.keys() & held), len(conditions), len(held.keys() - told), altered)


def _altered(number: int, pk: int, held: Version | None) -> str:
    if held is None:
        return f"Audit entry {number} approved definition {pk}, which is gone or approved no more."
    return f"Version {held.number} of the definition of {held.measure} is not what audit entry {number} approved."


def _versions(definitions: Any) -> dict[int, Version]:
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


def _told_of_conditions() -> dict[int, tuple[int, dict[str, int]]]:
    entries = AuditEntry.objects.filter(code=CONDITION).values_list("number", "subject_id", "data")
    return {int(subject): (number, data["outcomes"]) for number, subject, data in entries}


def _demanded() -> dict[int, dict[str, int]]:
    demanded: dict[int, dict[str, int]] = defaultdict(dict)
    for condition, code, trust in RequiredOutcome.objects.values_list("condition", "measure__code", "trust_needed"):
        demanded[condition][code] = trust
    return demanded
