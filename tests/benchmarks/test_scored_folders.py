"""Folders of the same form that are written otherwise than ours: `make score` takes them, and says what it did."""

import gzip
import json

import pytest

from benchmarks import scoring
from benchmarks.folder import Folder, FolderFault, Notes, rows_of
from benchmarks.loading import Loading
from benchmarks.observed import Observed
from metrics.models import Reading, SourceOfRecord

MEASURES = """code,name,function,unit,direction,target,grain,definition,formula,source,role,journey
K,Kept,Sales,fraction,higher,0.5,month,Kept orders,k/n,Ledger,functional_kpi,J
O,Served,(journey) J,fraction,higher,0.9,month,Served,o/n,Ledger,journey_outcome,J
"""
LINKS = "kind,from_measure,to_measure,lag_periods\ndivergence,K,O,0\n"
HEADER = "measure_code,period_start,period_end,segment_json,value,numerator,denominator,source"
FIGURES = HEADER + "\n" + "".join(
    f'{code},2024-0{month}-01,2024-0{month}-{last},{{}},0.6,60,100,Ledger\n'
    for code in "KO" for month, last in ((1, 31), (2, 29), (3, 31))
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    def write(measures=MEASURES, links=LINKS, figures=FIGURES, sheet="links.csv"):
        for name, text in (("measures.csv", measures), (sheet, links), ("observations.csv", figures)):
            if text is not None:
                (tmp_path / name).write_text(text)
        return tmp_path

    return write


def loaded(path):
    notes = Notes()
    return Loading(Folder.at(path), notes), list(notes.lines())


def versions(loading):
    return {entry.text("code"): entry.said for entry in loading.document.tables["versions"]}


def observed(*rows, header=HEADER, notes=None):
    lines = [dict(zip(header.split(","), row, strict=True)) for row in rows]
    return Observed(lambda: iter(lines), {}, notes or Notes())


def row(segment="{}", value="0.6", *further, code="K", source="Ledger", numerator="", denominator=""):
    return [code, "2024-01-01", "2024-01-31", segment, value, numerator, denominator, source, *further]


def test_a_folder_of_our_own_form_is_taken_as_it_stands(folder):
    loading, notes = loaded(folder())

    assert not notes
    assert not loading.document.problems
    assert len(loading.document.tables["links"]) == 1


@pytest.mark.parametrize("segment", [{"region": 2}, {"region": "North "}, {"region": 3.5}, {" region": True}])
def test_a_segment_is_told_as_its_sender_spells_it(segment):
    figures = observed(row(json.dumps(segment)))
    (text,) = figures.segments

    assert figures.as_spelled(json.loads(text)) == segment


def test_a_segment_spelled_in_another_order_is_the_same_cell():
    figures = observed(row('{"a": "x", "b": "y"}', "0.6"), row('{"b":"y","a":"x"}', "0.7"))

    assert [[each["value"] for each in batch] for batch in figures.deliveries()] == [["0.6"], ["0.7"]]


def test_the_figure_received_last_stands_wherever_the_file_has_it():
    header = f"{HEADER},received_at"
    figures = observed(
        row("{}", "0.7", "2024-05-01T09:00:00+00:00"), row("{}", "0.6", "2024-02-01T09:00:00Z"), header=header
    )

    assert [each["value"] for batch in figures.deliveries() for each in batch] == ["0.6", "0.7"]


def test_the_figures_of_a_cell_that_do_not_all_say_when_come_as_they_stand():
    figures = observed(row("{}", "0.7", "2024-05-01"), row("{}", "0.6", ""), header=f"{HEADER},received_at")

    assert [each["value"] for batch in figures.deliveries() for each in batch] == ["0.7", "0.6"]


def test_cells_that_come_again_beside_each_other_make_one_further_delivery():
    rows = [row(json.dumps({"n": str(number)}), value) for number in range(50) for value in ("0.6", "0.7")]

    assert [len(batch) for batch in observed(*rows).deliveries()] == [50, 50]


def test_a_part_that_is_not_there_is_read_as_empty_and_told():
    notes = Notes()
    ((record,),) = observed(row(numerator="nan", denominator="NaN"), notes=notes).deliveries()

    assert (record["numerator"], record["denominator"]) == ("", "")
    assert "note: 1 rows: numerator 'nan' is read as empty." in list(notes.lines())


def test_where_a_source_of_record_has_no_figures_the_most_frequent_one_is_taken(folder):
    loading, notes = loaded(folder(figures=FIGURES.replace("Ledger", "Books ")))

    assert {entry.text("source") for entry in loading.document.tables["sources_of_record"]} == {"Books"}
    assert any("no figure comes from its source of record, Ledger; Books" in note for note in notes)


def test_a_source_that_differs_by_spaces_alone_is_the_same(folder):
    loading, notes = loaded(folder(figures=FIGURES.replace("Ledger", " Ledger ")))

    assert not notes
    assert loading.observed.sources == {"Ledger"}


def test_figures_without_a_source_come_from_the_source_of_record(folder):
    short = "\n".join(line.rpartition(",")[0] for line in FIGURES.splitlines())

    assert loaded(folder(figures=short))[0].observed.sources == {"Ledger"}


@pytest.mark.parametrize(("said", "unit"), [
    ("Fraction", "fraction"), ("seconds", "minutes"), ("score", "index"), ("€", "EUR"), ("kEUR", "EUR"),
    ("NPS", "index"), ("", "index"), ("number", "count"), ("hrs", "hours"),
    ("kg", "index"), ("GBP", "GBP"), ("rate", "fraction"),
])  # fmt: skip
def test_a_unit_is_taken_as_the_nearest_of_ours(folder, said, unit):
    loading, _ = loaded(folder(MEASURES.replace("Sales,fraction", f"Sales,{said}")))

    assert versions(loading)["K"]["unit"] == unit


def test_percent_becomes_a_fraction_with_its_figures_and_its_target(folder):
    measures = MEASURES.replace("Sales,fraction,higher,0.5", "Sales,percent,higher,50")
    loading, notes = loaded(folder(measures, figures=FIGURES.replace("{},0.6,", "{},60,")))
    (records,) = loading.observed.deliveries()

    assert (versions(loading)["K"]["unit"], str(versions(loading)["K"]["target"])) == ("fraction", "0.5")
    assert {record["value"] for record in records} == {"0.6"}
    assert any("divided by 100" in note for note in notes)


def test_a_figure_that_cannot_be_so_does_not_hide_the_scale_of_the_others():
    rows = [row(value="60", numerator="60", denominator="100")] * 30
    rows.append(row(value="130", numerator="60", denominator="100"))

    assert observed(*rows).measures["K"].scale == 100


def test_percent_without_parts_stays_on_its_own_scale(folder):
    measures = MEASURES.replace("Sales,fraction,higher,0.5", "Sales,percent,higher,50")
    loading, _ = loaded(folder(measures, figures=FIGURES.replace("{},0.6,60,100", "{},60,,")))

    assert (versions(loading)["K"]["unit"], str(versions(loading)["K"]["target"])) == ("index", "50")
    assert loading.observed.divisors["K"] == 1


@pytest.mark.parametrize(("said", "target"), [
    ("0.9000000000000001", "0.9"), ("90%", "0.9"), (">= 0.9", "0.9"), ("90", "0.9"), ("nan", None), ("soon", None),
])  # fmt: skip
def test_a_target_is_read_as_the_dictionary_takes_it(folder, said, target):
    said = versions(loaded(folder(MEASURES.replace(",0.9,", f",{said},")))[0])["O"]["target"]

    assert (None if said is None else f"{said.normalize():f}") == target


@pytest.mark.parametrize(("before", "after"), [
    ("J)", "J)"), ("Kept orders,k/n", ","), ("Ledger,functional", ",functional"),
    ("fraction,higher,0.5", "fraction,,0.5"), ("fraction,higher,0.5", "fraction,Neutral,0.5"),
    ("month,Kept", "Monthly,Kept"), ("month,Kept", "year,Kept"), ("Sales", "(journey) J"), ("functional_kpi", "KPI"),
    ("Sales", ""), ("journey_outcome,J", "journey_outcome,"),
])  # fmt: skip
def test_a_line_that_the_dictionary_would_refuse_is_made_to_fit(folder, before, after):
    loading, _ = loaded(folder(MEASURES.replace(before, after)))

    assert not loading.document.problems
    assert set(versions(loading)) == {"K", "O"}
    assert {str(said["grain"]) for said in versions(loading).values()} == {"month"}


def test_a_column_that_we_do_not_know_is_left_out_and_told(folder):
    measures = "\n".join(
        f"{line},{tail}" for line, tail in zip(MEASURES.splitlines(), ("owner", "me", "me"), strict=True)
    )
    loading, notes = loaded(folder(measures))

    assert set(versions(loading)) == {"K", "O"}
    assert notes == ["note: measures, owner: is no column of the dictionary and is not read."]


@pytest.mark.parametrize("links", [
    "divergence,K,O,1.0\n", "Divergence,K,O,\n", "divergence,K,O,0\ndivergence,K,O,1\n",
    "divergence,K,O,0\nmix,O,O,0\n", "divergence,K,O,0\ndivergence,K,Z,0\n",
    "divergence,K,O,0\nsource_disagreement,K,O,0\n", "divergence,K,O,0\nmix,K,O,-1\n",
])  # fmt: skip
def test_a_link_that_does_not_fit_is_left_out_and_the_others_stand(folder, links):
    loading, notes = loaded(folder(links=f"kind,from_measure,to_measure,lag_periods\n{links}"))

    assert not loading.document.problems
    assert len(loading.document.tables["links"]) == 1
    assert len(notes) == links.count("\n") - 1


@pytest.mark.parametrize("pairs", ["journey,kpi,outcome,lag_periods\nJ,K,O,2\n", "kpi,outcome,lag_periods\nK,O,2\n"])
def test_pairs_are_read_by_the_names_of_their_columns(folder, pairs):
    (link,) = loaded(folder(links=pairs, sheet="pairs.csv"))[0].document.tables["links"]

    assert (link.text("from_measure"), link.text("to_measure"), link.text("lag_periods")) == ("K", "O", "2")


def test_a_folder_without_links_is_taken_and_told(folder):
    loading, notes = loaded(folder(links=None))

    assert not loading.document.problems
    assert len(notes) == 1


@pytest.mark.parametrize("form", ["plain", "packed", "marked"])
def test_figures_may_be_packed_or_marked_or_lack_cells(folder, form):
    path = folder(figures="\n".join([*FIGURES.splitlines(), "K,2024-04-01", ""]))
    plain = path / "observations.csv"
    if form == "packed":
        (path / "observations.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
    elif form == "marked":
        plain.write_text(plain.read_text(), encoding="utf-8-sig")

    assert len(list(rows_of(Folder.at(path).observations))) == 7


@pytest.mark.parametrize("spoil", [
    lambda path: (path / "observations.csv").unlink(),
    lambda path: (path / "observations.csv").write_text("a;b\n1;2\n"),
    lambda path: (path / "measures.csv").write_bytes("code,name\nK,Qualität\n".encode("latin-1")),
    lambda path: (path / "links.csv").write_text("a,b\n"),
])  # fmt: skip
def test_a_folder_that_cannot_be_read_says_so(folder, spoil):
    path = folder()
    spoil(path)

    with pytest.raises(FolderFault):
        loaded(path)


def test_labels_that_cannot_be_scored_are_left_out_and_told(tmp_path):
    good = {
        "segment": {},
        "period": {"start": "2024-01-01", "end": "2024-01-31"},
        "expected": "flag",
        "function_kpi": "K",
    }
    (tmp_path / "planted.json").write_text(json.dumps([good, good | {"expected": "maybe"}]), encoding="utf-8-sig")
    notes = Notes()

    assert scoring.entries(tmp_path / "planted.json", notes) == [good]
    assert len(list(notes.lines())) == 1
    assert list(scoring.table([], [good], by="tier"))


def test_what_intake_refuses_of_a_folder_is_told_by_code(folder, db):
    figures = f"{FIGURES}K,2024-04-01,2024-05-01,{{}},0.5,,,Books\nO,2024-04-01,2024-04-30,{{}},nan,,,Ledger\n"
    loading, _ = loaded(folder(figures=figures))
    loading.declare()
    counts = loading.take_in()

    assert (counts.accepted, dict(counts.refused)) == (6, {"period_misaligned": 1, "not_a_number": 1})
    assert any(line.startswith("refused: 1 rows as not_a_number; the first: 'nan'") for line in counts.lines())
    assert Reading.objects.count() == 6
    assert SourceOfRecord.objects.filter(source__name="Ledger").count() == 2
