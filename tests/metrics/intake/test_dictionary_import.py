from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from journeys.models import Journey
from metrics.dictionary_files import from_sheets
from metrics.dictionary_import import ImportRefused, declare_dimensions, dimensions_in, import_dictionary
from metrics.models import Definition, DimensionValue, Link, Measure, SourceOfRecord, TouchedSet
from tests.factories.metrics import LinkFactory, SeriesFactory
from truthgov import audit
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import AuditEntry, Function

HEADER = (
    "code,name,function,unit,direction,target,grain,definition,formula,source,role,journey,"
    "red_threshold,min_effect,reliable_from_den"
)
KPI = 'MKT.LEADS,Leads,Marketing & Distribution,count,higher,,month,"All leads, once",count,CRM,functional_kpi,,,,50'
OUTCOME = (
    "JRN.CANCEL,Cancelled,(journey) Book to stay,fraction,lower,0.3,month,Cancelled of all,a/b,PMS,"
    "journey_outcome,Book to stay,0.4,0.05,50"
)
LINKS = "kind,from_measure,to_measure,lag_periods\ndivergence,MKT.LEADS,JRN.CANCEL,1\n"
MEASURES = f"{HEADER}\n{KPI}\n{OUTCOME}\n"


@pytest.fixture
def people(truth_owner, sponsor):
    return {"proposed_by": truth_owner, "approved_by": sponsor, "unguarded_because": "Nobody gains."}


def test_functions_journeys_sources_definitions_and_links_come_in(people):
    changes = import_dictionary(from_sheets(MEASURES, LINKS), **people)
    kpi, outcome = Measure.objects.order_by("-code")
    assert kpi.function == Function.objects.get(name="Marketing & Distribution")
    assert (outcome.function, outcome.journey) == (None, Journey.objects.get(name="Book to stay"))
    definition = outcome.definitions.get()
    assert (definition.status, definition.version, definition.starts_on) == ("approved", 1, None)
    assert (definition.target, definition.decimals, definition.freshness_days) == (Decimal("0.3"), 4, 32)
    assert (definition.proposed_by, definition.approved_by) == (people["proposed_by"], people["approved_by"])
    assert Link.objects.get().lag_periods == 1
    assert {row.source.name for row in SourceOfRecord.objects.all()} == {"CRM", "PMS"}
    assert len(changes) == 11
    assert AuditEntry.objects.get(code="dictionary.imported").data["changes"] == [str(change) for change in changes]


def test_the_same_sheets_again_change_nothing(people):
    import_dictionary(from_sheets(MEASURES, LINKS), **people)
    known = audit.known_now()
    assert not import_dictionary(from_sheets(MEASURES, LINKS), **people)
    assert audit.known_now() == known


@pytest.mark.parametrize(
    ("columns", "of_outcome", "links"),
    [
        ("guards,unguarded_because", ",Counted by the bank.", ""),
        ("unguarded_because,guards", ",", f"{LINKS}gaming,JRN.CANCEL,MKT.LEADS,0\n"),
    ],
)
def test_a_target_is_guarded_from_its_first_version_on(truth_owner, sponsor, columns, of_outcome, links):
    people = {"proposed_by": truth_owner, "approved_by": sponsor}
    with pytest.raises(ImportRefused) as refused:
        import_dictionary(from_sheets(MEASURES, LINKS), **people)
    assert [str(problem) for problem in refused.value.problems] == [
        "measures, line 3: JRN.CANCEL has a target that nothing guards; name a measure that guards it, or say in "
        "unguarded_because why it needs none."
    ]
    import_dictionary(from_sheets(f"{HEADER},{columns}\n{KPI},,\n{OUTCOME},{of_outcome}\n", links), **people)
    assert not Definition.objects.unguarded().exists()


def test_one_reason_for_all_targets_stands_on_record_and_is_given_once(people):
    for _ in range(2):
        import_dictionary(from_sheets(MEASURES, LINKS), **people)
    said = Definition.objects.values_list("measure__code", "unguarded_because")
    assert dict(said) == {"JRN.CANCEL": "Nobody gains.", "MKT.LEADS": ""}


def test_a_dry_run_tells_what_would_change_and_changes_nothing(people):
    changes = import_dictionary(from_sheets(MEASURES, LINKS), **people, dry_run=True)
    assert "Measure MKT.LEADS is new." in map(str, changes)
    assert not Measure.objects.exists()
    assert not AuditEntry.objects.filter(code="dictionary.imported").exists()


