"""When a journey works, since when it fails, and what a function may claim. Pure: figures in, verdicts out."""

from collections.abc import Collection, Iterable
from enum import StrEnum


class Verdict(StrEnum):
    WORKING = "working"
    FAILING = "failing"
    UNKNOWN = "unknown"


def verdict_of(required: Iterable[bool | None]) -> Verdict:
    """Any required outcome off target: failing. Else any unknown, or none required: unknown. Else working."""
    met = list(required)
    if False in met:
        return Verdict.FAILING
    return Verdict.UNKNOWN if None in met or not met else Verdict.WORKING


def off_target_for(met: Iterable[bool | None]) -> int:
    """How many periods a run off target has lasted, counted from the latest back; 0 when the latest one was not.

    A period without a figure neither ends a run nor begins one. No more is read than the run is long.
    """
    length = 0
    for back, each in enumerate(met, start=1):
        if each is True or (each is None and back == 1):
            break
        if each is False:
            length = back
    return length


class Standing(StrEnum):
    """What stands of a function's claim."""

    CLAIMABLE = "claimable"
    NOT_CLAIMABLE = "not_claimable"
    OFF_TARGET = "off_target"
    NOTHING = "nothing"


def standing_of(is_met: bool | None, journeys: dict[str, Verdict], *, has_target: bool) -> tuple[Standing, str]:
    """Whether a KPI may be claimed while the journeys its links reach stand as they do, and why not."""
    if is_met is None:
        return Standing.NOTHING, "no figure" if has_target else "no target to meet"
    if not is_met:
        return Standing.OFF_TARGET, "off its own target"
    if not journeys:
        return Standing.NOT_CLAIMABLE, "serves no outcome"
    failing = [name for name, verdict in journeys.items() if verdict is Verdict.FAILING]
    if failing:
        return Standing.NOT_CLAIMABLE, f"{listed(failing)} {_number(failing, 'fails its', 'fail their')} customers"
    unknown = [name for name, verdict in journeys.items() if verdict is Verdict.UNKNOWN]
    if unknown:
        return Standing.NOT_CLAIMABLE, f"{listed(unknown)} {_number(unknown, 'is', 'are')} unknown"
    return Standing.CLAIMABLE, f"{listed(list(journeys))} {_number(journeys, 'works', 'work')}"


def _number(named: Collection[str], one: str, many: str) -> str:
    """The verb that goes with so many names."""
    return one if len(named) == 1 else many


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
