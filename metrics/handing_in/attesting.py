"""Attesting: somebody who answers for figures stands behind what is on record, in words, as it stands at that moment.

Whether a figure is attested follows from its observation: a restatement is another one, and needs a new attestation.
"""

import hashlib
from collections.abc import Collection

from metrics.handing_in import due
from metrics.handing_in.sheets import Cell, Sheet
from metrics.models import Attestation
from truthgov import audit, authority, clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.figures import plain
from truthgov.models import Scope

WORDINGS = {1: "I have checked these figures against their source and stand behind them."}
"""By version. A wording that anybody has attested in is never changed: a new one is added."""
VERSION = max(WORDINGS)


def attest(sheet: Sheet, *, seen: str, by: Actor) -> Attestation:
    """Stand behind all that a sheet has on record, read anew; `seen` is the digest of what was shown.

    PermissionDenied for anybody but who answers for the scope. Refusal where there is nothing to attest, or where
    what is on record is no longer what was shown.
    """
    with audit.act():
        actor = authority.acting_as(by, authority.answering_role(sheet.scope), scope=sheet.scope)
        # Of two who attest at once, the second finds that somebody stands behind the figures.
        Scope.objects.select_for_update(no_key=True).get(pk=sheet.scope.pk)
        sheet = due.sheet(sheet.scope, sheet.period.code) or Sheet(sheet.scope, sheet.period)
        _require_attestable(sheet, seen)
        attestation = Attestation.objects.create(
            scope=sheet.scope, grain=sheet.period.grain.value, period_start=sheet.period.start, person=actor.person,
            appointment=actor.appointment, version=VERSION, wording=WORDINGS[VERSION],
            observations=[cell.reading.observation_id for cell in sheet.standing if cell.reading],
            absences=[cell.absence.pk for cell in sheet.absent if cell.absence],
            digest=digest_of(sheet), attested_at=clock.now(),
        )  # fmt: skip
        audit.record(
            "figures.attested", attestation, by=actor, scope=sheet.scope.pk, period=sheet.period.code,
            digest=attestation.digest, figures=len(attestation.observations), version=VERSION,
        )  # fmt: skip
    return attestation


def digest_of(sheet: Sheet) -> str:
    """SHA-256, in hexadecimal, of what a sheet has on record, a line a figure: what an attestation covers."""
    lines = sorted(_line(sheet, cell) for cell in sheet.standing)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def attested_observations(observations: Collection[int]) -> set[int]:
    """Those of these observations that somebody stands behind. One query."""
    covering = Attestation.objects.filter(observations__overlap=list(observations))
    return set(observations) & {pk for covered in covering.values_list("observations", flat=True) for pk in covered}


def _line(sheet: Sheet, cell: Cell) -> str:
    place = f"{cell.measure.code}\t{cell.segment.key}\t{sheet.period.start}"
    if cell.reading:
        return f"{place}\t{cell.reading.observation_id}\t{plain(cell.reading.value)}"
    return f"{place}\tnot available\t{cell.absence.pk if cell.absence else ''}"


def _require_attestable(sheet: Sheet, seen: str) -> None:
    if not sheet.standing:
        raise Refusal("Nothing is on record for this period yet; hand the figures in first.")
    if digest_of(sheet) != seen:
        raise Refusal("Figures changed since you looked at them; look at them again before you stand behind them.")
    if sheet.is_attested:
        raise Refusal("Somebody stands behind these figures already, as they stand.")
