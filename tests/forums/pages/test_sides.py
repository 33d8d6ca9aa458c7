"""The sides of a case of one measure: the part beside its whole, the step beside what did not step, on page and PDF."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forums.cases.file import CaseFile, file_of, filed, files_of
from forums.cases.pdf import told_of
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Contradiction, Measure, Rule, Segment, Signal, SignalWithdrawal
from tests.factories.forums import contradiction
from tests.factories.metrics import LinkFactory, SegmentFactory, SourceFactory, dimension, measure
from truthgov import clock
from truthgov.actor import Actor
from truthgov.figures import THIN

SHOP = '{"channel":"shop"}'
TODAY = date(2026, 11, 20)


@pytest.fixture
def kept(sales) -> Measure:
    """The share of promises kept: on target as a whole, far off it in the shop."""
    found = measure("journey.kept", outcome=True, target="0.90")
    dimension("channel", "shop", "web")
    push(found, 0.93)
    push(found, 0.70, SHOP)
    push(found, 0.95, '{"channel":"web"}')
    return found


def push(of: Measure, value: float, segment: str = "") -> None:
    source = SourceFactory(code="crm")
    rows = [{"measure": of.code, "period": f"2026-{month:02d}", "segment": segment, "value": f"{value}"}
            for month in range(1, 9)]  # fmt: skip
    ingest(Rows.of(rows), Delivery(channel="api", source=source.code), by=Actor(clockwork="test"))


def found(kind: str, of: Measure, rule: Rule | None = None, **evidence: Any) -> Contradiction:
    """A case of one measure in the shop with what it froze."""
    rule = rule or Rule.objects.get_or_create(kind=kind, measure=of)[0]
    first, other = rule.parties
    case = contradiction(first, other_measure=other, kind=kind, rule=rule, segment=Segment.objects.get(key=SHOP),
                         first_period="2026-08-01", last_period="2026-08-01")  # fmt: skip
    signal_of(case, **evidence)
    return case


def signal_of(case: Contradiction, month: int = 8, **evidence: Any) -> Signal:
    return Signal.objects.create(
        contradiction=case, rule=case.rule, segment=case.segment, period_start=date(2026, month, 1), p_value=0.001,
        effect=0.2, sentence="It fails.", at=case.opened_at, evidence={"figures": {"kpi_value": 0.93}, **evidence},
    )  # fmt: skip


def file(case: Contradiction, reader) -> CaseFile:
    return file_of(filed(case), reader, on=TODAY)


def sides(case: Contradiction, reader) -> list[tuple[str, str, str, str]]:
    return [
        (side.title, side.name, side.standing.figure.text, side.standing.words.split(",")[0])
        for side in file(case, reader).sides
    ]


def test_a_part_that_fails_stands_beside_the_total_that_hides_it(as_person, executive, kept):
    case = found("mix", kept, whole=Segment.objects.whole().pk)
    assert sides(case, executive) == [
        ("The total that hides it", f"{kept.name}, all", f"93.0{THIN}%", "on target"),
        ("The part that fails", f"{kept.name}, channel shop", f"70.0{THIN}%", "off target"),
    ]
    panels = file(case, executive).chart.panels
    assert [(panel.title, float(panel.lines[0].values[-1])) for panel in panels] == [
        (f"{kept.name}, all", 0.93), (f"{kept.name}, channel shop", 0.70),
    ]  # fmt: skip
    page = as_person(executive).get(reverse("forums:contradiction", args=[case.pk])).content.decode()
    assert f'href="{reverse("forums:figure", args=[kept.code, "2026-08"])}?segment=%7B%7D"' in page
    assert page.count("No position taken") == 1


def test_a_part_that_differs_stands_beside_the_whole_it_is_compared_with(executive, kept):
    case = found("inconsistency", kept, whole=Segment.objects.whole().pk)
    assert [(title, figure) for title, _, figure, _ in sides(case, executive)] == [
        ("What is not alike everywhere", f"70.0{THIN}%"), ("What it is compared with", f"93.0{THIN}%"),
    ]  # fmt: skip
    assert len(file(case, executive).chart.panels) == 2


def test_what_a_link_has_compared_is_what_is_not_alike(executive, kept):
    link = LinkFactory(kind="inconsistency", from_measure=measure("sales.calls"), to_measure=kept)
    case = found("inconsistency", kept, Rule.objects.create(kind="inconsistency", link=link),
                 whole=Segment.objects.whole().pk)  # fmt: skip
    told = sides(case, executive)
    assert [(title, name) for title, name, *_ in told] == [
        ("What is not alike everywhere", f"{kept.name}, channel shop"),
        ("What it is compared with", f"{kept.name}, all"),
        ("What it is linked with", f"{link.from_measure.name}, channel shop"),
    ]
    shown = file(case, executive)
    assert [bool(side.scope) for side in shown.sides] == [True, False, True]
    assert dict(shown.findings[0].evidence)[f"{kept.name}, as a whole, in this period alone"] == f"93.0{THIN}%"


def test_what_changed_its_level_stands_beside_the_companion_that_did_not(executive, kept):
    calls = measure("sales.calls", target="0.5")
    push(calls, 0.6, SHOP)
    case = found("definition_break", kept, companion=calls.pk)
    assert sides(case, executive) == [
        ("What changed its level", kept.name, f"70.0{THIN}%", "off target"),
        ("What did not change with it", calls.name, f"60.0{THIN}%", "on target"),
    ]
    assert [panel.title for panel in file(case, executive).chart.panels] == [kept.name, calls.name]


def test_a_step_that_was_judged_alone_stands_alone(executive, kept):
    assert [title for title, *_ in sides(found("definition_break", kept), executive)] == ["What changed its level"]


def test_the_document_shows_the_sides_of_the_page(as_person, executive, kept):
    case = found("mix", kept, whole=Segment.objects.whole().pk)
    told = told_of(file(case, executive))
    assert [(side["title"], side["name"], bool(side["answers"])) for side in told["sides"]] == [
        ("The total that hides it", f"{kept.name}, all", False),
        ("The part that fails", f"{kept.name}, channel shop", True),
    ]
    assert all(f"{kept.name}, {where}" in told["chart"] for where in ("all", "channel shop"))
    assert as_person(executive).get(reverse("forums:case_pdf", args=[case.pk])).status_code == 200


def test_a_part_whose_whole_nobody_named_is_not_called_the_total(executive, kept):
    assert sides(found("mix", kept), executive)[0][:2] == ("The part that fails", kept.name)


def test_the_whole_of_the_latest_finding_that_stands_is_shown(executive, kept):
    city = SegmentFactory(key='{"channel":"shop","hotel":"city"}', values={"channel": "shop", "hotel": "city"})
    case = found("mix", kept, whole=Segment.objects.whole().pk)
    latest = signal_of(case, 9, whole=city.pk)
    assert sides(case, executive)[0][1] == f"{kept.name}, {city}"
    SignalWithdrawal.objects.create(signal=latest, why="Restated.", at=clock.now())
    assert sides(case, executive)[0][1] == f"{kept.name}, all"


def test_a_case_of_many_findings_takes_as_many_queries_as_one_of_few(executive, kept):
    case, taken = found("mix", kept, whole=Segment.objects.whole().pk), []
    for month in (7, 6):
        with CaptureQueriesContext(connection) as queries:
            told_of(file(case, executive))
        taken.append(len(queries))
        signal_of(case, month, whole=Segment.objects.whole().pk)
    assert taken[0] == taken[1]


def test_signals_and_courses_of_many_cases_are_read_together_and_nothing_before_it_is_asked_for(
    executive, kept, django_assert_num_queries
):
    other = measure("journey.other", outcome=True, target="0.90")
    cases = [found("mix", each, whole=Segment.objects.whole().pk) for each in (kept, other)]
    with django_assert_num_queries(0):
        file_of(cases[0], executive, on=TODAY)
    with CaptureQueriesContext(connection) as few:
        files_of({cases[0].pk}, executive, on=TODAY)
    with django_assert_num_queries(len(few) + 1):  # the whole that the other case is held against
        files = files_of({case.pk for case in cases}, executive, on=TODAY)
    with django_assert_num_queries(0):
        assert all(files[case.pk].courses for case in cases)
    for case in cases:
        assert told_of(files[case.pk]) == told_of(file(case, executive))
        assert told_of(files[case.pk], ["sides"]) == {"sides": told_of(file(case, executive))["sides"]}
