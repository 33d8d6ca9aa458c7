"""Alerts against labels. Pure.

An alert hits a label when segment and measures agree, the periods overlap, and the families are the same. Labels of
GUARDED families are hit only by alerts that name them; the CLOSE ones count as divergence. A side that names one
measure only agrees with any that has it. A label that says flag is found (TP) or missed (FN); one that says no_flag
gives a false alarm (FP) or not (TN); ambiguous ones are counted, never scored.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.folder import FolderFault, Notes

COLUMNS = ("function_kpi", "outcome", "segment_json", "period_start", "period_end", "family")
GUARDED = {"source", "integrity", "definition", "variance"}
CLOSE = {"gaming", "handoff", "mix"}
SCORES = {"flag": ("FN", "TP"), "no_flag": ("TN", "FP"), "ambiguous": ("amb", "amb")}
ALL = "ALL"

Alert = dict[str, str]
Entry = dict[str, Any]


def entries(path: Path, notes: Notes) -> list[Entry]:
    """The labels of a file: a list of them, or an object that holds one; those that cannot be scored are left out.

    FolderFault where the file cannot be read.
    """
    try:
        held = json.loads(path.read_text("utf-8-sig"))
        listed = held["entries"] if isinstance(held, dict) else list(held)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise FolderFault(f"{path.name} holds no list of labels: {error!r}.") from error
    readable = [entry for entry in listed if _is_readable(entry)]
    if len(readable) < len(listed):
        notes.count(f"labels of {path.name} that name no segment, period or known verdict are left out.",
                    len(listed) - len(readable))  # fmt: skip
    return readable


def _is_readable(entry: Any) -> bool:
    try:
        _segment(entry["segment"])
        return entry["expected"] in SCORES and _day(entry["period"]["start"]) <= _day(entry["period"]["end"])
    except (ValueError, KeyError, TypeError):
        return False


def table(alerts: Sequence[Alert], labels: Iterable[Entry], *, by: str) -> Iterator[str]:
    """The counts and rates of alerts against labels, a line a value of `by` (kind, tier, family) and one for all."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    of_segment: dict[str, list[tuple[int, Alert]]] = defaultdict(list)
    for number, alert in enumerate(alerts):
        of_segment[_segment(alert["segment_json"])].append((number, alert))
    scored: set[int] = set()
    for label in labels:
        hits = [number for number, alert in of_segment[_segment(label["segment"])] if is_hit(alert, label)]
        if label["expected"] != "ambiguous":
            scored.update(hits)
        score = SCORES[label["expected"]][bool(hits)]
        counts[label.get(by) or "-"][score] += 1
        counts[ALL][score] += 1
    yield f"alerts {len(alerts)}, of which hit no scored entry: {len(alerts) - len(scored)}"
    for name in sorted(counts, key=lambda name: (name == ALL, name)):
        yield _line(name, counts[name])


def is_hit(alert: Alert, label: Entry) -> bool:
    """Does an alert of the label's segment speak of what is labelled?"""
    overlap = _day(alert["period_start"]) <= _day(label["period"]["end"]) and _day(label["period"]["start"]) <= _day(
        alert["period_end"]
    )
    return overlap and _same_measures(alert, label) and _same_family(alert["family"], label.get("family"))


def _same_measures(alert: Alert, label: Entry) -> bool:
    told, meant = (
        {each for each in (side.get("function_kpi"), side.get("outcome")) if each} for side in (alert, label)
    )
    return told == meant or (len(told) == 1 and told <= meant) or (len(meant) == 1 and meant <= told)


def _same_family(told: str, meant: str | None) -> bool:
    if meant in GUARDED:
        return told == meant
    return not told or not meant or _broad(told) == _broad(meant)


def _broad(family: str) -> str:
    return "divergence" if family in CLOSE else family


def _segment(held: str | dict[str, Any] | None) -> str:
    return json.dumps(held if isinstance(held, dict) else json.loads(held or "{}"), sort_keys=True)


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _line(name: str, count: Counter[str]) -> str:
    found, missed, alarms, quiet = (count[score] for score in ("TP", "FN", "FP", "TN"))
    rates = (_rate(found, found + missed), _rate(found, found + alarms), _rate(alarms, alarms + quiet))
    return (
        f"{name:32s} TP {found:5d} FN {missed:5d} FP {alarms:5d} TN {quiet:6d} amb {count['amb']:5d} | "
        "recall {:.3f} precision {:.3f} false-alarm rate {:.4f}".format(*rates)
    )


def _rate(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
