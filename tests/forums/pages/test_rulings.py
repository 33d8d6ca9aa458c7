"""What is ruled on a case from its page: cause, snooze, joining, parts, links; files and the case file that go out."""

import hashlib
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from forums.cases.file import file_of, filed
from forums.cases.pdf import told_of
from forums.cases.root_causes import register
from forums.minutes.parts import compose
from forums.minutes.text import draft
from forums.models import AgendaItem
from forums.motions.acts import Resolution
from metrics.gathering import join
from metrics.models import CaseLink, Contradiction, PositionFile, RootCause
from tests.factories.forums import contradiction, in_session, next_meeting, resolving
from tests.factories.metrics import DefinitionFactory, MeasureFactory, SegmentFactory, SeriesFactory
from truthgov import clock
from truthgov.actor import Actor

QUEUE = "/contradictions/"


@pytest.fixture
def case(sales, journey) -> Contradiction:
    """Sales' bookings against the stays of the journey, without figures."""
    kpi = MeasureFactory(code="BOOKINGS", name="Bookings", function=sales)
    DefinitionFactory(measure=kpi)
    return contradiction(kpi)


@pytest.fixture
def same(case) -> Contradiction:
    """Another one of Sales about the same outcome in the same months."""
    kpi = MeasureFactory(code="REVENUE", name="Revenue", function=case.measure.function)
    for each in (case, other := contradiction(kpi, case.other_measure, kind="gaming")):
        Contradiction.objects.filter(pk=each.pk).update(first_period="2026-07-01", last_period="2026-08-01")
    case.refresh_from_db()
    return other


def address(case: Contradiction, act: str = "contradiction") -> str:
    return reverse(f"forums:{act}", args=[case.pk])


def text(response) -> str:
    return response.content.decode()


def listed(browser, query: str = "") -> list[int]:
    return [row.pk for row in browser.get(f"{QUEUE}{query}").context["queue"].rows]


def test_a_case_is_put_down_to_a_cause_and_found_by_it(as_person, truth_owner, outsider, case, same):
    cause = RootCause.objects.on_the_list()[0]
    said = {"cause-cause": cause.pk, "cause-reason": "Both targets cannot be met."}
    as_person(truth_owner).post(address(case, "case_causes"), said)
    page = text(as_person(outsider).get(address(case)))
    assert str(cause) in page
    assert "Both targets cannot be met." in page
    assert listed(as_person(outsider), f"?cause={cause.pk}") == [case.pk]
    line = next(
        line for line in as_person(outsider).get("/root-causes/").context["register"].lines if line.cause == cause
    )
    assert (line.open, line.cases) == (1, 1)


def test_the_list_of_causes_costs_two_queries_however_many_stand_on_it(
    truth_owner, case, same, django_assert_num_queries
):
    for each, cause in zip((case, same), RootCause.objects.all(), strict=False):
        each.name_cause(cause, "Both targets cannot be met.", by=Actor(person=truth_owner))
    with django_assert_num_queries(2):
        lines = register().lines
    assert sum(line.open for line in lines) == 2


def test_the_truth_owner_keeps_the_list_of_causes(as_person, truth_owner, outsider, case):
    browser = as_person(truth_owner)
    browser.post("/root-causes/", {"name": "Bad luck", "explanation": "It happens."})
    cause = RootCause.objects.get(name="Bad luck")
    retire = reverse("forums:cause_retirement", args=[cause.pk])
    assert browser.post(retire, {"retirement-reason": ""}).status_code == 422
    browser.post(retire, {"retirement-reason": "It explains nothing."})
    page = text(as_person(outsider).get("/root-causes/"))
    assert "Retired: It explains nothing." in page
    assert "Add a cause" not in page
    assert "Bad luck" not in text(browser.get(address(case)))


def test_what_is_snoozed_leaves_the_open_list_and_is_listed_as_snoozed(as_person, truth_owner, case, same):
    browser = as_person(truth_owner)
    until = clock.today() + timedelta(days=7)
    browser.post(address(case, "case_snoozes"), {"snooze-until": until, "snooze-reason": "The audit reports soon."})
    assert (listed(browser), listed(browser, "?state=snoozed")) == ([same.pk], [case.pk])
    tabs = {tab.code: tab.count for tab in browser.get(QUEUE).context["queue"].tabs}
    assert (tabs["open"], tabs["snoozed"], tabs["all"]) == (1, 1, 2)
    assert "The audit reports soon." in text(browser.get(address(case)))
    browser.post(address(case, "case_waking"), {"waking-reason": "It came early."})
    assert set(listed(browser)) == {case.pk, same.pk}


