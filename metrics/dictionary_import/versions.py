"""Which versions a document brings: whole histories of new measures, one further version of known ones."""

from datetime import date
from typing import Any, cast

from metrics.dictionary.defining import counts_differently
from metrics.dictionary.export import version_said
from metrics.dictionary.terms import FIXED, TERMS
from metrics.dictionary_files.document import Entry
from metrics.dictionary_files.fields import CURRENCY, VERSIONS, Said
from metrics.dictionary_import.plan import NewVersion, Plan
from metrics.dictionary_import.standing import Standing
from metrics.models import FRESHNESS_DAYS, Definition
from metrics.models.decided import named_in
from metrics.models.definition import NEVER_ADDED
from truthgov.periods import Grain, Period

BRIDGE = ("bridge_factor", "bridge_offset", "bridge_reason")
OF_THE_CHANGE = ("starts_on", "changes_counting", *BRIDGE, "rationale")
"""What a version says about itself beside its terms."""


def plan_first_versions(plan: Plan, standing: Standing, code: str, entries: list[Entry]) -> None:
    """The whole history of a measure that has none yet, as the document dates it."""
    first = standing.last_versions.get(code, 0) + 1
    before: dict[str, Any] = {}
    last: date | None = None
    for number, entry in enumerate(_in_order(entries), start=first):
        fields = _usual(entry.said) | {name: before[name] for name in before if name not in OF_THE_CHANGE}
        fields |= _fields(entry.said)
        starts_on = fields.pop("starts_on", None)
        if problem := _unsound(fields, before) or _misplaced(number - first, starts_on, last, fields):
            plan.fault(entry.place, f"{code}: {problem}")
            return
        if entry.said.get("version") not in (None, number):
            plan.fault(entry.place, f"{code}: versions are numbered from {first} without gaps; this is {number}.")
            return
        plan.first_versions.append(NewVersion(code, entry.place, number, starts_on, fields))
        told = {**fields, "starts_on": starts_on, "unit": fields.get("currency") or fields["unit"]}
        in_order = {each.name: told[each.name] for each in VERSIONS if each.name in told}
        plan.note_new(f"Definition {code}, version {number}", in_order)
        before, last = fields, starts_on


def plan_further_version(plan: Plan, standing: Standing, code: str, entries: list[Entry]) -> None:
    """What a document changes in a measure that is defined: its last version is held against the one in force."""
    *earlier, last = _in_order(entries)
    live, said = standing.live[code], last.said
    _require_frozen(plan, standing, code, earlier)
    changed = _differing(live, said)
    terms = [name for name in changed if name not in OF_THE_CHANGE]
    waiting = standing.waiting.get(code)
    if not terms:
        if changed and said.get("version") == live.version:
            plan.fault(last.place, f"{code}: version {live.version} is approved and frozen, with its "
                       f"{' and '.join(changed)}; change a term, which makes a further version.")  # fmt: skip
    elif fixed := [name for name in terms if name in FIXED]:
        plan.fault(last.place, f"{code} cannot change its {' or '.join(fixed)}; declare a new measure.")
    elif waiting and not [name for name in _differing(waiting, said) if name not in OF_THE_CHANGE]:
        plan.remarks.append(f"Version {waiting.version} of {code} waits for approval and says the same already.")
    elif cast("int", said.get("version") or live.version) < live.version:
        plan.fault(last.place, f"{code}: the file was made from version {said['version']}, and version {live.version} "
                   f"is in force; export the dictionary again and change that.")  # fmt: skip
    else:
        _plan_change(plan, standing, last, live, terms)


def _plan_change(plan: Plan, standing: Standing, entry: Entry, live: Definition, terms: list[str]) -> None:
    said = _fields(entry.said)
    code, number = entry.text("code"), standing.last_versions[live.measure.code] + 1
    numbered_anew = entry.said.get("version") not in (None, live.version)
    own = {name: said[name] for name in OF_THE_CHANGE
           if name in said and (numbered_anew or said[name] != getattr(live, name))}  # fmt: skip
    fields: dict[str, Any] = {name: getattr(live, name) for name in (*TERMS, *FIXED)} | {"bridge_offset": 0}
    fields |= {name: value for name, value in said.items() if name in (*TERMS, *FIXED)}
    fields |= {name: own[name] for name in (*BRIDGE, "rationale") if name in own}
    fields |= {"retires": bool(said.get("retires")), "changes_counting": _counts_anew(entry, live, said, own)}
    starts_on = _start(live, own.get("starts_on"), standing.today)
    if problem := _unsound(fields, {}):
        plan.fault(entry.place, f"{code}: {problem}")
        return
    plan.further_versions.append(NewVersion(code, entry.place, number, starts_on, fields, live))
    if live.authority:
        plan.remarks.append(f"Version {live.version} of {code} was approved by {named_in(live.authority)}: version "
                            f"{number} waits for a forum to decide on it.")  # fmt: skip
    what, before, after = f"Definition {code}, version {number} from {starts_on}", version_said(live), entry.said
    for name in terms:
        plan.note(what, name, before[name], after.get(name), version=True)
    if fields["changes_counting"]:
        plan.note(what, "counting", "as before", "anew: figures before and after do not compare", version=True)


