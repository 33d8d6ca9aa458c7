"""How a rule is tuned, switched and retired, and how people add one: proposed by one person, approved by another.

A version is dated from a period on and never edited. One of the two people is the truth owner: nobody who answers for
figures loosens the rule that judges them without the one who answers for the truth.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from metrics import wake
from metrics.dictionary.starting import require_first_day, require_not_begun_before, require_start
from metrics.models import Measure, Rule, RuleVersion, TouchedSet
from metrics.rules import made as rules
from metrics.rules import two_people
from metrics.rules.terms import Tuning, grain_of, require_sense, require_shape
from truthgov import acts, audit, authority, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Appointment, Person, Role

State = RuleVersion.State
TUNING = (Role.FUNCTION_LEAD, Role.JOURNEY_OWNER)
"""Who, beside the truth owner, proposes and approves: whoever answers for figures."""


def tuner_of(person: Person) -> Appointment | None:
    """The appointment under which a person proposes and approves versions of rules, the truth owner's before others."""
    held = authority.appointment_of
    return held(person, Role.TRUTH_OWNER) or held(person, *TUNING)


def propose_version(rule: Rule, tuning: Tuning, *, starts_on: date | None, reason: str, by: Actor) -> RuleVersion:
    """Propose how a rule judges periods from `starts_on` on; it takes the place of one its proposer has waiting.

    PermissionDenied for anybody but who answers for figures and the truth owner; Refusal while somebody else's version
    waits, or once the rule is retired; InvalidInput where it gives no reason, changes nothing, says what its kind does
    not ask, or does not start with a period that is yet to end.
    """
    actor = _tuner(by)
    with audit.act():
        Rule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule.pk)  # versions are numbered without gaps
        _require_no_link(rule)
        current = rule.versions.approved().order_by("-version").first()
        require_sense(rule.kind, rule.judged, tuning, reason)
        _require_start(rule, current, starts_on)
        _require_change(rule, current, tuning)
        return _propose(rule, tuning, starts_on, reason, actor)


def propose_rule(
    kind: str, measure: Measure, other_measure: Measure | None, tuning: Tuning, *, starts_on: date | None, reason: str,
    by: Actor,
) -> RuleVersion:  # fmt: skip
    """Propose a rule that the dictionary does not make: of a kind, on one measure or on two (claimed, held against).

    `starts_on` may be empty: the whole history is judged. Refusal where a rule looks at these parties already.
    """
    actor = _tuner(by)
    with audit.act():
        require_shape(kind, measure, other_measure)
        require_sense(kind, other_measure or measure, tuning, reason)
        rule = _own_rule(kind, measure, other_measure, actor)
        _require_start(rule, None, starts_on)
        return _propose(rule, tuning, starts_on, reason, actor)


def approve_version(version: RuleVersion, *, by: Actor) -> None:
    """Put a waiting version in force, by another person than its proposer; what it concerns is judged anew."""
    actor = _tuner(by)
    two_people.require_two(version, "a version of a rule", by=actor)
    with audit.act():
        _require_no_link(version.rule)
        _require_timely(version)
        two_people.approve(version, by=actor)
        code = "rule.retired" if version.state == State.RETIRED else "rule.version_approved"
        audit.record(code, version.rule, by=actor, version=version.version, state=version.state)
        have_judged_anew(version.rule, since=version.starts_on)


def withdraw_version(version: RuleVersion, *, reason: str, by: Actor) -> None:
    """Its proposer takes a waiting version back, and says why."""
    actor = _tuner(by)
    with audit.act():
        two_people.withdraw(version, reason, by=actor)
        audit.record("rule.version_withdrawn", version.rule, by=actor, version=version.version)


def reject_version(version: RuleVersion, *, reason: str, by: Actor) -> None:
    """Another person than its proposer turns a waiting version down, and says why."""
    actor = _tuner(by)
    with audit.act():
        two_people.reject(version, reason, by=actor)
        audit.record("rule.version_rejected", version.rule, by=actor, version=version.version)