def test_a_faulty_snooze_comes_back_with_what_is_wrong(as_person, truth_owner, case):
    response = as_person(truth_owner).post(address(case, "case_snoozes"), {"snooze-until": "", "snooze-reason": ""})
    assert response.status_code == 422
    assert "This field is required" in text(response)


def test_a_snoozed_case_is_not_on_the_next_agenda_and_stands_in_its_minutes(steering, truth_owner, case, same):
    until = clock.today() + timedelta(days=7)
    case.snooze(until=until, reason="The audit reports soon.", by=Actor(person=truth_owner))
    same.declare_false_alarm(reason="A test month.", by=Actor(person=truth_owner))
    third = contradiction(MeasureFactory(code="RATE", function=case.measure.function), case.other_measure)
    meeting = in_session(steering)
    assert list(meeting.items.values_list("subject__reference", flat=True)) == [third.pk]
    item = AgendaItem.objects.get()
    item.decide(resolving(), by=steering.chair)
    meeting.close(by=steering.chair)
    meeting.refresh_from_db()
    minutes = compose(draft(meeting), {})
    assert f"snoozed until {until:%-d %B %Y}, Tomas Truth. The audit reports soon." in minutes
    assert "declared a false alarm. A test month." in minutes


def test_a_snooze_that_ends_brings_the_case_back_to_the_agenda(steering, truth_owner, case):
    case.snooze(until=clock.today(), reason="Until tonight.", by=Actor(person=truth_owner))
    tomorrow = clock.now() + timedelta(days=1)
    with clock.at(tomorrow):
        meeting = next_meeting(steering, clock.today())
        meeting.open(by=steering.chair)
        assert meeting.items.filter(subject__reference=case.pk).exists()


def test_joined_cases_name_each_other(as_person, truth_owner, outsider, case, same):
    as_person(truth_owner).post(address(same, "case_joining"), {"joining-other": case.pk, "joining-reason": "One."})
    assert "was joined to this one" in text(as_person(outsider).get(address(case)))
    assert f"case {case.pk}</a>, which stays" in text(as_person(outsider).get(address(same)))
    assert listed(as_person(outsider), "?state=joined") == [same.pk]


def test_a_segment_with_figures_is_split_off(as_person, truth_owner, outsider, case):
    web = SegmentFactory(key='{"channel":"web"}', values={"channel": "web"})
    phone = SegmentFactory(key='{"channel":"phone"}', values={"channel": "phone"})
    SeriesFactory(measure=case.other_measure, segment=web)
    browser = as_person(truth_owner)
    refused = browser.post(address(case, "case_parts"), {"part-segment": phone.pk, "part-reason": "Differs."})
    assert refused.status_code == 422
    browser.post(address(case, "case_parts"), {"part-segment": web.pk, "part-reason": "On the web it is the price."})
    part = Contradiction.objects.get(segment=web)
    assert "the whole that this one was split off" in text(as_person(outsider).get(address(part)))
    assert "its facts differ" in text(as_person(outsider).get(address(case)))


def test_cases_about_one_outcome_at_one_time_find_each_other(as_person, outsider, case, same):
    assert [each.case for each in as_person(outsider).get(address(case)).context["file"].relations] == [same]
    Contradiction.objects.filter(pk=same.pk).update(first_period="2026-09-01", last_period="2026-09-01")
    assert not as_person(outsider).get(address(case)).context["file"].relations


def test_cases_are_linked_by_hand(as_person, sales_lead, executive, case):
    far = contradiction(MeasureFactory(code="LEADS"), MeasureFactory(code="RETURNS"))
    said = {"link-other": far.pk, "link-reason": "The same campaign."}
    assert as_person(executive).post(address(case, "case_links"), said).status_code == 403
    as_person(sales_lead).post(address(case, "case_links"), said)
    assert CaseLink.objects.get().reason == "The same campaign."
    for each in (case, far):
        assert "The same campaign." in text(as_person(executive).get(address(each)))


def test_cases_about_the_same_measures_are_offered_first(as_person, truth_owner, case):
    far = contradiction(MeasureFactory(code="ABSENCES", name="Absences"), MeasureFactory(code="RETURNS"))
    near = contradiction(MeasureFactory(code="LEADS", name="Leads"), case.other_measure)
    form = as_person(truth_owner).get(address(case)).context["link_form"]
    assert list(form.fields["other"].queryset) == [near, far]


RULINGS = {
    "case_causes": {"cause-reason": "I say so."}, "case_snoozes": {"snooze-reason": "Now."},
    "case_waking": {"waking-reason": "Now."}, "case_joining": {"joining-reason": "Now."},
    "case_parts": {"part-reason": "Now."},
}  # fmt: skip