def test_a_changed_target_is_a_new_version_from_this_period_on_and_the_old_one_stays(people):
    import_dictionary(from_sheets(MEASURES, LINKS), **people)
    changes = import_dictionary(from_sheets(MEASURES.replace(",0.3,", ",0.25,"), LINKS), **people)
    latest, first = Definition.objects.filter(measure__code="JRN.CANCEL")
    assert [str(change) for change in changes] == [
        f"Definition JRN.CANCEL, version 2 from {latest.starts_on}: target 0.3 → 0.25."
    ]
    assert (first.target, latest.target) == (Decimal("0.3"), Decimal("0.25"))
    assert latest.starts_on.day == 1


def test_every_faulty_line_is_named_and_nothing_comes_in(people):
    faulty = f"{HEADER}\n{KPI}\n{OUTCOME.replace('fraction', 'percentage')}\n{KPI.replace('higher', 'up')}\n{KPI}\n"
    with pytest.raises(ImportRefused) as refused:
        import_dictionary(from_sheets(faulty, "kind,from_measure,to_measure,lag_periods\ndivergence,A,A,x\n"), **people)
    assert {problem.place for problem in refused.value.problems} == {
        "measures, line 3", "measures, line 4", "measures, line 5", "links, line 2",
    }  # fmt: skip
    assert not Measure.objects.exists()
    assert str(refused.value).startswith("4 lines are at fault")
    assert len(set(refused.value.problems)) == len(refused.value.problems)


def test_a_faulty_line_is_counted_and_told_once(people):
    with pytest.raises(ImportRefused, match="1 line is at fault") as refused:
        import_dictionary(from_sheets(f"{HEADER}\n{OUTCOME.replace('fraction', 'parsec')}\n", ""), **people)
    assert [problem.place for problem in refused.value.problems] == ["measures, line 2"]


def test_a_counter_measure_has_somebody_who_answers_for_it(people):
    guard = OUTCOME.replace("journey_outcome", "counter_measure")
    import_dictionary(from_sheets(f"{HEADER}\n{guard}\n"), **people)
    made = Measure.objects.get()
    assert (made.function, made.answering_scope_id) == (None, made.journey.scope_id)
    nobodys = guard.replace("JRN.", "NOB.").replace(",Book to stay,", ",,")
    with pytest.raises(ImportRefused) as refused:
        import_dictionary(from_sheets(f"{HEADER}\n{nobodys}\n"), **people)
    assert "needs the function that answers for it, or its journey" in str(refused.value.problems)


def test_a_link_of_an_unknown_measure_refuses_all(people):
    with pytest.raises(ImportRefused, match="1 line is"):
        import_dictionary(from_sheets(MEASURES, LINKS.replace("JRN.CANCEL", "JRN.CANCELS")), **people)
    assert not Measure.objects.exists()


@pytest.mark.parametrize(("term", "other", "named"), [(",month,", ",week,", "grain"), (",count,", ",EUR,", "unit")])
def test_a_measure_changes_neither_its_grain_nor_its_unit(people, term, other, named):
    import_dictionary(from_sheets(MEASURES, ""), **people)
    with pytest.raises(ImportRefused) as refused:
        import_dictionary(from_sheets(MEASURES.replace(term, other), ""), **people)
    assert f"cannot change its {named}" in refused.value.problems[0].message


def test_a_second_change_in_one_period_holds_from_the_next_and_is_judged_anew(people, organisation):
    import_dictionary(from_sheets(MEASURES, ""), **people)
    SeriesFactory(measure=Measure.objects.get(code="JRN.CANCEL"))
    for target in ("0.25", "0.2"):
        import_dictionary(from_sheets(MEASURES.replace(",0.3,", f",{target},"), ""), **people)
    latest, second, _ = Definition.objects.filter(measure__code="JRN.CANCEL")
    assert latest.starts_on > second.starts_on
    assert [noted.first_periods for noted in TouchedSet.objects.all()] == [[second.starts_on], [latest.starts_on]]


def test_unknown_columns_are_refused(people):
    with pytest.raises(ImportRefused) as refused:
        import_dictionary(from_sheets(MEASURES.replace("min_effect", "min_efect"), ""), **people)
    assert "min_efect" in str(refused.value.problems[0])


def test_nobody_approves_what_they_propose(truth_owner):
    with pytest.raises(Refusal, match="two people"):
        import_dictionary(from_sheets(MEASURES, ""), proposed_by=truth_owner, approved_by=truth_owner)


