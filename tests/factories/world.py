"""One of everything that an address can name, around the cast: what the table of routes is tried on."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from forums.agendas.publishing import publish
from forums.charters import days_off
from forums.charters.terms import steering
from forums.models import Correction, DecisionRule, DecisionType, Escalation, Objection, Question, Way
from forums.motions.acts import Ruling
from forums.motions.motion import Motion
from journeys.models import Journey
from metrics import keys
from metrics.dictionary_files.foreign import Answers
from metrics.dictionary_import import proposing
from metrics.handing_in import attesting, due
from metrics.handing_in.absences import declare_unavailable
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import (
    Contradiction,
    Definition,
    Draft,
    Feed,
    Observation,
    Reading,
    Rebasing,
    RootCause,
    Rule,
    Upload,
)
from metrics.rules.terms import Tuning
from metrics.rules.tuning import propose_version
from tests.factories.forums import (
    Steering,
    contradiction,
    in_session,
    item_about,
    next_meeting,
    resolving,
    sealed,
    steering_forum,
)
from tests.factories.metrics import DefinitionFactory, LinkFactory, SourceFactory, SourceOfRecordFactory, measure
from tests.factories.people import AppointmentFactory, PersonFactory
from truthgov import appointing, audit, clock, mandates
from truthgov.actor import Actor
from truthgov.intake import attach
from truthgov.models import Function, Person, Role
from truthgov.periods import Grain, Period


@dataclass
class World:
    """The cast by role, the names that stand in addresses, and a key that pushes figures."""

    people: dict[str, Person]
    names: dict[str, Any] = field(default_factory=dict)
    key: str = ""


def everything(people: dict[str, Person], sales: Function, delivery: Function, journey: Journey) -> World:
    """Made by the product's own verbs. The lead of Sales is accused, owns an action and is challenged."""
    world = World(people)
    by = {role: Actor(person=person) for role, person in people.items()}
    powers = {"challenge", "escalate", "force"}
    mandates.grant("Challenge, escalate, force.", powers, starts_on=clock.today(), by=by["sponsor"])
    members = [people[role] for role in ("lead", "other lead", "executive")]
    ways = {DecisionType.POLICY: Way(DecisionRule.CONSENT, may_overrule=True)}
    forum = steering_forum(people["truth owner"], people["sponsor"], members, ways=ways)
    people["secretary"] = forum.secretary
    _name_people(world, sales, by)
    _name_journey(world, journey, sales, delivery, by)
    _name_figures(world, sales, by)
    _name_meetings(world, forum)
    world.names["entry"] = audit.known_now()
    return world


def _name_people(world: World, sales: Function, by: dict[str, Actor]) -> None:
    newcomer = PersonFactory(name="Nora Newcomer", email="nora@example.org")
    proposed = appointing.propose(
        newcomer,
        Role.AUDITOR,
        AppointmentFactory(role=Role.EXECUTIVE).scope,
        starts_on=clock.today(),
        by=by["administrator"],
    )
    held = world.people["lead"].appointments.get(scope=sales.scope)
    world.names |= {"person": newcomer.pk, "proposed": proposed.pk, "held": held.pk}


def _name_journey(world: World, journey: Journey, sales: Function, delivery: Function, by: dict[str, Actor]) -> None:
    owner = by["journey owner"]
    first, second = (journey.add_stage(name, who, by=owner) for name, who in (("Book", sales), ("Stay", delivery)))
    handoff = journey.add_handoff(first, second, promise="A room", arrival="Any room", by=owner)
    world.names |= {"journey": journey.code, "stage": first.pk, "handoff": handoff.pk}


def _name_figures(world: World, sales: Function, by: dict[str, Actor]) -> None:
    period = Period.containing(clock.today(), Grain.MONTH).shift(-1)
    case = contradiction(measure("sales.conversion", roll_up="ratio"), measure("journey.stays", outcome=True))
    crm = SourceFactory(code="crm")
    SourceOfRecordFactory(measure=case.measure, source=crm)
    position = case.take_position(
        scope=sales.scope, stance="contested", claim="See the report.", files=[attach("report.pdf", b"%PDF-1.7")],
        by=by["lead"],
    )  # fmt: skip
    world.names |= {"position_file": position.files.get().pk, "root_cause": RootCause.objects.all()[0].pk}
    rows = Rows.of([{"measure": case.measure.code, "period": period.code, "value": "0.184"}])
    outcome = ingest(rows, Delivery("form", source="crm", function_id=sales.pk), by=by["lead"])
    if outcome.submission is None:
        raise AssertionError("the figure was on record already")
    Draft.objects.keep(world.people["lead"], sales.scope, period.code, {})
    held = by["lead"].acting_under(world.people["lead"].appointments.get(scope=sales.scope))
    upload = Upload.objects.receive(
        BytesIO(b"measure"), name="years.csv", size=7, scope=sales.scope, code=period.code, source="", by=held
    )
    world.names["upload"] = upload.pk
    anew = Rows.of([{"measure": case.measure.code, "period": period.code, "value": "0.2", "reason": "recounted"}])
    ingest(anew, Delivery("form", source="crm", function_id=sales.pk), by=by["lead"])
    _name_what_is_said(world, sales, period, by["lead"])
    _name_imports(world, by)
    feed = Feed.connect(
        name="CRM nightly", source=crm, function=sales, url="https://crm.example.org", format="json",
        mapping={"measure": "kpi", "period": "month", "value": "rate"}, by=by["lead"],
    )  # fmt: skip
    feed.run_soon(by=by["lead"])
    key, world.key = keys.issue(
        "Nightly push", functions=[sales], sources=[crm], expires_at=clock.now() + timedelta(30), by=by["administrator"]
    )
    proposed = DefinitionFactory(
        measure=case.measure, version=2, status=Definition.Status.PROPOSED, approved_by=None, approved_at=None
    )
    _name_what_judges(world, case, by["lead"])
    world.names |= {
        "measure": case.measure.code, "definition": proposed.version, "period": period.code, "case": case.pk,
        "submission": outcome.submission.pk, "feed": feed.pk, "feed_run": feed.runs.get().pk,
        "key": key.public_id, "supplier": sales.scope_id,
        "restatement": Observation.objects.get(restates__isnull=False).pk,
        "function": sales.code,
        "observation": Reading.objects.get(series__measure=case.measure).observation_id,
    }  # fmt: skip


