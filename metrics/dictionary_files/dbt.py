"""The dbt Semantic Layer: metrics of all types become measures; what computes them is kept in words, not run.

Both ways of writing it are read: `semantic_models` with measures beside `metrics` with `type_params`, and the later one
where a model carries its `semantic_model`, columns and metrics itself.
"""

from typing import Any

from metrics.dictionary_files.foreign import Fate, Foreign
from metrics.models import Definition
from truthgov.periods import Grain
from truthgov.yaml_files import Path

TOP = ("version", "semantic_models", "metrics", "models")
OF_MODEL = ("name", "label", "description", "measures", "dimensions", "entities", "columns", "metrics",
            "semantic_model")  # fmt: skip
OF_METRIC = ("name", "label", "description", "type", "type_params", "time_granularity", "config", "meta", "agg", "expr",
             "numerator", "denominator", "input_metric", "input_metrics", "metrics", "window", "grain_to_date",
             "entity", "calculation", "base_metric", "conversion_metric", "measure", "filter",
             "cumulative_type_params", "conversion_type_params")  # fmt: skip
OF_TYPE = ("measure", "numerator", "denominator", "expr", "metrics", "window", "grain_to_date",
           "cumulative_type_params", "conversion_type_params")  # fmt: skip
OF_COLUMN = ("name", "label", "description", "type", "type_params", "granularity", "dimension", "entity")
ADDED = {"sum", "count", "sum_boolean"}
COUNTED = {"count", "count_distinct", "sum_boolean"}
Said = dict[str, Any]


def from_dbt(foreign: Foreign) -> None:
    """Read the file of a `Foreign` into its document and findings."""
    said = foreign.file.content
    foreign.leave(said, TOP, ())
    measures: dict[str, Said] = {}
    models = foreign.listed(said, "semantic_models", ()) + foreign.listed(said, "models", ())
    for path, model in models:
        measures |= _model(foreign, model, path)
    metrics = [entry for path, model in models for entry in foreign.listed(model, "metrics", path)]
    for path, metric in metrics + foreign.listed(said, "metrics", ()):
        _metric(foreign, metric, path, measures)


def _model(foreign: Foreign, model: Said, path: Path) -> dict[str, Said]:
    """The measures of a model by name; its dimensions and entities are listed as what figures may be cut by."""
    foreign.leave(model, OF_MODEL, path)
    for name in ("dimensions", "entities", "columns"):
        for at, column in foreign.listed(model, name, path):
            _cut(foreign, column, at, name)
    measures = {}
    for at, measure in foreign.listed(model, "measures", path):
        measures[str(measure.get("name"))] = measure
        foreign.find(at, Fate.MAPPED, "what is added up is told in the wording of the metrics that use it.")
        foreign.leave(measure, ("name", "label", "description", "agg", "expr"), at)
    return measures


def _cut(foreign: Foreign, column: Said, path: Path, kind: str) -> None:
    name, role = column.get("name"), column.get("dimension") or column.get("entity")
    foreign.leave(column, OF_COLUMN, path)
    if kind == "columns" and role is None:
        foreign.find(path, Fate.NOT_UNDERSTOOD, f"{name} is a column that no figure is cut by.")
        return
    if column.get("type") == "time" or (isinstance(role, dict) and role.get("type") == "time") or role == "time":
        foreign.find(path, Fate.MAPPED, f"{name} is time: here each measure has its grain.")
        return
    words = f"{name} cuts figures here once its values are declared (they stand in the data, not in this file)."
    foreign.find(path, Fate.MAPPED, words)


def _metric(foreign: Foreign, metric: Said, path: Path, measures: dict[str, Said]) -> None:
    kind = str(metric.get("type") or "simple")
    own = foreign.mapping(metric.get("type_params"), (*path, "type_params"))
    params = metric | own
    foreign.leave(metric, OF_METRIC, path)
    foreign.leave(own, OF_TYPE, (*path, "type_params"))
    if kind not in WORDED:
        foreign.document.fault(foreign.file.place(path), f"{kind} is no type of metric; one of {', '.join(WORDED)} is.")
        return
    wording, terms = WORDED[kind](params, measures)
    foreign.find(path, Fate.MAPPED, f"a {kind} metric, computed where its figures come from: {wording}")
    if (measure := _named(params.get("measure"))) and measure not in measures:
        told = f"its measure {measure} stands in no model of this file; say in words what it counts."
        foreign.find((*path, "measure"), Fate.NOT_UNDERSTOOD, told)
    described = str(metric.get("description") or "").strip()
    texts = {"code": _text(metric.get("name")), "name": _text(metric.get("label") or metric.get("name")), **terms}
    texts["wording"] = f"{described}\n{wording}" if described else wording
    if filtered := metric.get("filter"):
        texts["wording"] += f" Only where {_filter(filtered)}."
    if grain := _grain(foreign, params, path):
        texts["grain"] = grain
    foreign.declare(path, texts, _own(foreign, metric, path))


