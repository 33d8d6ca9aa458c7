"""What a definition may be derived from: formulas checked against the dictionary, and put in force with it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from metrics import wake
from metrics.dictionary.holding import holding
from metrics.figures.rolling import OVER_SEGMENTS
from metrics.formulas import FormulaError, Reference, dimension_of, read_formula, units_of
from metrics.formulas.grammar import codes_in, codes_read, fault, references
from metrics.models import Contradiction, Definition, Measure, Series, Source, SourceOfRecord, TouchedSet
from metrics.models.decided import named_in
from metrics.models.source import DERIVED
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import Refusal

LOCK = 727_101
"""The advisory lock of formulas: two that are approved at once could close a circle that neither sees."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What formulas need to know of a measure: the terms in force, and the codes that it is computed from itself."""

    unit: str
    grain: str
    roll_up: str
    retires: bool = False
    derived_from: frozenset[str] = frozenset()


def require_sound(code: str, derivation: str, own: Entry, dictionary: Mapping[str, Entry]) -> None:
    """FormulaError where a formula cannot compute the measure of this code; `own` is what its definition says.

    `dictionary` holds every measure that the formula names and is approved, and every one that is derived.
    """
    formula = read_formula(derivation)
    named = list(references(formula))
    if not named:
        raise FormulaError(1, "the code of a measure is expected; a number alone measures nothing.")
    for each in named:
        _require_entry(each, own, dictionary)
    _require_no_circle(code, named, dictionary)
    dimension = dimension_of(formula, lambda name: dictionary[name].unit)
    if own.unit not in (allowed := units_of(dimension)):
        raise FormulaError(1, f"it results in {dimension}, and {code} is in {own.unit}; its unit can be "
                              f"{' or '.join(allowed)}.")  # fmt: skip


def _require_entry(named: Reference, own: Entry, dictionary: Mapping[str, Entry]) -> None:
    entry = dictionary.get(named.code)
    if entry is None:
        raise FormulaError(named.at, f"no measure {named.code} with an approved definition is known; correct its code.")
    if entry.retires:
        raise FormulaError(named.at, f"{named.code} is retired; name a measure that goes on.")
    if entry.grain != own.grain:
        raise FormulaError(named.at, f"{named.code} is measured by {entry.grain} and this by {own.grain}; a formula "
                                     f"joins figures of one period.")  # fmt: skip
    if own.roll_up in OVER_SEGMENTS and entry.roll_up not in OVER_SEGMENTS:
        raise FormulaError(named.at, f"{named.code} is never added up over parts, so what is computed from it is not "
                                     f"either; choose no roll-up.")  # fmt: skip


def _require_no_circle(code: str, named: Iterable[Reference], dictionary: Mapping[str, Entry]) -> None:
    for each in named:
        path = _path(each.code, code, dictionary)
        if path:
            told = " from ".join([code, *path])
            raise FormulaError(each.at, f"{told} is a circle: {code} would be computed from itself.")


