"""Every target has a counter-measure, or a reason why it needs none: in what a document brings too."""

from metrics.dictionary.guarding import guards_of
from metrics.dictionary_files.document import Document
from metrics.dictionary_import.plan import Plan
from metrics.dictionary_import.standing import Standing
from metrics.models import Definition, Link, Measure


def give_reason(document: Document, standing: Standing, reason: str) -> None:
    """Put one reason to the versions of a document that have a target, no reason, and nothing that guards them."""
    guarded = _guarded(document, standing)
    for entry in document.tables["versions"]:
        live = standing.live.get(entry.text("code"))
        target = entry.said.get("target", live.target if live else None)
        said = entry.said.get("unguarded_because", live.unguarded_because if live else "")
        if target is not None and not said and entry.text("code") not in guarded:
            entry.said["unguarded_because"] = reason


def require_guards(plan: Plan, document: Document, standing: Standing) -> None:
    """Note as problems the measures whose last version has a target that nothing guards, without a reason."""
    guarded = _guarded(document, standing)
    versions = (*plan.first_versions, *plan.further_versions)
    for new in {new.code: new for new in versions}.values():
        named = new.fields.get("target") is not None and not new.fields.get("retires")
        if named and new.code not in guarded and not str(new.fields.get("unguarded_because") or "").strip():
            plan.fault(
                new.place,
                f"{new.code} has a target that nothing guards; name a measure that guards it, or say in "
                "unguarded_because why it needs none.",
            )
    _require_still_guarded(plan, {new.code for new in versions})


def _require_still_guarded(plan: Plan, defined: set[str]) -> None:
    """What a document takes a guard from has another one, or a reason; those it `defined` anew were looked at."""
    turned = Measure.objects.filter(code__in=plan.guards)
    for measure in Measure.objects.filter(counter_measures__in=turned).exclude(code__in=defined).distinct():
        bare = measure.definitions.last_approved().filter(target__isnull=False, unguarded_because="", retires=False)
        stays = measure.code in plan.guards.values() or guards_of(measure).exclude(code__in=plan.guards).exists()
        if bare.exists() and not stays:
            plan.fault(
                "measures",
                f"{measure.code} has a target that nothing would guard any more; name another guard, or propose a "
                "version that says in unguarded_because why it needs none.",
            )


def _guarded(document: Document, standing: Standing) -> set[str]:
    """The codes of measures that have a counter-measure, or another one that they are declared to be gamed against."""
    tables, gaming = document.tables, Link.Kind.GAMING.value
    stated = {entry.text("code") for entry in tables["versions"]}
    ended = Definition.objects.retiring().values("measure")
    known = Measure.objects.filter(guards__code__in=stated).exclude(pk__in=ended).values_list("code", "guards__code")
    said = {entry.text("code"): entry.text("guards") for entry in tables["measures"] if "guards" in entry.said}
    linked = {entry.text("from_measure") for entry in tables["links"] if entry.text("kind") == gaming}
    return {*(dict(known) | said).values(), *linked, *(ends[1] for ends in standing.links if ends[0] == gaming)}
