"""What the sheets change in the dictionary, found as one set and written as one act."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max, Model
from django.utils.text import slugify

from journeys.models import Journey
from metrics import wake
from metrics.defining import counts_differently
from metrics.dictionary_import.sheets import LinkRow, MeasureRow, SheetError, read_links, read_measures
from metrics.models import Definition, Link, Measure, Series, Source, SourceOfRecord, TouchedSet
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Function, Person, Scope
from truthgov.periods import Grain, Period

FIXED = ("unit", "currency", "grain")
"""What no version changes: figures could not be read on across it."""


class ImportRefused(InvalidInput):
    """Lines of the sheets are at fault; nothing was written."""

    def __init__(self, problems: list[SheetError]) -> None:
        super().__init__(f"{len(problems)} lines are at fault and nothing was imported. Correct them and import again.")
        self.problems = problems


@dataclass
class Changes:
    """What an import changes, in a sentence a change."""

    sentences: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.sentences)


def import_dictionary(
    measures: str, links: str = "", *, proposed_by: Person, approved_by: Person, dry_run: bool = False
) -> Changes:
    """Import sheets (as texts) of measures and links; with `dry_run` only tell what would change.

    Raises ImportRefused where lines are at fault, Refusal where proposer and approver are one person.
    """
    if proposed_by == approved_by:
        raise Refusal("Definitions are proposed by one person and approved by another; name two people.")
    measure_rows, errors = read_measures(measures)
    link_rows, link_errors = read_links(links) if links else ([], [])
    if errors or link_errors:
        raise ImportRefused(errors + link_errors)
    with transaction.atomic():
        changes = _Import(proposed_by, approved_by).run(measure_rows, link_rows)
        transaction.set_rollback(dry_run)
    return changes


class _Import:
    """One run: the people who answer for it, what it has changed, and what is wrong."""

    def __init__(self, proposed_by: Person, approved_by: Person) -> None:
        self.proposed_by, self.approved_by = proposed_by, approved_by
        self.at, self.changes = clock.now(), Changes()
        self.problems: list[SheetError] = []

    def run(self, measures: list[MeasureRow], links: list[LinkRow]) -> Changes:
        with audit.act():
            self._bring_in_measures(measures)
            self._bring_in_links(links)
            if self.problems:
                raise ImportRefused(self.problems)
            if self.changes:
                audit.record(
                    "dictionary.imported", Scope.organisation(), by=Actor(person=self.approved_by),
                    proposed_by=self.proposed_by.pk, changes=self.changes.sentences,
                )  # fmt: skip
        return self.changes

    def _bring_in_measures(self, rows: list[MeasureRow]) -> None:
        functions = self._functions({row.function for row in rows} - {""})
        journeys = self._journeys({row.journey for row in rows} - {""})
        known = {measure.code: measure for measure in Measure.objects.filter(code__in=[row.code for row in rows])}
        new = [
            Measure(code=row.code, name=row.name, kind=row.kind, function=functions.get(row.function),
                    journey=journeys.get(row.journey))
            for row in rows if row.code not in known
        ]  # fmt: skip
        self._note(f"Measure {measure.code} is new." for measure in new)
        for row in rows:
            if row.code in known:
                self._keep_up(known[row.code], row, functions.get(row.function), journeys.get(row.journey))
        known |= {measure.code: measure for measure in Measure.objects.bulk_create(new)}
        self._set_guards(rows, known)
        self._define(rows, known)
        self._name_sources(rows, known)

    def _functions(self, names: set[str]) -> dict[str, Function]:
        """Functions by name, made with their scopes where there are none."""
        known = {function.name: function for function in Function.objects.filter(name__in=names)}
        for name in sorted(names - set(known)):
            scope = Scope.objects.create(kind=Scope.Kind.FUNCTION, name=name)
            known[name] = Function.objects.create(scope=scope, code=_free_code(Function, name), name=name)
            self._note([f"Function {name} is new."])
        return known

    def _journeys(self, names: set[str]) -> dict[str, Journey]:
        """Journeys by name, made with their scopes where there are none."""
        known = {journey.name: journey for journey in Journey.objects.filter(name__in=names)}
        for name in sorted(names - set(known)):
            scope = Scope.objects.create(kind=Scope.Kind.JOURNEY, name=name)
            known[name] = Journey.objects.create(scope=scope, code=_free_code(Journey, name), name=name)
            self._note([f"Journey {name} is new."])
        return known

    def _keep_up(self, measure: Measure, row: MeasureRow, function: Function | None, journey: Journey | None) -> None:
        """Bring what the dictionary says about a measure itself up to its line."""
        said = {"name": row.name, "kind": row.kind, "function": function, "journey": journey}
        changed = [name for name, value in said.items() if getattr(measure, name) != value]
        for name in changed:
            setattr(measure, name, said[name])
        if changed:
            measure.save(update_fields=changed)
            self._note([f"Measure {measure.code} changes its {', '.join(changed)}."])

    def _set_guards(self, rows: list[MeasureRow], measures: dict[str, Measure]) -> None:
        """Which measure each one guards, where the sheet says so; it may stand on a later line."""
        codes = {row.guards for row in rows if row.guards}
        guarded = {measure.code: measure for measure in Measure.objects.filter(code__in=codes)}
        for row in rows:
            measure = measures[row.code]
            if row.guards and (row.guards not in guarded or row.guards == row.code):
                message = f"{row.guards} is no measure that {row.code} could guard."
                self.problems.append(SheetError("measures", row.line, message))
            elif row.guards is not None and measure.guards != guarded.get(row.guards):
                measure.guards = guarded.get(row.guards)
                measure.save(update_fields=["guards"])
                self._note([f"Measure {row.code} guards {row.guards or 'nothing'}."])

    def _define(self, rows: list[MeasureRow], measures: dict[str, Measure]) -> None:
        """A first definition for each new measure, a further version where a line says something else than before."""
        of_rows = [measures[row.code].pk for row in rows]
        definitions = Definition.objects.filter(measure__in=of_rows)
        live = {definition.measure_id: definition for definition in definitions.live()}
        last = dict(definitions.values_list("measure_id").annotate(Max("version")))
        new = []
        for row in rows:
            measure = measures[row.code]
            current = live.get(measure.pk)
            changed = [name for name, value in row.definition.items() if current and getattr(current, name) != value]
            if fixed := [name for name in changed if name in FIXED]:
                message = f"{row.code} cannot change its {' or '.join(fixed)}; declare a new measure."
                self.problems.append(SheetError("measures", row.line, message))
            elif changed or current is None:
                version = last.get(measure.pk, 0) + 1
                new.append(self._definition(measure, row, version, current))
                what = f"changes {', '.join(changed)}" if changed else "is its first"
                counting = ", and how it is counted" if new[-1].changes_counting else ""
                self._note([f"Definition {row.code}, version {version}, {what}{counting}."])
        self._have_assessed(Definition.objects.bulk_create(new))

    def _definition(self, measure: Measure, row: MeasureRow, version: int, current: Definition | None) -> Definition:
        """An approved version: the first holds since ever, a later one from the first period that none decided yet."""
        starts_on, said, counting = None, {**row.definition}, False
        if current:
            said = {"unguarded_because": current.unguarded_because, **said}
            counting = counts_differently(current, said) if row.changes_counting is None else row.changes_counting
            under_way = Period.containing(clock.today(), Grain(current.grain))
            follows = Period.containing(current.starts_on, under_way.grain).shift(1) if current.starts_on else under_way
            starts_on = max(under_way.start, follows.start)
        return Definition(
            measure=measure, version=version, starts_on=starts_on, changes_counting=counting,
            status=Definition.Status.APPROVED, proposed_by=self.proposed_by, proposed_at=self.at,
            approved_by=self.approved_by, approved_at=self.at, **said,
        )  # fmt: skip

    def _name_sources(self, rows: list[MeasureRow], measures: dict[str, Measure]) -> None:
        """The source of record of each measure, and the sources themselves where there are none."""
        names = {row.source for row in rows}
        sources = {source.name: source for source in Source.objects.filter(name__in=names)}
        for name in sorted(names - set(sources)):
            sources[name] = Source.objects.create(code=_free_code(Source, name), name=name)
            self._note([f"Source {name} is new."])
        of_rows = [measures[row.code].pk for row in rows]
        namings = SourceOfRecord.objects.filter(measure__in=of_rows).order_by("pk")
        of_record = dict(namings.values_list("measure_id", "source_id"))
        new = []
        for row in rows:
            measure, source = measures[row.code], sources[row.source]
            if of_record.get(measure.pk) != source.pk:
                is_first = measure.pk not in of_record
                new.append(self._naming(measure, source, Grain(str(row.definition["grain"])), is_first=is_first))
                self._note([f"Source of record of {row.code} is {row.source}."])
        self._have_assessed(SourceOfRecord.objects.bulk_create(new))

    def _have_assessed(self, changes: Iterable[Definition | SourceOfRecord]) -> None:
        """What rests on measures that have figures already is judged again, from where a change holds."""
        since = {change.measure_id: change.starts_on for change in changes if change.starts_on}
        series = Series.objects.filter(measure__in=since).values_list("pk", "measure_id")
        if series:
            TouchedSet.objects.note((pk, since[measure]) for pk, measure in series)
            transaction.on_commit(wake.assessment)

    def _naming(self, measure: Measure, source: Source, grain: Grain, *, is_first: bool) -> SourceOfRecord:
        starts_on = None if is_first else Period.containing(clock.today(), grain).start
        return SourceOfRecord(
            measure=measure, source=source, starts_on=starts_on, proposed_by=self.proposed_by,
            approved_by=self.approved_by, named_at=self.at,
        )  # fmt: skip

    def _bring_in_links(self, rows: list[LinkRow]) -> None:
        codes = {code for row in rows for code in (row.from_measure, row.to_measure)}
        measures = dict(Measure.objects.filter(code__in=codes).values_list("code", "pk"))
        known = {(link.kind, link.from_measure_id, link.to_measure_id): link
                 for link in Link.objects.filter(from_measure__in=measures.values())}  # fmt: skip
        new = []
        for row in rows:
            unknown = [code for code in (row.from_measure, row.to_measure) if code not in measures]
            if unknown:
                message = f"No measure {' and '.join(unknown)} is declared."
                self.problems.append(SheetError("links", row.line, message))
                continue
            key = (row.kind, measures[row.from_measure], measures[row.to_measure])
            if key not in known:
                known[key] = self._link(row, *key)
                new.append(known[key])
                self._note([f"Link {row.kind} from {row.from_measure} to {row.to_measure} is new."])
            elif differing := _differing(known[key], row):
                message = f"This link is declared with another {', '.join(differing)}; a link is not edited."
                self.problems.append(SheetError("links", row.line, message))
        Link.objects.bulk_create(new)

    def _link(self, row: LinkRow, kind: str, from_measure_id: int, to_measure_id: int) -> Link:
        return Link(
            kind=kind, from_measure_id=from_measure_id, to_measure_id=to_measure_id, lag_periods=row.lag_periods,
            pass_through=row.pass_through, tolerance=row.tolerance, proposed_by=self.proposed_by,
            approved_by=self.approved_by, declared_at=self.at,
        )  # fmt: skip

    def _note(self, sentences: Iterable[str]) -> None:
        self.changes.sentences.extend(sentences)


def _differing(link: Link, row: LinkRow) -> list[str]:
    return [name for name in ("lag_periods", "pass_through", "tolerance") if getattr(link, name) != getattr(row, name)]


def _free_code(model: type[Model], name: str) -> str:
    """A code made of a name that no record of the model has yet."""
    stem = slugify(name)[:70] or model._meta.model_name
    taken = set(model._default_manager.filter(code__startswith=stem).values_list("code", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (str(stem), *numbered) if code not in taken)