def _path(start: str, goal: str, dictionary: Mapping[str, Entry]) -> list[str]:
    """The way down from one measure to another that it is computed from; empty where there is none."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop()
        if way[-1] == goal:
            return way
        entry = dictionary.get(way[-1])
        for code in sorted((entry.derived_from if entry else frozenset()) - seen):
            seen.add(code)
            ways.append([*way, code])
    return []


def entry_of(definition: Definition, derived_from: Iterable[str] = ()) -> Entry:
    return Entry(
        definition.worded_unit, definition.grain, definition.roll_up, definition.retires, frozenset(derived_from)
    )


def dictionary_around(codes: Iterable[str]) -> dict[str, Entry]:
    """The measures of these codes that are approved, and all that are derived: what formulas are checked against.

    What any approved version derives from counts: a circle that is open today could have been closed last year.
    """
    sources: dict[str, set[str]] = {}
    derived = Definition.objects.approved().exclude(derivation="").values_list("measure__code", "derivation")
    for code, derivation in derived:
        sources.setdefault(code, set()).update(codes_read(derivation))
    live = Definition.objects.live().filter(measure__code__in=[*codes, *sources]).select_related("measure")
    return {each.measure.code: entry_of(each, sources.get(each.measure.code, ())) for each in live}


def fault_in(definition: Definition) -> str:
    """Why the formula of a version that waits cannot be put in force as the dictionary stands; empty where it can."""
    code = definition.measure.code
    try:
        around = dictionary_around(codes_in(definition.derivation))
        require_sound(code, definition.derivation, entry_of(definition), around)
    except FormulaError as error:
        return str(error)
    return ""


class Unreadable(NamedTuple):
    """A definition in force whose formula cannot be read, and why: nothing of it is computed until it is mended."""

    definition: Definition
    why: str


def unreadable(measures: Q | None = None) -> list[Unreadable]:
    """Every definition in force, of some measures where given, whose formula cannot be read; one query."""
    derived = Definition.objects.derived().filter(measures or Q()).select_related("measure").order_by("measure__code")
    return [Unreadable(each, why) for each in derived if (why := fault(each.derivation))]


def put_in_force(definitions: Collection[Definition]) -> None:
    """What follows from approved versions: where one is derived, its figures are shown, and have to be computed.

    Where one no longer is, the source that was named before is the one shown again.
    """
    shown = SourceOfRecord.objects.filter(source__code=DERIVED, measure__in=[each.measure_id for each in definitions])
    computed = set(shown.values_list("measure", flat=True))
    for definition in definitions:
        if definition.is_derived or definition.measure_id in computed:
            _put_in_force(definition)


def _put_in_force(definition: Definition) -> None:
    named = list(definition.measure.sources_of_record.order_by("pk").select_related("source"))
    current = holding(named, definition.starts_on or date.min)
    shown = current.source if current else None
    if definition.is_derived:
        _name_source(definition, Source.derived(), shown)
        inputs = Series.objects.filter(measure__code__in=codes_in(definition.derivation))
        since = definition.starts_on or date.min
        TouchedSet.objects.note((series, since) for series in inputs.values_list("pk", flat=True))
        transaction.on_commit(wake.assessment)
    elif shown and shown.code == DERIVED:
        before = [each.source for each in named if each.source.code != DERIVED]
        _name_source(definition, before[-1] if before else shown, shown)


def _name_source(definition: Definition, source: Source, shown: Source | None) -> None:
    if source == shown:
        return
    last = SourceOfRecord.objects.filter(measure=definition.measure).order_by("pk").last()
    if last and last.authority and not definition.authority:
        told = f"{named_in(last.authority).capitalize()} named the source of record of {definition.measure}"
        raise Refusal(f"{told}; have a forum approve this version, which shows another.")
    if case := Contradiction.objects.of_sources().filter(measure=definition.measure).first():
        raise Refusal(f"Case {case.pk} is about the sources of {definition.measure}; have a forum decide it first.")
    named = SourceOfRecord.objects.create(
        measure=definition.measure, source=source, starts_on=definition.starts_on,
        proposed_by=definition.proposed_by, approved_by=definition.approved_by, named_at=clock.now(),
    )  # fmt: skip
    by = Actor(person=definition.approved_by)
    said = {"measure": definition.measure.code, "source": source.code, "starts_on": named.starts_on}
    audit.record("source_of_record.named", named, by=by, **said)


def lock_formulas() -> None:
    """Let nobody else put a formula in force until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def require_derivable(definition: Definition) -> None:
    """Refusal where a version's formula no longer holds; what it leans on stays as it is until commit."""
    if not definition.derivation:
        return
    lock_formulas()
    if fault := fault_in(definition):
        raise Refusal(f"Its formula cannot be put in force. {fault}")


def derived_from(measure: Measure) -> list[Definition]:
    """The definitions in force that are computed from a measure, in the order of their measures' codes."""
    derived = Definition.objects.derived().select_related("measure").order_by("measure__code")
    return [each for each in derived if measure.code in codes_read(each.derivation)]


def require_not_computed_with(measure: Measure) -> None:
    """Refusal where others are computed from a measure: it cannot end before their formulas name another."""
    if derived := derived_from(measure):
        named = ", ".join(str(each.measure) for each in derived)
        raise Refusal(f"{named} is computed from {measure}; change that formula first.")
