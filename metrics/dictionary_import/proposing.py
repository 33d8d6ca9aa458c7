"""A file that a person hands in is proposed, never approved by them.

Its further versions of definitions wait for review on the page of their measure; the rest waits for another's word.
"""

from dataclasses import asdict

from django.core.exceptions import PermissionDenied
from django.db import transaction

from metrics.dictionary.defining import Bridge, defined_by, propose_definition, propose_retirement
from metrics.dictionary.terms import TERMS
from metrics.dictionary_files.foreign import Answers
from metrics.dictionary_files.reading import Reading, read_file
from metrics.dictionary_import.importing import ImportRefused, enter
from metrics.dictionary_import.plan import NewVersion, Plan
from metrics.dictionary_import.planning import plan_import
from metrics.models import Definition, DictionaryImport, Measure
from truthgov import audit, authority, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.intake import MAX_BYTES
from truthgov.lifecycle import advance
from truthgov.models import Appointment, Person, Role

IMPORTING = (Role.TRUTH_OWNER, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER)
"""Who hands a dictionary in: whoever defines measures."""
APPROVING = (Role.TRUTH_OWNER, Role.SPONSOR)
"""Whose word lets new measures, links, sources and conditions in."""
Status = DictionaryImport.Status


def draft_import(filename: str, content: bytes, answers: Answers, *, by: Actor) -> DictionaryImport:
    """Keep a file to be looked at, in the place of its sender's earlier draft. InvalidInput where it is unreadable."""
    actor = authority.acting_as(by, *IMPORTING)
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"The file is larger than {MAX_BYTES} bytes; import it in parts.")
    read_file(filename, content, answers)
    with transaction.atomic():
        DictionaryImport.objects.filter(proposed_by=actor.person, status=Status.DRAFTED).delete()
        return DictionaryImport.objects.create(
            filename=filename[-200:], content=content, answers=asdict(answers), proposed_by=actor.person, at=clock.now()
        )


def reading_of(handed_in: DictionaryImport) -> Reading:
    """What the file says."""
    return read_file(handed_in.filename, bytes(handed_in.content), Answers(**handed_in.answers))


def plan_of(reading: Reading, proposer: Person) -> Plan:
    """What it would change today, with what its proposer may not propose among the problems."""
    plan = plan_import(reading.document)
    for word, names in (("function", plan.functions), ("journey", plan.journeys)):
        for name in names:
            plan.fault("the file", f"No {word} is called {name}; have it established first, or correct the name.")
    _require_proposable(plan, proposer)
    for said, _ in plan.conditions:
        if not owns_journey(proposer, str(said["journey"])):
            plan.fault("the file", f"Only its owner proposes the target condition of {said['journey']}; leave it out.")
    return plan


def owns_journey(person: Person, name: str) -> bool:
    """Does a person own the journey of this name today, or stand in for who does?"""
    exercised = Appointment.objects.exercised_by(person, on=clock.today())
    return exercised.filter(role=Role.JOURNEY_OWNER, scope__journey__name=name).exists()


def propose_import(handed_in: DictionaryImport, *, reason: str, by: Actor) -> None:
    """Propose what a drafted file changes. ImportRefused while lines are at fault; Refusal where it changes nothing."""
    actor = authority.acting_as(by, *IMPORTING)
    if actor.person != handed_in.proposed_by:
        raise PermissionDenied
    if not reason.strip():
        raise InvalidInput("An import gives its reason.", {"reason": "Say why the dictionary changes."})
    with audit.act():
        plan = plan_of(reading_of(handed_in), actor.person)
        if plan.problems:
            raise ImportRefused(plan.problems)
        if not plan.changes:
            raise Refusal("The file says what the dictionary says; there is nothing to propose.")
        proposed = [[new.code, _propose(new, reason, actor)] for new in plan.further_versions]
        status = Status.PROPOSED if plan.others else Status.ENTERED
        advance(handed_in, Status.DRAFTED, status, reason=reason.strip(), proposed=proposed, at=clock.now())
        audit.record("dictionary_import.proposed", handed_in, by=actor, changes=[str(each) for each in plan.changes])


def approve_import(handed_in: DictionaryImport, *, seen: str, by: Actor) -> None:
    """Let in what is no further version: by the truth owner or the sponsor, who is not its proposer.

    `seen` is the fingerprint of the changes that the approver was shown: where it differs, they look again.
    """
    actor = authority.acting_as(by, *APPROVING)
    if actor.person == handed_in.proposed_by:
        raise Refusal("Whoever proposes an import cannot approve it; let another person approve it.")
    with audit.act():
        plan = plan_of(reading_of(handed_in), handed_in.proposed_by)
        if plan.problems:
            raise ImportRefused(plan.problems)
        if plan.fingerprint != seen:
            raise Refusal("The dictionary has changed since you looked; reload the page and look again.")
        advance(
            handed_in, Status.PROPOSED, Status.ENTERED, decided_by=actor.person, decided_at=clock.now()
        )  # fmt: skip
        enter(plan, plan.first_versions, plan.others, proposed_by=handed_in.proposed_by, approved_by=actor.person)


def end_import(handed_in: DictionaryImport, *, reason: str, by: Actor) -> None:
    """Its proposer withdraws what waits, the truth owner or the sponsor rejects it; versions end on their own pages."""
    own = by.person == handed_in.proposed_by
    actor = authority.acting_as(by, *(IMPORTING if own else APPROVING))
    if not reason.strip():
        raise InvalidInput("An import ends with a reason.", {"reason": "Say why."})
    ending, code = (
        (Status.WITHDRAWN, "dictionary_import.withdrawn") if own else (Status.REJECTED, "dictionary_import.rejected")
    )
    with audit.act():
        ended = {"decided_by": actor.person, "decided_at": clock.now(), "ended_because": reason.strip()}
        advance(handed_in, Status.PROPOSED, ending, **ended)
        audit.record(code, handed_in, by=actor)


def _require_proposable(plan: Plan, proposer: Person) -> None:
    changed = {new.code: new for new in plan.further_versions if new.current}
    waiting = Definition.objects.waiting().filter(measure__code__in=changed).exclude(proposed_by=proposer)
    by_code = {each.measure.code: each for each in waiting.select_related("measure", "proposed_by")}
    theirs = set(defined_by(proposer).filter(code__in=changed).values_list("code", flat=True))
    for code, new in changed.items():
        if code not in theirs:
            plan.fault(new.place, f"{code} is defined by who answers for it or the truth owner; leave its changes out.")
        elif other := by_code.get(code):
            plan.fault(new.place, f"Version {other.version} of {code}, proposed by {other.proposed_by}, waits already.")


def _propose(new: NewVersion, reason: str, by: Actor) -> int:
    measure = Measure.objects.get(code=new.code)
    rationale = str(new.fields.get("rationale") or reason)
    starts_on = new.starts_on or clock.today()
    if new.fields["retires"]:
        return propose_retirement(measure, starts_on=starts_on, reason=rationale, by=by).version
    factor = new.fields.get("bridge_factor")
    bridge = Bridge(factor, new.fields["bridge_reason"], new.fields["bridge_offset"]) if factor is not None else None
    terms = {name: new.fields[name] for name in TERMS}
    return propose_definition(
        measure, terms, starts_on=starts_on, rationale=rationale, by=by, bridge=bridge,
        changes_counting=new.fields["changes_counting"],
    ).version  # fmt: skip
