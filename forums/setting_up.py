"""The next steps of setting an organisation up, each for whoever's it is: read from what there is, and kept nowhere.

They come in the order in which an organisation comes to be, once what they need is there, and are gone when they are
done, whoever has done them. What has been proposed is done: its approval is on the desk of somebody else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from forums.models import Charter, Forum
from forums.reconciliation.verdicts import listed
from journeys.models import Journey, Stage
from metrics.models import DictionaryImport, Feed, Measure, Submission, TargetCondition
from truthgov.models import Appointment, Function, Key, Mandate, Person, Role, Scope

NAMED = 3
There = dict[str, Any]
"""What there is, each as `has_…`, and the organisation's scope as `pk`."""
GUIDED = (Role.ADMINISTRATOR, Role.SPONSOR, Role.TRUTH_OWNER, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER)
"""Whose part it is to set something up."""


@dataclass(frozen=True)
class Step:
    """Something to do next, where, and what it is for."""

    title: str
    address: str
    why: str


def steps_of(person: Person, held: list[Appointment], *, on: date) -> list[Step]:
    """What is a person's to do next under the appointments they exercise; the queries follow their roles, not rows."""
    roles = {each.role for each in held}
    if roles.isdisjoint(GUIDED):
        return []
    there = _what_there_is(person, on)
    steps: list[Step] = []
    if Role.ADMINISTRATOR in roles:
        steps += _of_administrator(there)
    if Role.SPONSOR in roles:
        steps += _of_sponsor(there)
    if Role.TRUTH_OWNER in roles:
        steps += _of_truth_owner(there, on)
    if Role.FUNCTION_LEAD in roles and not there["has_handed_in"]:
        steps += _of_leads([each.scope_id for each in held if each.role == Role.FUNCTION_LEAD])
    if Role.JOURNEY_OWNER in roles:
        steps += _of_owners([each.scope_id for each in held if each.role == Role.JOURNEY_OWNER], there)
    return steps


def _what_there_is(person: Person, on: date) -> There:
    """In one query; `has_handed_in`: is there a file of the dictionary of theirs that waits for somebody else?"""
    filled = Appointment.objects.filling(on=on)
    asked = {
        "colleagues": Person.objects.active().exclude(pk=person.pk),
        "sponsor": filled.filter(role=Role.SPONSOR),
        "truth_owner": filled.filter(role=Role.TRUTH_OWNER),
        "mandate": Mandate.objects.all(),
        "functions": Function.objects.all(),
        "journeys": Journey.objects.all(),
        "measures": Measure.objects.all(),
        "forums": Forum.objects.all(),
        "figures": Submission.objects.all(),
        "keys": Key.objects.all(),
        "feeds": Feed.objects.all(),
        "handed_in": DictionaryImport.objects.awaiting_approval().filter(proposed_by=person),
    }
    organisation = Scope.objects.filter(kind=Scope.Kind.ORGANISATION)
    found = organisation.annotate(**{f"has_{name}": Exists(rows) for name, rows in asked.items()})
    return dict(found.values("pk", *(f"has_{name}" for name in asked)).get())


def _of_administrator(there: There) -> Iterator[Step]:
    if not there["has_colleagues"]:
        yield Step(
            "Enrol the sponsor and your colleagues",
            reverse("truthgov:people"),
            "Whoever administers can neither decide nor sign; the sponsor is somebody else.",
        )
    elif not there["has_sponsor"]:
        yield Step(
            "Appoint the sponsor",
            _to_appoint(Role.SPONSOR, there["pk"]),
            "The CEO, or the board: who grants the truth owner’s mandate.",
        )
    if there["has_measures"] and not (there["has_figures"] or there["has_keys"] or there["has_feeds"]):
        yield Step(
            "Let figures in",
            reverse("metrics:keys"),
            "Issue a key for each program that pushes figures; people hand theirs in under Submit figures.",
        )


def _of_sponsor(there: There) -> Iterator[Step]:
    if not there["has_truth_owner"]:
        yield Step(
            "Appoint the truth owner",
            _to_appoint(Role.TRUTH_OWNER, there["pk"]),
            "The one person who is accountable for the reconciled view.",
        )
    if not there["has_mandate"]:
        yield Step(
            "Grant the truth owner’s mandate",
            reverse("truthgov:mandate"),
            "Until then the truth owner may neither challenge, nor escalate, nor force a decision.",
        )


