"""The register of restatements, the page of one, and where else it is said that a figure was restated."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection

from forums.cases.file import file_of, filed
from forums.cases.pdf import told_of
from forums.meetings.schedule import schedule_meeting
from forums.models import Decision, Forum
from forums.restatements.register import COLUMNS, sheet
from forums.restatements.reliance import VIEWS, cited, with_relied
from metrics.figures.restatements import Asked, restated
from metrics.models import Observation, Reading, Signal
from tests.showcase.figures import RECORD, reading, restate, submit
from truthgov import clock
from truthgov.actor import Actor

REGISTER = "/restatements/"
CANCELLED = "HT.JRN.CANCEL"
REVIEWED, UNREVIEWED = date(2026, 8, 1), date(2026, 10, 1)
"""August was looked at in September; October has had no meeting yet."""
QUERIES = 8


@pytest.fixture
def august(shown):
    """The figure that signals, a decision and September's view lean on, restated."""
    return restate(shown.hotel, CANCELLED, REVIEWED, Decimal("0.25"), "a late correction")


@pytest.fixture
def twice(shown, august):
    """The same figure, restated once more."""
    return restate(shown.hotel, CANCELLED, REVIEWED, Decimal("0.275"), "a later correction")


@pytest.fixture
def browser(as_person, outsider):
    return as_person(outsider)


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def listed(browser, query: str = "") -> list[int]:
    return [row.restatement.number for row in browser.get(f"{REGISTER}?{query}").context["register"].rows]


def restate_many(shown, count: int) -> None:
    """One delivery that restates readings of every measure."""
    submission = submit(shown.hotel.leads["Reservations"], restated=count, reason="recounted")
    for earlier in list(Reading.objects.filter(period_start=UNREVIEWED)[:count]):
        later = Observation.objects.create(
            series_id=earlier.series_id, period_start=UNREVIEWED, value=earlier.value + 1, reason="recounted",
            definition_id=earlier.definition_id, submission=submission, restates=earlier.observation_id,
        )  # fmt: skip
        Reading.objects.filter(series_id=earlier.series_id, period_start=UNREVIEWED).delete()
        reading(later).save(force_insert=True)


def test_the_page_tells_the_change_and_names_what_relied_on_the_old_figure(browser, august):
    told = text(browser.get(f"{REGISTER}{august.pk}/"))
    assert "→ 25.0\u202f%" in told
    assert "a late correction" in told
    assert "Rosa Pires" in told
    decision = Decision.objects.get(observations__contains=[august.restates])
    assert f'href="/decisions/{decision.pk}/"' in told
    assert f'href="/meetings/{decision.meeting_id}/minutes/"' in told
    cases = set(Signal.objects.filter(observations__contains=[august.restates]).values_list("contradiction", flat=True))
    assert len(cases) > 1
    assert all(f'href="/contradictions/{case}/"' in told for case in cases)


def test_a_decision_that_leaned_on_it_says_what_the_figure_became(browser, twice, august):
    decision = Decision.objects.get(observations__contains=[august.restates])
    assert f'href="{REGISTER}{twice.pk}/"' in text(browser.get(f"/decisions/{decision.pk}/"))
    told = browser.get(f"/api/v1/decisions/{decision.pk}").json()
    assert (told["restated"], told["observations"]) == ([twice.pk], decision.observations)


def test_a_decision_none_of_whose_figures_changed_says_nothing_of_it(browser, shown):
    decision = Decision.objects.exclude(observations=[])[0]
    assert 'id="restated-since"' not in text(browser.get(f"/decisions/{decision.pk}/"))
    assert browser.get(f"/api/v1/decisions/{decision.pk}").json()["restated"] == []


def test_a_finding_that_leaned_on_it_says_what_became_of_the_figure(browser, august):
    about = Signal.objects.filter(observations__contains=[august.restates])[0]
    case, became = f"/contradictions/{about.contradiction_id}/", re.compile(r">\d\d\.\d\u202f% became 25\.0\u202f%</a>")
    said = len(became.findall(text(browser.get(case))))
    assert said
    about.pk, about.period_start, about.observations = None, date(2020, 1, 1), [august.restates, august.pk]
    about.save(force_insert=True)
    assert len(became.findall(text(browser.get(case)))) == said