def _name_what_judges(world: World, case: Contradiction, lead: Actor) -> None:
    """The lead has proposed to switch off the rule on a link, and to set the limits of a chart anew."""
    link = LinkFactory(from_measure=case.measure, to_measure=case.other_measure)
    rule = Rule.objects.create(kind=Rule.Kind.DIVERGENCE, link=link)
    starts, off = Period.containing(clock.today(), Grain.MONTH).start, Tuning(state="off")
    tuned = propose_version(rule, off, starts_on=starts, reason="Judged elsewhere.", by=lead)
    rebasing = Rebasing.objects.create(
        measure=case.measure, segment=case.segment, starts_on=starts, reason="Another process.",
        proposed_by=tuned.proposed_by, appointment=tuned.appointment, proposed_at=clock.now(),
    )  # fmt: skip
    world.names |= {"rule": rule.pk, "rule_version": tuned.version, "link": link.pk, "rebasing": rebasing.pk}


def _name_what_is_said(world: World, sales: Function, period: Period, lead: Actor) -> None:
    """The lead stands behind a period, and says of the one before that there is no figure."""
    sheet, earlier = (due.sheet(sales.scope, each.code) for each in (period, period.shift(-1)))
    if sheet is None or earlier is None:
        raise AssertionError("nothing is due")
    appointment = world.people["lead"].appointments.get(scope=sales.scope)
    said = declare_unavailable(earlier, earlier.cells[0], "The CRM was moved.", by=lead.acting_under(appointment))
    attestation = attesting.attest(sheet, seen=attesting.digest_of(sheet), by=lead)
    world.names |= {"absence": said.pk, "attestation": attestation.pk, "source": "crm"}


def _name_imports(world: World, by: dict[str, Actor]) -> None:
    """The lead has proposed one file of the dictionary, and drafted another."""
    file = b"truthgov_dictionary: 1\nsources: [ERP]\n"
    proposed = proposing.draft_import("erp.yaml", file, Answers(), by=by["lead"])
    proposing.propose_import(proposed, reason="Finance reports too.", by=by["lead"])
    draft = proposing.draft_import("erp.yaml", file, Answers(), by=by["lead"])
    world.names |= {"import": proposed.pk, "import_draft": draft.pk, "ending": "yaml"}


def _name_meetings(world: World, forum: Steering) -> None:
    earlier = in_session(forum, date.today() - timedelta(56)).close(by=forum.chair)
    sealed(earlier, forum, date.today() - timedelta(55))
    correction = Correction.objects.make(earlier, "Steering", "Steering, at the sea", "It was.", by=forum.chair)
    held = in_session(forum, date.today() - timedelta(28))
    item = held.items.get(subject__kind="contradiction", subject__reference=world.names["case"])
    decision = item.decide(resolving(), by=forum.chair)
    action = decision.actions.create(
        title="Report net bookings", owner=world.people["lead"], due_on=date.today() + timedelta(7)
    )
    shown = decision.actions.create(title="Count", owner=world.people["lead"], due_on=date.today())
    proof = shown.report_done("Counted.", [attach("count.pdf", b"%PDF-1.7")], by=Actor(person=world.people["lead"]))
    minutes = held.close(by=forum.chair)
    minutes.circulate(by=forum.chair)
    amendment = minutes.propose_amendment("present", "By train.", "Left out.", by=Actor(person=world.people["lead"]))
    other = contradiction(measure("sales.leads", unit="count"), measure("journey.returns", outcome=True))
    sitting = in_session(forum)
    escalation = Escalation.objects.take(
        forum.chair, reason="Beyond the forum.", due_on=date.today() + timedelta(7), contradiction=other
    )
    coming = next_meeting(forum, date.today() + timedelta(28))
    coming.draft_agenda(by=forum.chair)
    publication = publish(coming, by=forum.chair)
    item = item_about(sitting, other)
    question = Question.objects.put(item, Motion(Ruling(), "Stays are what counts."), by=forum.chair)
    objection = Objection.objects.raise_to(question, "Not to Finance.", by=Actor(person=world.people["executive"]))
    world.names |= {
        "question": question.pk, "objection": objection.pk,
        "published_meeting": coming.pk, "publication": publication.number,
        "meeting": sitting.pk, "item": item.pk, "held_meeting": held.pk,
        "sealed_meeting": earlier.meeting_id, "correction": correction.pk, "amendment": amendment.pk,
        "minutes_item": sitting.items.get(subject__kind="minutes", subject__reference=minutes.pk).pk,
        "register_ending": "json", "done_action": shown.pk, "proof_file": proof.files.get().pk,
        "decision": decision.pk, "action": action.pk, "escalation": escalation.pk, "forum": forum.forum.code,
        "day_off": days_off.declare(date(2030, 12, 24), "Christmas Eve", by=forum.chair).pk,
        "charter": forum.forum.propose_charter(steering(date.today()), by=forum.chair).version,
    }  # fmt: skip
