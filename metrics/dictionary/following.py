"""What is computed from a measure counts differently when that does: a further version of it says so.

So every chart, comparison and rule knows of the break by what it knows of any other.
"""

from datetime import date

from django.db import transaction

from metrics import wake
from metrics.dictionary.bounds import require_bounds
from metrics.dictionary.deriving import derived_from
from metrics.dictionary.on_record import digests
from metrics.dictionary.terms import FIXED, TERMS
from metrics.models import Definition, Measure, TouchedSet
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.lifecycle import advance


def have_followed(definition: Definition, *, by: Actor) -> None:
    """Let all that is computed from a measure count anew with a version of it that was just approved.

    It stands on the approval of what it follows. Whoever calls holds `lock_formulas`. Refusal where a later version of
    what is computed is approved already.
    """
    if definition.changes_counting and definition.starts_on:
        followers = _computed_from(definition.measure)
        # In the order in which figures that are computed anew take theirs.
        list(Measure.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=followers).order_by("pk"))
        for measure, source in followers.values():
            _follow(measure, source, definition, definition.starts_on, by)


def _computed_from(measure: Measure) -> dict[int, tuple[Measure, Measure]]:
    """By number, all that is computed from a measure, by way of others too, with what it is computed from."""
    found: dict[int, tuple[Measure, Measure]] = {}
    sources = [measure]
    for source in sources:
        for derived in derived_from(source):
            if derived.measure_id not in found and derived.measure_id != measure.pk:
                found[derived.measure_id] = derived.measure, source
                sources.append(derived.measure)
    return found


def _follow(measure: Measure, source: Measure, cause: Definition, starts_on: date, by: Actor) -> None:
    current = measure.definitions.last_approved().get()
    if current.retires or (current.changes_counting and current.starts_on == starts_on):
        return
    if current.starts_on and current.starts_on > starts_on:
        raise Refusal(
            f"{measure} is computed from {source}, and another version of it holds from {current.starts_on:%-d %B %Y} "
            "on; propose this one from that day on, or later."
        )
    terms = {name: getattr(current, name) for name in (*TERMS, *FIXED)}
    require_bounds(terms)
    reason = f"Computed from {source}, which counts differently from then on."
    for waiting in measure.definitions.waiting():
        advance(waiting, waiting.status, Definition.Status.REJECTED, ended_by=by.person, ended_because=reason)
        audit.record("definition.rejected", waiting, by=by, version=waiting.version)
    last = measure.definitions.order_by("-version").values_list("version", flat=True)[0]
    version = Definition.objects.create(
        measure=measure, version=last + 1, starts_on=starts_on, changes_counting=True, rationale=reason,
        status=Definition.Status.APPROVED, proposed_by=cause.proposed_by, proposed_at=cause.proposed_at,
        approved_by=cause.approved_by, approved_at=clock.now(), authority=cause.authority, **terms,
    )  # fmt: skip
    says = digests([version.pk])[version.pk]
    audit.record("definition.approved", version, by=by, version=version.version, follows=cause.pk, says=says)
    TouchedSet.objects.note((series, starts_on) for series in measure.series.values_list("pk", flat=True))
    transaction.on_commit(wake.assessment)