def test_a_figure_restated_twice_is_told_as_it_is_now(as_person, browser, shown, twice):
    """Not as it was in between, which stands nowhere any more."""
    about = Signal.objects.filter(observations__contains=[Observation.objects.get(pk=twice.restates).restates])[0]
    assert re.search(r"% became 27\.5\u202f%", text(browser.get(f"/contradictions/{about.contradiction_id}/")))
    file = file_of(filed(about.contradiction), shown.hotel.truth_owner, on=clock.today())
    assert any("became 27.5\u202f%." in sentence for _, sentence in told_of(file)["signals"])
    meeting = Forum.objects.get().meetings.latest("slot")
    for told in (
        text(as_person(shown.hotel.truth_owner).get(f"/meetings/{meeting.pk}/minutes/")),
        text(browser.get("/view/?period=2026-08")),
    ):
        said = told[told.index('id="restated-since"') :].split("</ul>")[0]
        assert "1 figure of the frozen view was restated since" in said
        assert ">27.5\u202f%</strong>" in said
        assert f'href="{REGISTER}{twice.pk}/"' in said


def test_what_was_found_because_of_it_did_not_rely_on_it(shown, august):
    """A signal that cites both figures is about the restatement."""
    relied = cited([august.restates])[august.restates].signals
    about = Signal.objects.get(pk=relied[0])
    about.pk, about.period_start, about.observations = None, date(2020, 1, 1), [august.restates, august.pk]
    about.save(force_insert=True)
    assert cited([august.restates])[august.restates].signals == relied
    assert with_relied(Observation.objects.filter(pk=august.pk)).get().signals == relied