def _grain(foreign: Foreign, params: Said, path: Path) -> str:
    grain = params.get("time_granularity")
    if grain in list(Grain):
        return str(grain)
    if grain is not None:
        foreign.find((*path, "time_granularity"), Fate.NOT_UNDERSTOOD, f"there is no grain {grain} here.")
    return ""


def _own(foreign: Foreign, metric: Said, path: Path) -> Said:
    """What a metric says for us, under `meta.truthgov` or `config.meta.truthgov`."""
    config = foreign.mapping(metric.get("config"), (*path, "config"))
    meta = foreign.mapping(metric.get("meta") or config.get("meta"), (*path, "meta"))
    foreign.leave(config, ("meta",), (*path, "config"))
    foreign.leave(meta, ("truthgov",), (*path, "meta"))
    return foreign.mapping(meta.get("truthgov"), (*path, "meta", "truthgov"))


def _simple(params: Said, measures: dict[str, Said]) -> tuple[str, dict[str, str]]:
    name = _named(params.get("measure"))
    measure = measures.get(name, {}) if name else params
    agg = str(measure.get("agg") or "").lower()
    words = f"{agg.replace('_', ' ').capitalize() or 'Value'} of {measure.get('expr') or name or params.get('name')}"
    unit = {"unit": Definition.Unit.COUNT.value} if agg in COUNTED else {}
    return f"{words}.", unit | ({"roll_up": Definition.RollUp.SUM.value} if agg in ADDED else {})


def _ratio(params: Said, measures: dict[str, Said]) -> tuple[str, dict[str, str]]:
    above, below = (_named(params.get(name)) for name in ("numerator", "denominator"))
    return f"Numerator: {above}. Denominator: {below}.", {
        "formula": f"{above} / {below}", "roll_up": Definition.RollUp.RATIO.value,
    }  # fmt: skip


def _cumulative(params: Said, measures: dict[str, Said]) -> tuple[str, dict[str, str]]:
    inner = params.get("cumulative_type_params")
    of = params | inner if isinstance(inner, dict) else params
    counted = _named(of.get("measure") or of.get("input_metric") or of.get("metric"))
    if window := of.get("window"):
        return f"{counted}, running over {_window(window)}.", {}
    since = of.get("grain_to_date")
    return f"{counted}, added up since {f'the start of the {since}' if since else 'the beginning'}.", {}


def _derived(params: Said, measures: dict[str, Said]) -> tuple[str, dict[str, str]]:
    inputs = list(params.get("metrics") or params.get("input_metrics") or [])
    told = ", ".join(_input(each) for each in inputs)
    return f"Derived from {told or 'other metrics'}.", {"formula": str(params.get("expr") or "")}


def _conversion(params: Said, measures: dict[str, Said]) -> tuple[str, dict[str, str]]:
    inner = params.get("conversion_type_params")
    of = params | inner if isinstance(inner, dict) else params
    base, converted = (
        _named(of.get(f"{which}_measure") or of.get(f"{which}_metric")) for which in ("base", "conversion")
    )
    within = f" within {_window(of['window'])}" if of.get("window") else ""
    counts = str(of.get("calculation") or "conversion_rate") == "conversions"
    unit = Definition.Unit.COUNT if counts else Definition.Unit.FRACTION
    words = f"{'Number' if counts else 'Share'} of {base} that become {converted}{within}, by {of.get('entity')}."
    return words, {"unit": unit.value, **({} if counts else {"formula": f"{converted} / {base}"})}


WORDED = {
    "simple": _simple, "ratio": _ratio, "cumulative": _cumulative, "derived": _derived, "conversion": _conversion,
}  # fmt: skip


def _named(value: Any) -> str:
    """A metric or measure, which stands by its name or as a mapping that may filter it."""
    if not isinstance(value, dict):
        return _text(value)
    name = _text(value.get("name"))
    return f"{name} where {_filter(value['filter'])}" if value.get("filter") else name


def _input(value: Any) -> str:
    if not isinstance(value, dict):
        return _text(value)
    parts = [_named(value)]
    parts += [f"as {value['alias']}"] if value.get("alias") else []
    parts += [f"{_window(value['offset_window'])} earlier"] if value.get("offset_window") else []
    parts += [f"at the start of the {value['offset_to_grain']}"] if value.get("offset_to_grain") else []
    return " ".join(parts)


def _window(value: Any) -> str:
    return f"{value.get('count')} {value.get('granularity')}" if isinstance(value, dict) else _text(value)


def _filter(value: Any) -> str:
    return " and ".join(map(_text, value)) if isinstance(value, list) else _text(value).strip()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
