"""Where the pages stand, in the order in which people work: decide, measure, account for."""

from dataclasses import dataclass
from functools import cache

from django.urls import Resolver404, get_urlconf, resolve


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    label: str
    path: str

    def holds(self, path: str) -> bool:
        """Say whether the page at a path belongs to this entry; the desk is only itself."""
        return path == self.path if self.path == "/" else path.startswith(self.path)


SECTIONS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "Decide",
        (
            Place("Desk", "/"),
            Place("Reconciled view", "/view/"),
            Place("Contradictions", "/contradictions/"),
            Place("Meetings", "/meetings/"),
            Place("Forums", "/forums/"),
            Place("Decisions", "/decisions/"),
            Place("Actions", "/actions/"),
        ),
    ),
    (
        "Measure",
        (
            Place("Journeys", "/journeys/"),
            Place("Dictionary", "/dictionary/"),
            Place("Figures due", "/figures/due/"),
            Place("Rules", "/rules/"),
            Place("Restatements", "/restatements/"),
            Place("Trust", "/trust/"),
            Place("Submit figures", "/submissions/"),
            Place("Sources & feeds", "/feeds/"),
        ),
    ),
    ("Account for", (Place("People", "/people/"), Place("Audit", "/audit/"), Place("Keys", "/keys/"))),
)


def standing_sections() -> tuple[tuple[str, tuple[Place, ...]], ...]:
    """Give the entries whose page exists in this installation."""
    return _standing(get_urlconf())


@cache
def _standing(urlconf: str | None) -> tuple[tuple[str, tuple[Place, ...]], ...]:
    # By path, not by name: the pages belong to rooms that import this one, and only they know their names.
    sections = ((title, tuple(place for place in places if _exists(place, urlconf))) for title, places in SECTIONS)
    return tuple((title, places) for title, places in sections if places)


def _exists(place: Place, urlconf: str | None) -> bool:
    try:
        resolve(place.path, urlconf)
    except Resolver404:
        return False
    return True