def _of_truth_owner(there: There, on: date) -> Iterator[Step]:
    yield from _governed(there)
    why = "A lead hands in figures, stands behind them, and answers challenges."
    yield from _offices(Function.objects.all(), Role.FUNCTION_LEAD, "Appoint who leads {}", why, on)
    why = "An owner says which outcomes must hold, and answers for them."
    yield from _offices(Journey.objects.all(), Role.JOURNEY_OWNER, "Appoint who owns {}", why, on)
    if there["has_forums"]:
        yield from _charters()
        why = "Who prepares the agenda, and keeps the minutes that two people sign."
        yield from _offices(Forum.objects.all(), Role.SECRETARY, "Appoint the secretary of {}", why, on)
    else:
        yield Step(
            "Found the steering forum",
            reverse("forums:new_forum"),
            "The forum that decides contradictions; its charter comes as a preset.",
        )


def _governed(there: There) -> Iterator[Step]:
    if not there["has_functions"]:
        yield Step(
            "Establish the functions",
            reverse("truthgov:functions"),
            "Marketing, Sales, Delivery: each answers for its own figures.",
        )
    if not there["has_journeys"]:
        yield Step(
            "Establish a journey",
            reverse("journeys:new_journey"),
            "A customer’s path from end to end, which crosses functions and is measured as one.",
        )
    if there["has_functions"] and not (there["has_measures"] or there["has_handed_in"]):
        yield Step(
            "Hand in the measurement dictionary",
            reverse("metrics:imports"),
            "A file of what is measured and who answers for it; the sponsor approves it.",
        )


def _offices(kept: QuerySet[Any], role: Role, title: str, why: str, on: date) -> Iterator[Step]:
    """One step for all functions, journeys or forums over which nobody holds a role, nor is proposed to."""
    taken = Appointment.objects.filling(on=on).filter(role=role, scope=OuterRef("scope"))
    vacant = list(kept.filter(~Exists(taken)))
    if vacant:
        scope = vacant[0].scope_id if len(vacant) == 1 else None
        yield Step(title.format(_names(vacant)), _to_appoint(role, scope), why)


def _charters() -> Iterator[Step]:
    ruled = Charter.objects.approved().filter(forum=OuterRef("pk"))
    proposed = Charter.objects.awaiting_approval().filter(forum=OuterRef("pk"))
    for forum in Forum.objects.filter(~Exists(ruled), ~Exists(proposed)):
        yield Step(
            f"Propose the charter of {forum}",
            reverse("forums:new_charter", args=[forum.code]),
            "Who sits in it, when it meets and what it may decide; the sponsor approves it.",
        )


def _of_leads(scopes: list[int]) -> Iterator[Step]:
    answering = Measure.objects.filter(function=OuterRef("pk"))
    for function in Function.objects.filter(~Exists(answering), scope__in=scopes):
        yield Step(
            f"Hand in what {function} measures",
            reverse("metrics:imports"),
            "A file of its measures, each with its definition and source; another person approves it.",
        )


def _of_owners(scopes: list[int], there: There) -> Iterator[Step]:
    outcomes = Measure.objects.filter(journey=OuterRef("pk"), kind=Measure.Kind.JOURNEY_OUTCOME)
    owned = Journey.objects.filter(scope__in=scopes).annotate(
        has_stages=Exists(Stage.objects.filter(journey=OuterRef("pk"))),
        has_outcomes=Exists(outcomes),
        has_condition=Exists(TargetCondition.objects.filter(journey=OuterRef("pk"))),
    )
    for journey in owned:
        if not journey.has_stages:
            yield Step(
                f"Draw the stages of {journey}",
                reverse("journeys:outline", args=[journey.code]),
                "Which function carries the customer from where to where, and what each hands over.",
            )
        if not (journey.has_condition or there["has_handed_in"]):
            missing = "which outcomes" if journey.has_outcomes else "its outcomes, and which of them"
            yield Step(
                f"Say what {journey} must hold",
                reverse("metrics:imports"),
                f"A file says {missing} it demands; until then whether it works is unknown.",
            )


def _to_appoint(role: Role, scope: object = None) -> str:
    """The form of an appointment, with what is known of it filled in."""
    known = {"role": role.value} | ({"scope": scope} if scope else {})
    return f"{reverse('truthgov:new_appointment')}?{urlencode(known)}"


def _names(records: list[Any]) -> str:
    """All of a few; of many the first, and how many more."""
    names = [str(each) for each in records[:NAMED]]
    return listed(names + ([f"{left} more"] if (left := len(records) - NAMED) > 0 else []))