@pytest.mark.parametrize("side", ["proposed_by", "approved_by"])
def test_who_administers_or_audits_neither_proposes_nor_approves(people, auditor, administrator, side):
    for person in (auditor, administrator):
        with pytest.raises(Refusal, match="administers or audits"):
            import_dictionary(from_sheets(MEASURES, ""), **people | {side: person})
    assert not Measure.objects.exists()


def test_pairs_of_a_kpi_and_an_outcome_are_links(people):
    import_dictionary(from_sheets(MEASURES, "kpi,outcome,lag_periods,journey\nMKT.LEADS,JRN.CANCEL,2,J00\n"), **people)
    link = Link.objects.get()
    assert (link.kind, link.lag_periods) == ("divergence", 2)


def test_a_currency_is_a_unit(people):
    import_dictionary(from_sheets(MEASURES.replace("count,higher", "EUR,higher"), ""), **people)
    definition = Definition.objects.get(measure__code="MKT.LEADS")
    assert (definition.unit, definition.currency, definition.decimals) == ("currency", "EUR", 2)


def test_dimensions_are_declared_once(organisation):
    observed = dimensions_in(['{"channel":"web"}', ' {"channel" : "phone"} ', "{}", "null", "nonsense"])
    assert observed == {"channel": {"web", "phone"}}
    by = Actor(clockwork="test")
    assert declare_dimensions(observed, by=by) == 2
    assert declare_dimensions(observed | {"region": {"north"}}, by=by) == 1
    assert DimensionValue.objects.count() == 3


def test_the_command_imports_and_names_who_answers(people, tmp_path: Path, capsys):
    for name, text in (("m.csv", MEASURES), ("l.csv", LINKS), ("d.csv", "dimension,value\nchannel,web\n")):
        (tmp_path / name).write_text(text)
    sheets = [str(tmp_path / "m.csv"), str(tmp_path / "l.csv"), "--dimensions", str(tmp_path / "d.csv")]
    who = ["--proposed-by", people["proposed_by"].email, "--approved-by", people["approved_by"].email]
    call_command("import_dictionary", *sheets, *who, "--dry-run")
    assert "12 entries would change." in capsys.readouterr().out
    assert not DimensionValue.objects.exists()
    call_command("import_dictionary", *sheets, *who)
    assert "12 entries changed" in capsys.readouterr().out
    reason = Definition.objects.get(measure__code="JRN.CANCEL").unguarded_because
    assert reason == "m.csv has no column for counter-measures or reasons."
    with pytest.raises(CommandError, match="Nobody is enrolled"):
        call_command("import_dictionary", *sheets, "--proposed-by", "x@y.z", *who[2:])


def test_the_command_asks_a_sheet_that_could_say_it_for_guards_or_reasons(people, tmp_path: Path):
    (tmp_path / "m.csv").write_text(f"{HEADER},unguarded_because\n{KPI},\n{OUTCOME},\n")
    who = ["--proposed-by", people["proposed_by"].email, "--approved-by", people["approved_by"].email]
    with pytest.raises(CommandError, match=r"that nothing guards;(.|\n)*--unguarded-because REASON"):
        call_command("import_dictionary", str(tmp_path / "m.csv"), *who)
    call_command("import_dictionary", str(tmp_path / "m.csv"), *who, "--unguarded-because", "Nobody gains.")
    assert not Definition.objects.unguarded().exists()


@pytest.mark.parametrize(("grain", "longest"), [("day", 730), ("week", 104), ("month", 24), ("quarter", 8)])
def test_an_effect_is_expected_within_two_years(people, grain, longest):
    measures = MEASURES.replace(",month,", f",{grain},")
    with pytest.raises(ImportRefused) as refused:
        import_dictionary(from_sheets(measures, LINKS.replace(",1\n", f",{longest + 1}\n")), **people)
    (problem,) = refused.value.problems
    told = f"An effect is expected within two years: choose at most {longest} {grain}s."
    assert (problem.place, problem.message) == ("links, line 2", told)
    import_dictionary(from_sheets(measures, LINKS.replace(",1\n", f",{longest}\n")), **people)
    assert Link.objects.get().lag_periods == longest


def test_a_link_that_was_declared_with_a_longer_lag_stays(people):
    import_dictionary(from_sheets(MEASURES), **people)
    leads, cancelled = (Measure.objects.get(code=code) for code in ("MKT.LEADS", "JRN.CANCEL"))
    LinkFactory(from_measure=leads, to_measure=cancelled, lag_periods=36)
    assert not import_dictionary(from_sheets(MEASURES, LINKS.replace(",1\n", ",36\n")), **people)