@pytest.mark.parametrize("who", ["sales_lead", "journey_owner", "executive", "auditor", "administrator"])
def test_the_accused_and_others_rule_on_nothing(as_person, request, who, case):
    browser = as_person(request.getfixturevalue(who))
    for act, said in RULINGS.items():
        assert browser.post(address(case, act), said).status_code == 403
    assert "Snooze it" not in text(browser.get(address(case)))


# --- files ------------------------------------------------------------------------------------------------------------


def taken(case: Contradiction, *files: SimpleUploadedFile) -> dict[str, object]:
    return {"position-scope": case.measure.function.scope.pk, "position-stance": "contested",
            "position-claim": "See the report.", "position-attachments": list(files)}  # fmt: skip


def test_a_file_of_a_position_is_saved_by_whoever_reads_the_case(as_person, sales_lead, outsider, case):
    content = b"%PDF-1.7 figures"
    as_person(sales_lead).post(address(case, "positions"), taken(case, SimpleUploadedFile("../report.pdf", content)))
    kept = PositionFile.objects.get()
    saved = as_person(outsider).get(reverse("forums:position_file", args=[case.pk, kept.pk]))
    assert (saved.content, kept.digest) == (content, hashlib.sha256(content).hexdigest())
    assert saved["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert (saved["X-Content-Type-Options"], "sandbox" in saved["Content-Security-Policy"]) == ("nosniff", True)
    assert "report.pdf" in text(as_person(outsider).get(address(case)))
    other = contradiction(MeasureFactory(code="LEADS"), case.other_measure)
    assert as_person(outsider).get(reverse("forums:position_file", args=[other.pk, kept.pk])).status_code == 404


def test_a_file_of_another_kind_comes_back_with_what_is_wrong(as_person, sales_lead, case):
    page = SimpleUploadedFile("report.pdf", b"<script>alert(1)</script>")
    response = as_person(sales_lead).post(address(case, "positions"), taken(case, page))
    assert response.status_code == 422
    assert "none of the kinds taken in" in text(response)
    assert not case.positions.exists()


# --- the case file ----------------------------------------------------------------------------------------------------


def test_the_case_file_is_the_same_document_for_the_same_record(as_person, sales_lead, outsider, case, same):
    case.take_position(scope=case.measure.function.scope, stance="accepted", claim="# Not *markup* \\\\ #let x = 1",
                       by=Actor(person=sales_lead))  # fmt: skip
    first, again = (as_person(who).get(address(case, "case_pdf")) for who in (outsider, sales_lead))
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert b"pdfuaid:part" in first.content
    assert first.content == again.content
    same.link(case, reason="One campaign.", by=Actor(person=sales_lead))
    assert as_person(outsider).get(address(case, "case_pdf")).content != first.content


@pytest.mark.usefixtures("mandate")
def test_a_case_file_comes_whatever_was_asked(as_person, truth_owner, outsider, case):
    before = as_person(outsider).get(address(case, "case_pdf"))
    said = {"question": "Why 🙂? 日本 \x01", "scope": case.measure.function.scope.pk, "due_on": clock.today()}
    asked = as_person(truth_owner).post(
        address(case, "challenges"), {f"challenge-{name}": value for name, value in said.items()}
    )
    made = as_person(outsider).get(address(case, "case_pdf"))
    assert (asked.status_code, made.status_code, b"pdfuaid:part" in made.content) == (302, 200, True)
    assert made.content != before.content


@pytest.mark.parametrize("name", ["growth", "revenue", "sources"])
def test_a_case_with_figures_has_its_chart_and_segments_in_its_file(as_person, shown, name):
    made = as_person(shown.hotel.executive).get(address(shown.cases[name], "case_pdf"))
    assert (made.status_code, made.content[:5]) == (200, b"%PDF-")
    assert len(made.content) > 20_000


def test_a_severity_is_opened_grade_by_grade(as_person, shown):
    page = as_person(shown.hotel.executive).get(address(shown.cases["growth"]))
    account = page.context["file"].account
    if account is not None:
        assert sum(grade.points for grade in account.grades) == account.points
        assert all(grade.found in unescape(text(page)) for grade in account.grades)


def test_a_decision_is_marked_on_the_chart(as_person, shown):
    chart = as_person(shown.hotel.executive).get(address(shown.cases["revenue"])).context["file"].chart
    assert [told for _, told in chart.decided] == ["Booked revenue is reported net of expected cancellations."]


def test_a_case_with_one_side_has_a_page(as_person, outsider, case):
    alone = contradiction(case.measure, None, other_measure=None, kind="integrity")
    page = as_person(outsider).get(address(alone))
    assert [side.title for side in page.context["file"].sides] == ["What cannot be right"]
    assert as_person(outsider).get(address(alone, "case_pdf")).status_code == 200


# --- with a decision, and late ----------------------------------------------------------------------------------------


def test_a_decision_names_the_root_cause(item, steering, case):
    cause = RootCause.objects.on_the_list()[0]
    remedy_from = clock.today().replace(day=1)
    decision = item.decide(resolving(act=Resolution(remedy_from, cause)), by=steering.chair)
    connection.check_constraints()
    named = case.causes.get()
    assert (named.cause, named.authority, named.reason) == (cause, decision.reference, decision.wording)
    other = contradiction(MeasureFactory(code="LEADS"), case.other_measure)
    borrowed = {"cause": cause, "reason": "Borrowed.", "authority": decision.reference, "at": clock.now()}
    other.causes.create(**borrowed, person=named.person, appointment=named.appointment)
    with pytest.raises(DatabaseError, match="decision on its case"):
        connection.check_constraints()
    transaction.set_rollback(True)


def test_a_decision_wakes_a_case(item, steering, truth_owner, case):
    case.snooze(until=clock.today(), reason="Until tonight.", by=Actor(person=truth_owner))
    item.decide(resolving(), by=steering.chair)
    assert case.snoozes.get().waking.reason == "A forum decided on it."


@pytest.mark.usefixtures("mandate")
def test_a_late_answer_stands_on_the_desks_of_both(as_person, truth_owner, sales_lead, executive, case):
    asked = {"scope": case.measure.function.scope, "question": "What arrived?", "by": Actor(person=truth_owner)}
    case.challenge(**asked, due_on=clock.today())
    with clock.at(clock.now() + timedelta(days=1)):
        kinds = [
            [due.kind for due in as_person(who).get("/").context["desk"].dues if due.title == "What arrived?"]
            for who in (truth_owner, sales_lead, executive)
        ]
        assert kinds == [["Late answer"], ["Challenge"], []]
        assert "escalates by itself" in text(as_person(executive).get(address(case)))


@pytest.mark.usefixtures("mandate")
def test_what_was_asked_on_a_joined_case_is_answered_on_the_page_of_the_one_that_stays(
    as_person, truth_owner, sales_lead, outsider, delivery, case
):
    stays = contradiction(MeasureFactory(code="ORDERS", name="Orders", function=delivery), case.other_measure)
    sales = case.measure.function.scope
    case.challenge(scope=sales, question="What arrived?", due_on=clock.today(), by=Actor(person=truth_owner))
    as_person(truth_owner).post(address(case, "case_joining"), {"joining-other": stays.pk, "joining-reason": "One."})
    browser = as_person(sales_lead)
    (due,) = [due for due in browser.get("/").context["desk"].dues if due.kind == "Challenge"]
    assert due.address == address(stays)
    page = text(browser.get(due.address))
    assert f'on <a href="{address(case)}">case {case.pk}</a>' in page
    said = {"position-scope": sales.pk, "position-stance": "contested", "position-claim": "Half of it."}
    assert browser.post(address(stays, "positions"), said).status_code == 302
    assert not [due for due in browser.get("/").context["desk"].dues if due.kind == "Challenge"]
    page = text(as_person(outsider).get(address(stays)))
    assert "Also heard" in page
    assert page.count("Half of it.") == 2
    assert f"Position taken on case {case.pk}" in page
    told = told_of(file_of(filed(stays), outsider, on=clock.today()))
    assert [(each["of"], each["claim"]) for each in told["others"]] == [("Sales", "Half of it.")]
    assert told["challenges"][0][0] == f"What arrived? (on case {case.pk})"
    assert as_person(outsider).get(address(stays, "case_pdf")).content.startswith(b"%PDF")


@pytest.mark.usefixtures("mandate")
def test_a_position_sent_from_an_old_page_of_a_joined_case_is_taken(as_person, truth_owner, sales_lead, case, same):
    sales = case.measure.function.scope
    case.challenge(scope=sales, question="What arrived?", due_on=clock.today(), by=Actor(person=truth_owner))
    join(case, same, reason="One.", by=Actor(person=truth_owner))
    said = {"position-scope": sales.pk, "position-stance": "contested", "position-claim": "Half of it."}
    assert as_person(sales_lead).post(address(case, "positions"), said).status_code == 302
    again = as_person(sales_lead).post(address(case, "positions"), said)
    assert again.status_code == 409
    assert f"joined to case {same.pk}, which stays" in text(again)
