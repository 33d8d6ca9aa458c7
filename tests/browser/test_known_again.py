"""What the demonstration's meetings knew can be worked out again, whatever has been done since."""

import pytest
from django.apps import apps
from django.db.models import Exists, OuterRef

from forums.models import Decision, Meeting, ViewSnapshot
from forums.reconciliation.reconciled import reconciled_view
from journeys.models import Journey
from metrics.dictionary.target_conditions import approve_target_condition
from metrics.figures import verifying
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Contradiction, Measure, Observation, Reading, RootCause, Source, SourceOfRecord
from tests.factories.metrics import (
    DefinitionFactory,
    LinkFactory,
    MeasureFactory,
    OutcomeFactory,
    SegmentFactory,
    measure,
)
from truthgov import audit, clock, rows
from truthgov.actor import Actor
from truthgov.acts import ActField
from truthgov.models import AuditEntry, Person
from truthgov.periods import Grain, Period

pytestmark = pytest.mark.xdist_group("pages")
CLOCKWORK = Actor(clockwork="test")


def kept() -> set[tuple[Period, int, str]]:
    """Of each decision and each frozen view: its month, the moment of knowledge, and the hash of what was shown."""
    decided = {(each.meeting.period, each.known_entry, each.view_hash) for each in Decision.objects.all()}
    return decided | {(each.meeting.period, each.known_entry, each.hash) for each in ViewSnapshot.objects.all()}


def worked_out_again() -> set[tuple[Period, int, str]]:
    return {(period, entry, reconciled_view(period, known_at=entry).hash) for period, entry, _ in kept()}


def actor(first_name: str) -> Actor:
    return Actor(person=Person.objects.get(email=f"{first_name}@atlantic-hotels.example"))


def restate_what_was_shown(month: Period) -> None:
    """Every figure of a measure's months up to a meeting's is another by a tenth now."""
    outcome = Measure.objects.filter(kind=Measure.Kind.JOURNEY_OUTCOME, definitions__unit="fraction").first()
    assert outcome is not None
    shown = Reading.objects.filter(
        series__measure=outcome, series__segment__key="{}", period_start__gte=month.shift(-6).start
    ).select_related("series__source")
    rows = [
        {"measure": outcome.code, "period": Period.containing(each.period_start, Grain.MONTH).code,
         "source": each.series.source.code, "value": str(each.value * 9 / 10), "reason": "Counted again."}
        for each in shown
    ]  # fmt: skip
    before = Observation.objects.count()
    ingest(Rows.of(rows), Delivery(channel="api"), by=CLOCKWORK)
    assert Observation.objects.count() >= before + 6


def widen_the_dictionary() -> None:
    """A journey, and in one that was there an outcome and a KPI that serves it, counted since ever."""
    Journey.establish("Complaint to amends", by=actor("teresa"))
    old = Journey.objects.get(name="Book-to-stay")
    with audit.act():
        kpi, outcome = measure("NEW.KPI", target="0.5"), OutcomeFactory(code="NEW.OUTCOME", journey=old)
        DefinitionFactory(measure=outcome, target="0.5")
        LinkFactory(from_measure=kpi, to_measure=outcome)
        audit.record("measure.declared", outcome, by=CLOCKWORK)
    demanded = {outcome: 50} | dict.fromkeys(old.measures.filter(required_by__isnull=False).distinct(), 50)
    starts_on = max(condition.starts_on for condition in old.target_conditions.all())
    approve_target_condition(
        old, demanded, starts_on=starts_on, proposed_by=actor("joana").person, by=actor("teresa")
    )  # fmt: skip


def stir_the_cases() -> None:
    Contradiction.surface(
        kind="divergence", measure=MeasureFactory(code="NEW.KPI"), other_measure=None, segment=SegmentFactory(),
        statement="It fails.", by=actor("teresa"),
    )  # fmt: skip
    for case in Contradiction.objects.live()[:3]:
        with audit.act():
            case.note("linked", by=CLOCKWORK, reason="It has to do with another.")
    with audit.act():
        named = SourceOfRecord.objects.create(
            measure=Measure.objects.filter(kind=Measure.Kind.JOURNEY_OUTCOME, sources_of_record__authority="")
            .exclude(sources_of_record__authority__gt="")[0],
            source=Source.objects.create(code="new", name="New"), named_at=clock.now(),
            proposed_by=actor("joana").person, approved_by=actor("teresa").person,
        )  # fmt: skip
        audit.record("source_of_record.named", named, by=CLOCKWORK)


def test_what_was_shown_can_be_worked_out_again_whatever_has_been_done_since(hotels):
    shown = kept()
    assert len({entry for _, entry, _ in shown}) > Meeting.objects.filter(view__isnull=False).count() > 0
    assert worked_out_again() == shown
    latest = max(period.start for period, _, _ in shown)
    restate_what_was_shown(Period.containing(latest, Grain.MONTH))
    assert verifying.looked_at().faults == []
    widen_the_dictionary()
    stir_the_cases()
    assert worked_out_again() == shown
    now = reconciled_view(Period.containing(latest, Grain.MONTH))
    assert now.hash not in {value for _, _, value in shown}


def test_whatever_an_act_wrote_leads_to_its_entries(hotels):
    told = AuditEntry.objects.filter(act=OuterRef("act"))
    written = [each for each in apps.get_models() if any(isinstance(one, ActField) for one in each._meta.fields)]
    astray = {model.__name__: model.objects.filter(~Exists(told)).count() for model in written}
    brought = {"RootCause": RootCause.objects.filter(added_by=None).count()}  # by truthgov itself
    assert astray == dict.fromkeys(astray, 0) | brought
    assert {"Signal", "Decision", "Definition"} <= {model.__name__ for model in written if model.objects.exists()}


def test_whatever_an_act_wrote_or_changed_is_what_its_entries_tell(hotels):
    found = rows.standing()
    assert found.faults == []
    assert found.held > 1_000
