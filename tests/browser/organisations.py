"""What stands in the addresses of pages: one record of each noun, of the organisation that is looked at."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from config.demo import loading, moved
from config.demo.cast import ADMINISTRATOR, AUDITOR, EXECUTIVES, LEADS, SPONSOR, TRUTH_OWNER, Cast, Part
from forums.charters.terms import steering
from forums.models import Action, AgendaItem, Decision, Escalation, Forum, Meeting
from journeys.models import Handoff, Journey, Stage
from metrics.dictionary_files.foreign import Answers
from metrics.dictionary_import import proposing
from metrics.models import (
    Contradiction,
    DictionaryImport,
    Feed,
    FeedRun,
    Link,
    Measure,
    Observation,
    RuleVersion,
    Source,
    Submission,
    Upload,
)
from metrics.uploads import working
from truthgov import appointing, audit
from truthgov.models import Appointment, Function, Key, Person, Role

PASSWORD = "correct horse battery"
Names = dict[str, Any]
LEAD = LEADS[0]
READERS: dict[str, Part | None] = {
    "truth owner": TRUTH_OWNER,
    "function lead": LEAD,
    "executive": EXECUTIVES[0],
    "auditor": AUDITOR,
    "administrator": ADMINISTRATOR,
    "sponsor": SPONSOR,
    "signed out": None,
}


def furnish_hotels() -> None:
    """The demonstration organisation, and what it does not have: a feed, a proposed appointment, a charter to come."""
    cast = loading.load(PASSWORD, tell=lambda line: None)
    feed = Feed.connect(
        name="CRM nightly", source=Source.objects.all()[0], function=Function.objects.get(name=LEAD.over),
        url="https://crm.example.org/figures", format="json",
        mapping={"measure": "kpi", "period": "month", "value": "rate"}, by=cast.actor(LEAD),
    )  # fmt: skip
    feed.backfill(month := moved.last_complete_month(date.today()), month, by=cast.actor(LEAD))
    file = proposing.draft_import(
        "erp.yaml", b"truthgov_dictionary: 1\nsources: [ERP]\n", Answers(), by=cast.actor(LEAD)
    )
    proposing.propose_import(file, reason="Finance reports too.", by=cast.actor(LEAD))
    _send_large_file(cast)
    _propose_auditor(cast)
    Forum.objects.get(code="steering").propose_charter(
        steering(date.today() + timedelta(60), quorum=6), by=cast.actor(TRUTH_OWNER)
    )


def _send_large_file(cast: Cast) -> None:
    """The lead has sent a file, which was read, and of which a row is refused."""
    content = b"measure,period,value,source,note\nHT.NOTHING,2026-09,0.2,erp,\n"
    lead = Appointment.objects.get(role=Role.FUNCTION_LEAD, scope__name=LEAD.over)
    Upload.objects.receive(
        BytesIO(content), name="years.csv", size=len(content), scope=lead.scope, source="",
        code=moved.last_complete_month(date.today()).code, by=cast.actor(LEAD).acting_under(lead),
    )  # fmt: skip
    working.work()


def furnish_newcomers() -> None:
    """People with their appointments, and nothing else: no journey, measure, figure, forum."""
    cast = Cast(PASSWORD, date.today())
    cast.found()
    _propose_auditor(cast)


def _propose_auditor(cast: Cast) -> None:
    appointing.propose(
        cast[LEADS[5]], Role.AUDITOR, cast.scope_of(AUDITOR), starts_on=date.today(), by=cast.actor(ADMINISTRATOR)
    )


ORGANISATIONS: dict[str, Callable[[], None]] = {"hotels": furnish_hotels, "newcomers": furnish_newcomers}


def names() -> Names:
    """What the table of routes calls its samples, of the organisation in the database; None where it has none."""
    held = Meeting.objects.filter(status=Meeting.Status.SEALED).first()
    coming = Meeting.objects.filter(status=Meeting.Status.SCHEDULED, forum__code="steering").first()
    case = Contradiction.objects.filter(status=Contradiction.Status.IN_REMEDY).by_severity().first()
    lead = Appointment.objects.get(role=Role.FUNCTION_LEAD, scope__name=LEAD.over)
    waiting = RuleVersion.objects.waiting().first()
    return {
        "person": lead.person_id,
        "proposed": _key(Appointment.objects.filter(status=Appointment.Status.PROPOSED)),
        "held": lead.pk,
        "entry": audit.known_now(),
        "journey": Journey.objects.values_list("code", flat=True).first(),
        "stage": _key(Stage.objects.all()),
        "handoff": _key(Handoff.objects.all()),
        "supplier": lead.scope_id,
        "period": moved.last_complete_month(date.today()).code,
        "submission": _key(Submission.objects.all()),
        "feed": _key(Feed.objects.all()),
        "feed_run": _key(FeedRun.objects.all()),
        "upload": _key(Upload.objects.all()),
        "import": _key(DictionaryImport.objects.all()),
        "function": Function.objects.filter(name=LEAD.over).values_list("code", flat=True).first(),
        "restatement": _key(Observation.objects.filter(restates__isnull=False)),
        "key": Key.objects.values_list("public_id", flat=True).first(),
        "measure": Measure.objects.filter(code="HT.JRN.CANCEL").values_list("code", flat=True).first(),
        "case": case and case.pk,
        "forum": Forum.objects.filter(code="steering").values_list("code", flat=True).first(),
        "meeting": coming and coming.pk,
        "held_meeting": held and held.pk,
        "item": _key(AgendaItem.objects.all()),
        "decision": _key(Decision.objects.all()),
        "action": _key(Action.objects.all()),
        "escalation": _key(Escalation.objects.open()),
        "link": _key(Link.objects.all()),
        "rule": waiting and waiting.rule_id,
        "rule_version": waiting and waiting.version,
    }


def people() -> dict[str, Person]:
    return {person.email: person for person in Person.objects.all()}


def _key(records: Any) -> Any:
    return records.values_list("pk", flat=True).first()
