"""Which column of a large file says what: the template's names, or those of the API. Pure."""

from collections.abc import Collection, Sequence

from metrics.handing_in.sheet_template import FIGURES, HELP, PART
from truthgov.errors import InvalidInput

NAMES = {"measure_code": "measure", "segment_json": "segment", "note": "reason"}
KNOWN = {"measure", "period", "period_start", "period_end", "segment", "source", "reason", *FIGURES, *HELP}
PERIODS = ({"period"}, {"period_start", "period_end"})


def named(header: Sequence[str], dimensions: Collection[str]) -> list[str]:
    """The columns by the names they have here. InvalidInput where one is unknown, missing or there twice."""
    names = [NAMES.get(name, name) for name in header]
    unknown = [name for name in names if name not in KNOWN and name.removeprefix(PART) not in dimensions]
    given = set(names) & {"period", "period_start", "period_end"}
    missing = [name for name in ("measure",) if name not in names]
    missing += [] if given in PERIODS else ["period (or period_start and period_end)"]
    missing += [] if set(FIGURES) & set(names) else ["value"]
    parts = "segment" in names and any(name.startswith(PART) for name in names)
    if unknown or missing or parts or len(set(names)) != len(names):
        raise InvalidInput(
            f"The first row lacks columns ({', '.join(missing) or 'none'}), has unknown ones "
            f"({', '.join(unknown)[:200] or 'none'}), or says one thing twice; keep the template’s first row, or name "
            "them measure, period, segment, value, numerator, denominator, source, note."
        )
    return names
