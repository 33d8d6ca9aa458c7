from forums.cases.evidence import Reading, lay_out
from truthgov.figures import THIN

FOUND = {
    "kpi_value": 0.12, "value": 0.4413, "reference": 0.3, "effect": 0.1413, "baseline": None, "lower": 0.25,
    "upper": 0.36, "p": 0.00041, "basis": "level", "size": 4925.0,
}  # fmt: skip
EVIDENCE = {
    "figures": FOUND,
    "window": {"from": "2024-11-01", "to": "2026-10-31"},
    "kpi": {"version": 1},
    "outcome": {"version": 2},
    "lag": 0,
    "weight": {"times_the_smallest_that_matters": 2.83, "periods_in_a_row": 4, "share": None},
}


def test_evidence_is_told_in_the_units_of_its_sides():
    told = dict(lay_out(EVIDENCE, Reading("divergence", "Growth", "Cancellations", "ratio", "fraction")))
    assert told["Growth"] == f"+12.0{THIN}%"
    assert told["Cancellations"] == f"44.1{THIN}%"
    assert told["Natural limits"] == f"25.0{THIN}% to 36.0{THIN}%"
    assert told["Worse by"] == f"+14.1{THIN}pp"
    assert told["Under the definitions"] == "Growth, version 1; Cancellations, version 2"
    assert told["Periods in a row"] == "4"
    assert told["Would come about by chance"] == "about once in 2,400 times"


def test_what_is_silent_is_left_out():
    told = dict(lay_out(EVIDENCE, Reading("divergence", "Growth", "Cancellations", "ratio", "fraction")))
    assert not {"Expected from the past", "Share of the whole it touches", "Effect expected"} & set(told)
    assert lay_out({}, Reading("handoff", "A", "B", "count", "count")) == []


def test_a_trend_that_several_periods_told_names_their_mean():
    over = EVIDENCE | {"figures": FOUND | {"window": 4.0, "average": 0.402}}
    alone = EVIDENCE | {"figures": FOUND | {"window": 1.0, "average": 0.4413}}
    reading = Reading("divergence", "Growth", "Cancellations", "ratio", "fraction")
    assert dict(lay_out(over, reading))["Mean over 4 periods"] == f"40.2{THIN}%"
    assert not any(term.startswith("Mean over") for term, _ in lay_out(alone, reading))


def test_two_sources_are_apart_by_a_share_of_the_figure():
    told = dict(lay_out(EVIDENCE, Reading("source_disagreement", "One", "Other", "count", "count")))
    assert told["Worse by"] == f"14.1{THIN}%"
    assert "Natural limits" not in told


def test_a_part_is_told_beside_its_whole_and_the_rest():
    told = dict(lay_out(EVIDENCE, Reading("inconsistency", "Amended", "Amended", "fraction", "fraction")))
    assert told["Amended, as a whole, in this period alone"] == f"12.0{THIN}%"
    assert told["Amended, here"] == f"44.1{THIN}%"
    assert told["The rest"] == f"30.0{THIN}%"
    assert told["Under the definitions"] == "Amended, version 1; Amended, version 2"


def test_a_relation_is_told_as_a_rank_correlation():
    lost = {"kpi_value": 0.02, "value": 0.39, "reference": 0.0, "effect": 0.85, "lower": -0.96, "upper": -0.51}
    told = dict(lay_out({"figures": lost}, Reading("broken_link", "Deposits", "Cancelled", "fraction", "fraction")))
    assert told["Rank correlation now"] == "−0.85"
    assert told["95 % interval now"] == "−0.96 to −0.51"
    assert told["Deposits"] == f"2.0{THIN}%"


def test_figures_that_moved_are_told_as_first_reported_and_as_they_stand():
    told = dict(lay_out(EVIDENCE, Reading("integrity", "Stays", "Stays", "count", "count")))
    assert (told["Stays, first reported"], told["Stays, as it stands"]) == ("0", "0")
    assert told["Moved by"] == f"14.1{THIN}%"


def test_natural_limits_end_where_figures_do():
    wide = {"figures": {"lower": -0.059, "upper": 1.042}}
    told = {kind: dict(lay_out(wide, Reading(kind, "A", "B", "fraction", "fraction"))) for kind in ("mix", "handoff")}
    assert told["mix"]["Natural limits"] == f"0.0{THIN}% to 100.0{THIN}%"
    assert told["handoff"]["Natural limits"] == f"0.0{THIN}% to 104.2{THIN}%"
