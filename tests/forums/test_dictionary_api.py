"""Where a measure's figures come from and lead to, and what a version that waits would touch, over REST."""

from decimal import Decimal

from metrics.models import Definition
from tests.factories.metrics import DefinitionFactory, LinkFactory, SeriesFactory, SourceFactory, measure

AT = "/api/v1/measures"


def test_a_measure_s_lineage_leads_from_source_to_journey(as_person, outsider):
    won, lost = measure("WON", unit="count", roll_up="sum"), measure("LOST", unit="count", roll_up="sum")
    rate, stays = measure("RATE", roll_up="ratio", derivation="share(WON, LOST)"), measure("STAYS", outcome=True)
    LinkFactory(from_measure=rate, to_measure=stays)
    SeriesFactory(measure=won, source=SourceFactory(code="crm"))
    told = as_person(outsider).get(f"{AT}/RATE/lineage").json()
    assert {(each["start"], each["end"]) for each in told["edges"]} == {
        ("source:crm", "measure:WON"), ("measure:WON", "measure:RATE"), ("measure:LOST", "measure:RATE"),
        ("measure:RATE", "measure:STAYS"), ("measure:STAYS", f"journey:{stays.journey.code}"),
    }  # fmt: skip
    assert {each["id"] for each in told["nodes"] if each["derived"]} == {"measure:RATE"}
    assert {each["name"] for each in told["nodes"]} >= {won.name, lost.name, stays.journey.name}
    assert as_person(outsider).get(f"{AT}/NONE/lineage").status_code == 404


def test_what_a_version_would_touch_is_told_while_it_waits(as_person, outsider, sales_lead):
    made, stays = (
        measure("WON", target=Decimal("0.3"), unguarded_because="Nobody gains."),
        measure("STAYS", outcome=True),
    )
    LinkFactory(from_measure=made, to_measure=stays)
    waits = DefinitionFactory(
        measure=made, version=2, target=Decimal("0.5"), status=Definition.Status.PROPOSED, proposed_by=sales_lead,
        approved_by=None, approved_at=None,
    )  # fmt: skip
    told = as_person(outsider).get(f"{AT}/WON/definitions/2/impact").json()
    assert (told["version"], told["impact"]["Links"]) == (waits.version, f"{made} serves {stays}")
    assert {"label": "Target", "before": "30.0\u202f%", "after": "50.0\u202f%"} in told["changes"]
    assert as_person(outsider).get(f"{AT}/WON/definitions/1/impact").status_code == 404
