"""What is ruled on a case, from its page and by a decision: cause, snooze, joining, parts, links."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from forums.cases.root_causes import register
from forums.minutes.parts import compose
from forums.minutes.text import draft
from forums.models import AgendaItem
from forums.motions.acts import Resolution
from metrics.models import CaseLink, Contradiction, RootCause
from tests.factories.forums import contradiction, in_session, next_meeting, resolving
from tests.factories.metrics import MeasureFactory, SegmentFactory, SeriesFactory
from tests.forums.pages.rulings.reading import QUEUE, address, listed, text
from truthgov import clock
from truthgov.actor import Actor


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