def _counts_anew(entry: Entry, live: Definition, said: dict[str, Any], own: dict[str, Any]) -> bool:
    """Whether a change counts anew: as the file says of this change, or else as its terms suggest."""
    unnumbered = "version" not in entry.said and "changes_counting" in said
    if unnumbered or "changes_counting" in own:
        return bool(said["changes_counting"])
    return counts_differently(live, said)


def _require_frozen(plan: Plan, standing: Standing, code: str, earlier: list[Entry]) -> None:
    """Versions before the last are history: they are here already, and say the same."""
    for entry in earlier:
        number = cast("int", entry.said.get("version") or 0)
        known = standing.approved.get((code, number))
        if known is None:
            plan.fault(entry.place, f"{code}: version {number} is not known here, and a further one follows it; "
                       f"import one further version at a time.")  # fmt: skip
        elif changed := _differing(known, entry.said):
            plan.fault(entry.place, f"{code}: version {number} is approved and frozen, and the file says another "
                       f"{' and '.join(changed)}; change the last version instead.")  # fmt: skip


def _differing(definition: Definition, said: Said) -> list[str]:
    """The columns in which a row says something else than a version."""
    stands = version_said(definition)
    return [name for name, value in said.items() if name not in ("code", "version") and stands[name] != value]


def _in_order(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: cast("int", entry.said.get("version") or 0))


def _fields(said: Said) -> dict[str, Any]:
    """The model's fields of what a row says: EUR stands for a unit and its currency."""
    fields: dict[str, Any] = {name: value for name, value in said.items() if name not in ("code", "version")}
    if unit := said.get("unit"):
        currency = unit if CURRENCY.fullmatch(str(unit)) else ""
        fields |= {"unit": Definition.Unit.CURRENCY.value if currency else unit, "currency": currency}
    return fields


def _usual(said: Said) -> dict[str, Any]:
    """What holds where a first version does not say it."""
    grain = str(said.get("grain") or Grain.MONTH)
    decimals = 4 if said.get("unit") == Definition.Unit.FRACTION else 2
    return {"decimals": decimals, "freshness_days": FRESHNESS_DAYS[Grain(grain)], "bridge_offset": 0}


def _unsound(fields: dict[str, Any], before: dict[str, Any]) -> str:
    """Why a version cannot stand as it says, or nothing."""
    missing = [name for name in ("wording", "unit", "direction", "grain") if not str(fields.get(name) or "").strip()]
    if missing:
        return f"its first version needs {' and '.join(missing)}; write it."
    if fields.get("roll_up") == Definition.RollUp.SUM and fields["unit"] in NEVER_ADDED:
        return "parts of its unit do not add up; let it roll up by ratio, by last or not at all."
    if fixed := [name for name in FIXED if before and before[name] != fields[name]]:
        return f"no version changes its {' or '.join(fixed)}; declare a new measure."
    factor = fields.get("bridge_factor")
    if factor is None and (fields.get("bridge_offset") or str(fields.get("bridge_reason") or "").strip()):
        return "a bridge has its factor; write bridge_factor, or leave all of the bridge empty."
    if factor is not None and not (factor > 0 and fields.get("changes_counting") and fields.get("bridge_reason")):
        return "a bridge spans a change of counting, with a factor above 0 and a reason; write these."
    return ""


def _misplaced(index: int, starts_on: date | None, last: date | None, fields: dict[str, Any]) -> str:
    """Why a version of a history cannot begin where it says, or nothing."""
    if starts_on is None:
        return "only a first version holds since ever; write starts_on." if index or fields.get("retires") else ""
    grain = Grain(fields["grain"])
    if starts_on != Period.containing(starts_on, grain).start:
        return f"{starts_on} is not the first day of a {grain}."
    return "" if last is None or starts_on >= last else f"{starts_on} is before {last}, where the one before begins."


def _start(live: Definition, asked: date | None, today: date) -> date:
    """The first period that none decided yet, or a later one that the file asks for."""
    grain = Grain(live.grain)
    under_way = Period.containing(today, grain)
    follows = Period.containing(live.starts_on, grain).shift(1) if live.starts_on else under_way
    earliest = max(under_way.start, follows.start)
    if asked and asked > earliest:
        begun = Period.containing(asked, grain)
        return begun.start if begun.start == asked else begun.shift(1).start
    return earliest
