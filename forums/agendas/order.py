"""The order of an agenda: items in sections, each section in one piece. Pure: lines in, lines out, nobody is lost.

An agenda is a sequence of lines in the order in which they are taken. The lines of one section stand together; a line
that moves past the edge of its section joins the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Line:
    """An item, by number, and the section that it stands in."""

    item: int
    section: str


def moved(lines: Sequence[Line], item: int, *, down: bool) -> list[Line]:
    """One place up or down; at the edge of its section, into the section beside it; at the end of all, as it was."""
    here, line = _find(lines, item)
    there = here + 1 if down else here - 1
    if not 0 <= there < len(lines):
        return list(lines)
    if lines[there].section != line.section:
        return _with(lines, here, replace(line, section=lines[there].section))
    changed = list(lines)
    changed[here], changed[there] = changed[there], line
    return changed


def placed(lines: Sequence[Line], item: int, *, before: int | None, section: str) -> list[Line]:
    """Directly before another item, in that one's section; without one, at the end of `section`.

    A section that no line is in begins at the end of the agenda.
    """
    if before == item:
        return list(lines)
    _, line = _find(lines, item)
    others = [each for each in lines if each.item != item]
    if before is not None:
        at, target = _find(others, before)
        return [*others[:at], replace(line, section=target.section), *others[at:]]
    at = max((place + 1 for place, each in enumerate(others) if each.section == section), default=len(others))
    return [*others[:at], replace(line, section=section), *others[at:]]


def section_moved(lines: Sequence[Line], section: str, *, down: bool) -> list[Line]:
    """A whole section one place up or down among the sections; at the end of all, as it was."""
    names = sections(lines)
    here = names.index(section)
    there = here + 1 if down else here - 1
    if not 0 <= there < len(names):
        return list(lines)
    names[here], names[there] = names[there], names[here]
    return gathered(lines, names)


def renamed(lines: Sequence[Line], section: str, name: str) -> list[Line]:
    """A section under another name; under that of another section, the two are one."""
    return gathered([replace(each, section=name) if each.section == section else each for each in lines])


def gathered(lines: Sequence[Line], order: Sequence[str] = ()) -> list[Line]:
    """The lines of each section together: the sections of `order` first, then the others as they first appear."""
    names = list(dict.fromkeys([*order, *sections(lines)]))
    return sorted(lines, key=lambda each: names.index(each.section))


def sections(lines: Sequence[Line]) -> list[str]:
    """The names of the sections in their order."""
    return list(dict.fromkeys(each.section for each in lines))


def _find(lines: Sequence[Line], item: int) -> tuple[int, Line]:
    return next((place, each) for place, each in enumerate(lines) if each.item == item)


def _with(lines: Sequence[Line], place: int, line: Line) -> list[Line]:
    return [*lines[:place], line, *lines[place + 1 :]]
