"""Writing what a plan says, as one act: proposed by one person and approved by another."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.db.models import Model
from django.utils.text import slugify

from journeys.models import Journey
from metrics import wake
from metrics.dictionary.defining import require_unneeded
from metrics.dictionary.deriving import lock_formulas, put_in_force
from metrics.dictionary.following import have_followed
from metrics.dictionary.on_record import digests, namings
from metrics.dictionary.target_conditions import require_measured, set_target_condition
from metrics.dictionary_files.document import Document, Problem
from metrics.dictionary_files.fields import Said
from metrics.dictionary_import.dimensions import declare_dimensions
from metrics.dictionary_import.formulas import check_formulas
from metrics.dictionary_import.plan import Change, NewVersion, Plan
from metrics.dictionary_import.planning import plan_import
from metrics.models import (
    Definition,
    Link,
    Measure,
    Series,
    Source,
    SourceOfRecord,
    TouchedSet,
)  # fmt: skip
from metrics.models.decided import named_in
from metrics.rules import made as rules
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import stands_apart
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Function, Person, Scope
from truthgov.periods import Grain, Period


class ImportRefused(InvalidInput):
    """Lines of the file are at fault; nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = len({problem.place for problem in problems})
        are, them = ("line is", "it") if lines == 1 else ("lines are", "them")
        super().__init__(f"{lines} {are} at fault and nothing was imported. Correct {them} and import again.")
        self.problems = problems


def import_dictionary(
    document: Document, *, proposed_by: Person, approved_by: Person, dry_run: bool = False, unguarded_because: str = ""
) -> list[Change]:
    """Import a document; with `dry_run` only tell what would change. All or nothing, and idempotent.

    `unguarded_because` says of all targets that nothing guards why they need no counter-measure.
    Raises ImportRefused where lines are at fault, Refusal where proposer and approver are one person, or one
    of them administers or audits.
    """
    if proposed_by == approved_by:
        raise Refusal("Definitions are proposed by one person and approved by another; name two people.")
    for person in (proposed_by, approved_by):
        if stands_apart(person):
            raise Refusal(f"{person} administers or audits, and neither proposes nor approves; name somebody else.")
    plan = plan_import(document, unguarded_because)
    _require_undecided(plan)
    if plan.problems:
        raise ImportRefused(plan.problems)
    if plan.changes and not dry_run:
        versions = [*plan.first_versions, *plan.further_versions]
        enter(plan, versions, plan.changes, proposed_by=proposed_by, approved_by=approved_by)
    return plan.changes


def enter(
    plan: Plan, versions: list[NewVersion], changes: list[Change], *, proposed_by: Person, approved_by: Person
) -> None:
    """Write a plan without problems, with these of its versions, as approved; `changes` says it to the audit."""
    with audit.act():
        _require_formulas(plan)
        made, named = _Entering(plan, proposed_by, approved_by).run(versions)
        audit.record(
            "dictionary.imported", Scope.organisation(), by=Actor(person=approved_by),
            proposed_by=proposed_by.pk, changes=[str(change) for change in changes], says=digests(made),
            sources=namings(named),
        )  # fmt: skip


def _require_undecided(plan: Plan) -> None:
    """Two people's word does not succeed a version that a forum's decision approved."""
    for new in plan.further_versions:
        if new.current and new.current.authority:
            told = f"{new.code}: version {new.current.version} was approved by {named_in(new.current.authority)}"
            plan.fault(new.place, f"{told}; propose another in the browser, for a forum to decide on.")


def _require_formulas(plan: Plan) -> None:
    """What was approved since the plan was made may have closed a circle."""
    lock_formulas()
    if any(new.fields.get("derivation") for new in (*plan.first_versions, *plan.further_versions)):
        check_formulas(plan)
        if plan.problems:
            raise ImportRefused(plan.problems)