def have_judged_anew(rule: Rule, *, since: date | None) -> None:
    """What a rule looks at is judged again, from a day on (without one: all of it)."""
    history = rules.history_of([rule.pk])
    TouchedSet.objects.note((series, max(first, since or first)) for series, first in history)
    transaction.on_commit(wake.assessment)


def _tuner(by: Actor) -> Appointed:
    appointment = tuner_of(by.person) if by.person else None
    if appointment is None:
        raise PermissionDenied
    return by.acting_under(appointment)


def _propose(rule: Rule, tuning: Tuning, starts_on: date | None, reason: str, actor: Appointed) -> RuleVersion:
    last = rule.versions.order_by("-version").values_list("version", flat=True).first() or 0
    _make_way(rule, last + 1, actor)
    proposed = RuleVersion.objects.create(
        rule=rule, version=last + 1, starts_on=starts_on, reason=reason.strip(), proposed_by=actor.person,
        appointment=actor.appointment, proposed_at=clock.now(), **tuning.said(),
    )  # fmt: skip
    acts.note(proposed)
    audit.record("rule.version_proposed", rule, by=actor, version=proposed.version, state=tuning.state)
    return proposed


def _make_way(rule: Rule, version: int, actor: Appointed) -> None:
    """One's own waiting version is replaced; somebody else's is not."""
    waiting = rule.versions.waiting().first()
    if waiting and waiting.proposed_by != actor.person:
        told = f"Version {waiting.version}, proposed by {waiting.proposed_by}, waits already"
        raise Refusal(f"{told}; have it approved, rejected or withdrawn first.")
    if waiting:
        two_people.end(waiting, RuleVersion.Status.WITHDRAWN, f"Replaced by version {version}.", by=actor)
        audit.record("rule.version_withdrawn", rule, by=actor, version=waiting.version)


def _own_rule(kind: str, measure: Measure, other: Measure | None, actor: Appointed) -> Rule:
    """The rule by hand on these parties: a new one, or one of which nothing ever came."""
    Measure.objects.select_for_update(of=("self",), no_key=True).get(
        pk=measure.pk
    )  # two who propose the same one meet here
    known = Rule.objects.filter(kind=kind, measure=measure, other_measure=other, source=None).first()
    linked = Rule.objects.on_a_link(kind, measure, other)
    if linked.exists() or (known and (known.made_by is None or known.versions.approved().exists())):
        raise Refusal("A rule looks at this already; propose a version of it, to tune it or to switch it.")
    return known or Rule.objects.create(kind=kind, measure=measure, other_measure=other, made_by=actor.person)


def _require_start(rule: Rule, current: RuleVersion | None, starts_on: date | None) -> None:
    if starts_on is None:
        if not _judges_the_past(rule, current):
            raise InvalidInput("A version starts with a period.", {"starts_on": "Say from which period on it holds."})
        return
    grain = grain_of(rule.judged)
    if _judges_the_past(rule, current):
        require_first_day(starts_on, grain)
    else:
        require_start(starts_on, grain, after=current.starts_on if current else None)


def _require_no_link(rule: Rule) -> None:
    """Refusal where a link states what a rule without one asks, also where neither saw the other being made."""
    if rule.link_id is None and Rule.objects.on_a_link(rule.kind, *rule.parties).exists():
        raise Refusal("A link states the same; tune the rule that rests on the link.")


def _require_timely(version: RuleVersion) -> None:
    before = version.rule.versions.approved().order_by("-version").first()
    if version.starts_on and not _judges_the_past(version.rule, before):
        require_not_begun_before(version.starts_on, grain_of(version.rule.judged))


def _judges_the_past(rule: Rule, current: RuleVersion | None) -> bool:
    """The first version of a rule that people made may start with any period: nothing held before it."""
    return rule.made_by is not None and current is None


def _require_change(rule: Rule, current: RuleVersion | None, tuning: Tuning) -> None:
    if current and current.state == State.RETIRED:
        raise Refusal("This rule is retired; propose a new one where it is still needed.")
    stands = Tuning.of(current) if current else Tuning.before_any(rule)
    if tuning == stands:
        raise InvalidInput("This version changes nothing; change its state or a parameter.")