def test_frozen_views_are_looked_up_and_not_read(shown):
    """Even of few: they are large, and were read and compared for every figure asked about."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {VIEWS}", [[1, 2, 3]])
        assert "snapshots_by_what_they_show" in "".join(line for (line,) in cursor.fetchall())


def test_what_nobody_relied_on_says_so(browser, shown):
    again = restate(shown.hotel, "HT.JRN.REPEAT", UNREVIEWED, Decimal("0.9"), "recounted")
    assert "Nothing on record" in text(browser.get(f"{REGISTER}{again.pk}/"))


def test_a_figure_that_restates_nothing_has_no_such_page(browser, august):
    assert browser.get(f"{REGISTER}{august.restates}/").status_code == 404


def test_the_register_names_what_relied_on_each(browser, august):
    told = text(browser.get(REGISTER))
    assert "1 decision, 1 frozen view" in told
    assert "After its view was frozen" in told
    assert "Material" in told


@pytest.mark.parametrize(("query", "found"), [
    (f"measure={CANCELLED}&since=2020-01-01", True), ("measure=HT.JRN.REPEAT", False), ("function=finance", False),
    ("period=2026-08", True), ("period=2026-07", False), ("material=true", True), ("material=false", False),
    ("sealed=true", True), ("sealed=false", False), ("since=2099-01-01", False), ("until=2020-01-01", False),
    ("until=9999-12-31", True),
    ("batch=01990000-0000-7000-8000-000000000000", False),
])  # fmt: skip
def test_the_register_is_narrowed_in_the_address(browser, august, query, found):
    assert (august.pk in listed(browser, query)) is found


def test_a_small_restatement_is_found_as_one(browser, shown):
    standing = Reading.objects.get(
        series__measure__code=CANCELLED, series__segment__key="{}", series__source__name=RECORD, period_start=UNREVIEWED
    )
    small = restate(shown.hotel, CANCELLED, UNREVIEWED, standing.value * Decimal("1.001"), "one guest more")
    assert small.pk in listed(browser, "material=false&sealed=false")
    assert small.pk not in listed(browser, "material=true")


@pytest.mark.parametrize("query", ["measure=nothing-like-it", "period=soon", "since=soon", "material=huge"])
def test_a_filter_that_cannot_be_read_says_what_to_write(browser, shown, query):
    assert browser.get(f"{REGISTER}?{query}").status_code == 422


def test_nothing_restated_is_said_with_what_belongs_here(browser, db):
    assert "No figure was restated here" in text(browser.get(REGISTER))


def test_the_register_turns_by_its_cursor_at_a_fixed_cost(browser, shown, django_assert_num_queries):
    browser.get(REGISTER)
    with django_assert_num_queries(QUERIES):
        few = browser.get(REGISTER)
    restate_many(shown, 40)
    with django_assert_num_queries(QUERIES):
        first = browser.get(REGISTER)
    assert len(few.context["register"].rows) < 3
    following = first.context["register"].page.next_cursor
    seen = {row.restatement.number for row in first.context["register"].rows}
    rest = listed(browser, f"cursor={following}")
    assert not seen & set(rest)
    assert len(seen) + len(rest) == Observation.objects.filter(restates__isnull=False).count()


def test_the_sheet_costs_one_query_however_long(shown, django_assert_num_queries):
    restate_many(shown, 40)
    with django_assert_num_queries(1):
        assert len(list(sheet(restated(Asked())))) >= 40


def test_the_sheet_holds_what_the_filters_find(browser, august, shown):
    restate_many(shown, 3)
    sent = b"".join(browser.get(f"{REGISTER}restatements.csv?measure={CANCELLED}&period=2026-08").streaming_content)
    [row] = csv.DictReader(StringIO(sent.decode()))
    assert tuple(row) == COLUMNS
    assert (row["new"], row["material"], row["sealed"]) == ("0.25", "yes", "yes")
    assert row["decisions"] == str(Decision.objects.get(observations__contains=[august.restates]).pk)


def test_the_minutes_and_the_view_say_which_frozen_figures_were_restated_since(as_person, browser, shown, august):
    meeting = Forum.objects.get().meetings.latest("slot")
    for response in (
        as_person(shown.hotel.truth_owner).get(f"/meetings/{meeting.pk}/minutes/"),
        browser.get("/view/?period=2026-08"),
    ):
        told = text(response)
        assert "1 figure of the frozen view was restated since" in told
        assert f'href="{REGISTER}{august.pk}/"' in told
    assert f'href="{REGISTER}?measure={CANCELLED}&amp;sealed=true"' in text(browser.get("/view/?period=2026-08"))


def test_a_view_of_figures_that_stand_says_nothing(browser, shown):
    assert "restated since" not in text(browser.get("/view/?period=2026-08"))


def test_a_view_as_known_before_knows_of_no_later_restatement_nor_review(browser, shown, august):
    restated_on = clock.local_day(august.submission.received_at)
    before = text(browser.get(f"/view/?period=2026-08&known_on={restated_on - timedelta(days=1)}"))
    assert "Reviewed by" in before
    assert "restated since" not in before
    assert "Reviewed by" not in text(browser.get("/view/?period=2026-08&known_on=2026-08-20"))


def test_the_truth_owner_finds_it_on_the_desk_until_the_forum_took_note(as_person, shown, august):
    owner, lead = as_person(shown.hotel.truth_owner), as_person(shown.hotel.leads["Reservations"])
    address = f'href="{REGISTER}{august.pk}/"'
    assert address in text(owner.get("/"))
    assert address not in text(lead.get("/"))
    forum, chair = Forum.objects.get(), Actor(person=shown.hotel.truth_owner)
    meeting = schedule_meeting(forum, forum.charters.get(), date.today() + timedelta(days=1))
    meeting.open(by=chair)
    item = meeting.items.get(subject__kind="restatement")
    papers = text(owner.get(f"/meetings/{meeting.pk}/?item={item.pk}"))
    assert "What relied on the old figure" in papers
    assert owner.post(f"/items/{item.pk}/notings/", {"reason": "The group was counted twice."}).status_code == 302
    assert address not in text(owner.get("/"))
    told = text(owner.get(f"{REGISTER}{august.pk}/"))
    assert "The group was counted twice." in told