class _Entering:
    """One run: the people who answer for it and the records it has made, by codes and names."""

    def __init__(self, plan: Plan, proposed_by: Person, approved_by: Person) -> None:
        self.plan, self.approved_by = plan, approved_by
        self.people = {"proposed_by": proposed_by, "approved_by": approved_by}
        self.at = clock.now()

    def run(self, versions: list[NewVersion]) -> tuple[list[int], list[int]]:
        """The numbers of the versions, and of the sources of record, that it makes."""
        for name in self.plan.functions:
            scope = Scope.objects.create(kind=Scope.Kind.FUNCTION, name=name)
            Function.objects.create(scope=scope, code=_free_code(Function, name), name=name)
        for name in self.plan.journeys:
            scope = Scope.objects.create(kind=Scope.Kind.JOURNEY, name=name)
            Journey.objects.create(scope=scope, code=_free_code(Journey, name), name=name)
        for name in self.plan.sources:
            Source.objects.create(code=_free_code(Source, name), name=name)
        self._enter_measures()
        self.measures = {measure.code: measure for measure in Measure.objects.all()}
        self._set_guards()
        made = Definition.objects.bulk_create(map(self._definition, versions))
        self._have_assessed(made)
        named = SourceOfRecord.objects.bulk_create(self._namings())
        self._have_assessed(named)
        put_in_force(made)
        for new, definition in zip(versions, made, strict=True):
            if new.current:  # a history says itself where it breaks
                have_followed(definition, by=Actor(person=self.approved_by))
        if links := Link.objects.bulk_create(map(self._link, self.plan.links)):
            rules.have_links_judged(links)
        declare_dimensions(_grouped(self.plan.values), by=Actor(person=self.approved_by))
        for said, outcomes in self.plan.conditions:
            self._set_condition(said, outcomes)
        lasting = {said["journey"]: outcomes for said, outcomes in self.plan.conditions}
        for ended in (definition.measure for definition in made if definition.retires):
            require_unneeded(ended)
        require_measured(self.measures[code] for outcomes in lasting.values() for code in outcomes)
        return [definition.pk for definition in made], [naming.pk for naming in named]

    def _enter_measures(self) -> None:
        functions = {function.name: function for function in Function.objects.all()}
        journeys = {journey.name: journey for journey in Journey.objects.all()}
        named: dict[str, dict[str, Any]] = {"function": functions, "journey": journeys}

        def fields(said: Said) -> dict[str, Any]:
            return {name: named[name].get(str(value)) if name in named else value
                    for name, value in said.items() if name != "guards"}  # fmt: skip

        Measure.objects.bulk_create(Measure(**fields(said)) for said in self.plan.measures)
        for measure, said in self.plan.corrected:
            for name, value in fields(said).items():
                setattr(measure, name, value)
            measure.save(update_fields=list(said))

    def _set_guards(self) -> None:
        for code, guarded in self.plan.guards.items():
            measure = self.measures[code]
            measure.guards = self.measures[guarded] if guarded else None
            measure.save(update_fields=["guards"])

    def _definition(self, new: NewVersion) -> Definition:
        return Definition(
            measure=self.measures[new.code], version=new.version, starts_on=new.starts_on, **new.fields,
            status=Definition.Status.APPROVED, **self.people, proposed_at=self.at, approved_at=self.at,
        )  # fmt: skip

    def _namings(self) -> Iterable[SourceOfRecord]:
        sources = {source.name: source for source in Source.objects.all()}
        grains = dict(Definition.objects.approved().order_by("version").values_list("measure__code", "grain"))
        for said, as_dated in self.plan.namings:
            code = str(said["code"])
            under_way = Period.containing(clock.today(), Grain(grains[code])).start
            yield SourceOfRecord(
                measure=self.measures[code], source=sources[str(said["source"])],
                starts_on=cast("date | None", said.get("starts_on")) if as_dated else under_way,
                settles=sources.get(str(said.get("settles") or "")), named_at=self.at, **self.people,
            )  # fmt: skip

    def _link(self, said: Said) -> Link:
        fields = said | {name: self.measures[str(said[name])] for name in ("from_measure", "to_measure")}
        return Link(**fields, declared_at=self.at, **self.people)

    def _set_condition(self, said: Said, outcomes: dict[str, int]) -> None:
        set_target_condition(
            Journey.objects.get(name=said["journey"]),
            {self.measures[code]: trust for code, trust in outcomes.items()},
            starts_on=cast("date", said["starts_on"]), proposed_by=self.people["proposed_by"],
            by=Actor(person=self.approved_by),
        )  # fmt: skip

    def _have_assessed(self, changes: Iterable[Definition | SourceOfRecord]) -> None:
        """What rests on measures that have figures already is judged again, from where a change holds."""
        since = {change.measure_id: change.starts_on for change in changes if change.starts_on}
        series = Series.objects.filter(measure__in=since).values_list("pk", "measure_id")
        if series:
            TouchedSet.objects.note((pk, since[measure]) for pk, measure in series)
            transaction.on_commit(wake.assessment)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    grouped: dict[str, set[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, set()).add(value)
    return grouped


def _free_code(model: type[Model], name: str) -> str:
    """A code made of a name that no record of the model has yet."""
    stem = slugify(name)[:70] or model._meta.model_name
    taken = set(model._default_manager.filter(code__startswith=stem).values_list("code", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (str(stem), *numbered) if code not in taken)
