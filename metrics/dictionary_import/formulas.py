"""Formulas of a document, checked against the dictionary as it would be with the document."""

from collections.abc import Iterable

from metrics.dictionary.deriving import Entry, dictionary_around, require_sound
from metrics.dictionary_import.plan import NewVersion, Plan
from metrics.formulas import FormulaError
from metrics.formulas.grammar import codes_in
from metrics.models import Definition


def check_formulas(plan: Plan) -> None:
    """Note as problems the formulas by which a measure could not be computed; nothing is read where there are none."""
    versions = [*plan.first_versions, *plan.further_versions]
    derived = [new for new in versions if new.fields.get("derivation")]
    if not derived:
        return
    readable = [new for new in derived if not _noted(plan, new, _misread(new))]
    dictionary = dictionary_around({code for new in readable for code in codes_in(new.fields["derivation"])})
    for new in versions:
        dictionary[new.code] = _entry(new, dictionary, new in readable)
    for new in readable:
        try:
            require_sound(new.code, new.fields["derivation"], dictionary[new.code], dictionary)
        except FormulaError as error:
            _noted(plan, new, str(error))


def codes_of_derived(plan: Plan, live: Iterable[Definition]) -> set[str]:
    """The measures that are computed once a plan is written."""
    codes = {each.measure.code for each in live if each.is_derived}
    for new in (*plan.first_versions, *plan.further_versions):
        codes = codes | {new.code} if new.fields.get("derivation") else codes - {new.code}
    return codes


def _misread(new: NewVersion) -> str:
    try:
        codes_in(new.fields["derivation"])
    except FormulaError as error:
        return str(error)
    return ""


def _noted(plan: Plan, new: NewVersion, fault: str) -> bool:
    if fault:
        plan.fault(new.place, f"{new.code}, derivation. {fault}")
    return bool(fault)


def _entry(new: NewVersion, dictionary: dict[str, Entry], is_derived: bool) -> Entry:
    fields, known = new.fields, dictionary.get(new.code)
    sources: Iterable[str] = codes_in(fields["derivation"]) if is_derived else ()
    unit = str(fields.get("currency") or fields["unit"])
    roll_up = str(fields.get("roll_up") or Definition.RollUp.NONE)
    before = known.derived_from if known else frozenset()
    return Entry(unit, str(fields["grain"]), roll_up, bool(fields.get("retires")), before | frozenset(sources))
