"""What is computed from a measure counts differently when that does: a further version of it says so.

So every chart, comparison and rule knows of the break by what it knows of any other.
"""

from collections.abc import Iterable
from datetime import date

from metrics.dictionary.deriving import derived_from, put_in_force
from metrics.dictionary.terms import FIXED, TERMS
from metrics.models import Definition, Measure
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.lifecycle import advance


def have_followed(definitions: Iterable[Definition], *, by: Actor) -> None:
    """Let what is computed from measures count anew with versions of theirs that were just approved, and so on.

    Nobody has approved it for itself: it stands on the approval of what it follows. Whoever holds `lock_formulas`.
    """
    for definition in definitions:
        if definition.changes_counting and definition.starts_on:
            for derived in derived_from(definition.measure):
                _follow(derived.measure, definition, definition.starts_on, by)


def _follow(measure: Measure, cause: Definition, starts_on: date, by: Actor) -> None:
    Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    current = measure.definitions.last_approved().get()  # by another way it may have followed already
    is_said = current.changes_counting and current.starts_on == starts_on
    if is_said or current.retires or (current.starts_on and current.starts_on > starts_on):
        return
    reason = f"Computed from {cause.measure}, which counts differently from then on (version {cause.version})."
    for waiting in measure.definitions.waiting():
        advance(waiting, waiting.status, Definition.Status.WITHDRAWN, ended_by=by.person, ended_because=reason)
        audit.record("definition.withdrawn", waiting, by=by, version=waiting.version)
    last = measure.definitions.order_by("-version").values_list("version", flat=True)[0]
    version = Definition.objects.create(
        measure=measure, version=last + 1, starts_on=starts_on, changes_counting=True, rationale=reason,
        status=Definition.Status.APPROVED, proposed_by=cause.proposed_by, proposed_at=cause.proposed_at,
        approved_by=cause.approved_by, approved_at=clock.now(), authority=cause.authority,
        **{name: getattr(current, name) for name in (*TERMS, *FIXED)},
    )  # fmt: skip
    audit.record("definition.approved", version, by=by, version=version.version, follows=cause.pk)
    put_in_force([version])
    have_followed([version], by=by)
