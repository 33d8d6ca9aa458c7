"""Comparing a document with the dictionary as it stands: what would change, and what cannot be taken."""

from collections import defaultdict
from datetime import date
from itertools import groupby
from typing import cast

from metrics.dictionary.bounds import lag_refused
from metrics.dictionary.export import measure_said
from metrics.dictionary_files.document import Document, Entry
from metrics.dictionary_files.fields import Said, Value, word_value
from metrics.dictionary_import.formulas import check_formulas, codes_of_derived
from metrics.dictionary_import.guards import give_reason, require_guards
from metrics.dictionary_import.plan import Plan
from metrics.dictionary_import.standing import Standing, standing_of
from metrics.dictionary_import.versions import plan_first_versions, plan_further_version
from metrics.models import Measure
from metrics.models.decided import named_in
from metrics.models.source import DERIVED
from truthgov.periods import Grain


def plan_import(document: Document, unguarded_because: str = "") -> Plan:
    """What importing a document would change today. Reads, and writes nothing.

    `unguarded_because` is put to the targets that nothing guards and that give no reason of their own.
    """
    standing = standing_of(document)
    if unguarded_because:
        give_reason(document, standing, unguarded_because)
    return _Planning(document, standing).run()


class _Planning:
    def __init__(self, document: Document, standing: Standing) -> None:
        self.document, self.standing = document, standing
        self.plan = Plan(problems=list(document.problems))
        self.codes = {*standing.measures, *(entry.text("code") for entry in document.tables["measures"])}

    def run(self) -> Plan:
        self._name_others()
        for entry in self.document.tables["measures"]:
            self._plan_measure(entry)
        self._plan_definitions()
        check_formulas(self.plan)
        require_guards(self.plan, self.document, self.standing)
        self._plan_namings()
        self._plan_links()
        self._plan_dimensions()
        self._plan_conditions()
        self.plan.problems = list(dict.fromkeys(self.plan.problems))  # a line of a sheet is a row of several tables
        return self.plan

    def _name_others(self) -> None:
        """Functions, journeys and sources that the document names and nobody knows yet."""
        tables = self.document.tables
        functions = {entry.text("function") for entry in tables["measures"]}
        journeys = {entry.text("journey") for table in ("measures", "target_conditions") for entry in tables[table]}
        sources = {entry.text("name") for entry in tables["sources"]}
        sources |= {entry.text(name) for entry in tables["sources_of_record"] for name in ("source", "settles")}
        for word, names, known, new in (
            ("Function", functions, self.standing.functions, self.plan.functions),
            ("Journey", journeys, self.standing.journeys, self.plan.journeys),
            ("Source", sources, self.standing.sources, self.plan.sources),
        ):
            for name in sorted(names - {""} - set(cast("dict[str, object]", known))):
                new.append(name)
                self.plan.note_new(f"{word} {name}")

    def _plan_measure(self, entry: Entry) -> None:
        code, said = entry.text("code"), entry.said
        known = self.standing.measures.get(code)
        before: Said = measure_said(known) if known else {}
        after = before | said
        if after["kind"] == Measure.Kind.FUNCTIONAL_KPI and not after.get("function"):
            self.plan.fault(entry.place, "A functional KPI needs the function that answers for it.")
        if after["kind"] == Measure.Kind.JOURNEY_OUTCOME and not after.get("journey"):
            self.plan.fault(entry.place, "A journey outcome needs its journey.")
        if after["kind"] == Measure.Kind.COUNTER_MEASURE and not (after.get("function") or after.get("journey")):
            self.plan.fault(entry.place, "A counter-measure needs the function that answers for it, or its journey.")
        guarded = entry.text("guards")
        if guarded and (guarded not in self.codes or guarded == code):
            self.plan.fault(entry.place, f"{guarded} is no measure that {code} could guard.")
        if known is None:
            self.plan.measures.append(said)
            self.plan.note_new(f"Measure {code}", _but(said, "code"))
        else:
            self._correct(known, before, said)
        if "guards" in said and (before.get("guards") or "") != guarded:
            self.plan.guards[code] = guarded

    def _correct(self, measure: Measure, before: Said, said: Said) -> None:
        changed = {name: value for name, value in said.items() if (before[name] or "") != (value or "")}
        for name, value in changed.items():
            self.plan.note(f"Measure {measure.code}", name, before[name], value)
        if corrected := {name: value for name, value in changed.items() if name != "guards"}:
            self.plan.corrected.append((measure, corrected))

    def _plan_definitions(self) -> None:
        of_measure = self.document.by("versions", "code")
        for code, entries in of_measure.items():
            if code not in self.codes:
                self.plan.fault(entries[0].place, f"No measure {code} is declared; declare it in the same file.")
            elif code in self.standing.live:
                plan_further_version(self.plan, self.standing, code, entries)
            else:
                plan_first_versions(self.plan, self.standing, code, entries)
        faulty = {problem.place for problem in self.document.problems}
        for entry in self.document.tables["measures"]:
            code = entry.text("code")
            if code not in self.standing.measures and code not in of_measure and entry.place not in faulty:
                self.plan.fault(entry.place, f"{code} is new and has no definition; give it one.")

    def _plan_namings(self) -> None:
        derived = codes_of_derived(self.plan, self.standing.live.values())
        for code, entries in self.document.by("sources_of_record", "code").items():
            last, current = entries[-1], self.standing.of_record.get(code)
            if code not in self.codes:
                self.plan.fault(last.place, f"No measure {code} is declared; declare it in the same file.")
            elif code in derived and last.text("source").casefold() != DERIVED:
                self.plan.fault(last.place, f"{code} is computed by its formula; its source of record is {DERIVED}.")
            elif current and current.source.name == last.text("source"):
                continue
            elif case := self.standing.disputed.get(code):
                told = f"Case {case} is about the sources of {code}; leave this to the forum that decides it."
                self.plan.fault(last.place, told)
            elif current and current.authority:
                told = f"{named_in(current.authority).capitalize()} named {current.source.name}, and only a decision "
                advice = "leave this out, and raise what its sources say as a contradiction for a forum to decide."
                self.plan.fault(last.place, f"{code}: {told}names another source of record: {advice}")
            elif current is None:
                self.plan.namings += [(entry.said, True) for entry in entries]
                self.plan.note_new(
                    f"Source of record of {code}, {last.text('source')}", _but(last.said, "code", "source")
                )
            else:
                self.plan.namings.append((last.said, False))
                self.plan.note(f"Measure {code}", "source of record", current.source.name, last.text("source"))

    def _plan_links(self) -> None:
        grains = self._grains()
        for entry in self.document.tables["links"]:
            ends = [entry.text(name) for name in ("from_measure", "to_measure")]
            known = self.standing.links.get((entry.text("kind"), ends[0], ends[1]))
            if unknown := [code for code in ends if code not in self.codes]:
                self.plan.fault(entry.place, f"No measure {' and '.join(unknown)} is declared.")
            elif ends[0] == ends[1]:
                self.plan.fault(entry.place, "A link joins two different measures.")
            elif known is None and (refused := lag_refused(int(entry.text("lag_periods") or 0), grains[ends[1]])):
                self.plan.fault(entry.place, refused)
            elif known is None:
                self.plan.links.append(entry.said)
                numbers = _but(entry.said, "kind", "from_measure", "to_measure")
                self.plan.note_new(
                    f"Link {entry.text('kind')} from {ends[0]} to {ends[1]}", {"lag_periods": 0} | numbers
                )
            elif differing := [f"{name} ({word_value(getattr(known, name)) or 'empty'} here)" for name in
                               ("lag_periods", "pass_through", "tolerance")
                               if name in entry.said and entry.said[name] != getattr(known, name)]:  # fmt: skip
                message = f"This link is declared with another {', '.join(differing)}; a link is not edited."
                self.plan.fault(entry.place, message)

    def _grains(self) -> defaultdict[str, Grain]:
        """Of the measures that are defined, here or by the document; of others that of the longest lag."""
        grains: defaultdict[str, Grain] = defaultdict(lambda: Grain.DAY)
        grains |= {each.code: Grain(each.fields["grain"]) for each in self.plan.first_versions}
        return grains | {code: Grain(each.grain) for code, each in self.standing.live.items()}

    def _plan_dimensions(self) -> None:
        for entry in self.document.tables["dimensions"]:
            pair = (entry.text("dimension"), entry.text("value"))
            if pair not in self.standing.values:
                self.plan.values.append(pair)
                self.plan.note_new(f"Dimension {pair[0]}, value {pair[1]}")

    def _plan_conditions(self) -> None:
        for journey, entries in self.document.by("target_conditions", "journey").items():
            ordered = sorted(entries, key=_version)
            versions = [list(rows) for _, rows in groupby(ordered, _version)]
            if any(self._refused_outcomes(rows) for rows in versions):
                continue
            if journey not in self.standing.conditions:
                self.plan.conditions += [(rows[0].said, _outcomes(rows)) for rows in versions]
                for rows in versions:
                    demanded = {f"trust in {code}": trust for code, trust in _outcomes(rows).items()}
                    self.plan.note_new(
                        f"Target condition of {journey}", {"starts_on": rows[0].said["starts_on"]} | demanded
                    )
            else:
                self._plan_further_condition(journey, versions[-1])

    def _plan_further_condition(self, journey: str, rows: list[Entry]) -> None:
        last = self.standing.conditions[journey]
        before, after = self.standing.demanded.get((journey, last.version), {}), _outcomes(rows)
        if before == after:
            return
        for row in rows:
            if (live := self.standing.live.get(row.text("outcome"))) and live.retires:
                self.plan.fault(row.place, f"{live.measure} is retired; a journey demands what is still measured.")
        starts_on = max(cast("date", rows[0].said["starts_on"]), last.starts_on, self.standing.today)
        self.plan.conditions.append((rows[0].said | {"starts_on": starts_on}, after))
        for code in sorted({*before, *after}):
            if before.get(code) != after.get(code):
                self.plan.note(f"Target condition of {journey}", f"trust in {code}", before.get(code), after.get(code))

    def _refused_outcomes(self, rows: list[Entry]) -> bool:
        """Are there outcomes among these that are none of the journey?"""
        stated = self.document.by("measures", "code")
        refused = False
        for row in rows:
            code = row.text("outcome")
            known = self.standing.measures.get(code)
            said = (measure_said(known) if known else {}) | (stated[code][0].said if stated[code] else {})
            if said.get("kind") != Measure.Kind.JOURNEY_OUTCOME or said.get("journey") != row.said["journey"]:
                self.plan.fault(row.place, f"{code} is no outcome of {row.said['journey']}; name one of its outcomes.")
                refused = True
        return refused


def _but(said: Said, *names: str) -> Said:
    return {name: value for name, value in said.items() if name not in names}


def _version(entry: Entry) -> int:
    return cast("int", entry.said.get("version") or 0)


def _outcomes(rows: list[Entry]) -> dict[str, int]:
    trust: dict[str, Value] = {row.text("outcome"): row.said.get("trust_needed") for row in rows}
    return {code: 80 if needed is None else cast("int", needed) for code, needed in trust.items()}
