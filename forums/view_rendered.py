"""The reconciled view as every reader sees it: rendered once, and kept until the next act."""

from datetime import date

from django.core.cache import cache
from django.template.loader import render_to_string

from forums.view_page import view_page
from truthgov import audit
from truthgov.periods import Period

KEPT_SECONDS = 300
"""How long at most, so that a new version of the product is soon seen."""


def rendered_view(period: Period, *, known_on: date | None, compared: bool, today: date) -> str:
    """The HTML of a month's view; the same for every reader, whatever they may do.

    What it shows comes with acts, and the end of the audit names them all; what moves without one (ages, lateness,
    who holds an office) moves by the day. The end is read before the facts: what an act overtakes meanwhile is kept
    under a name that nobody asks for again.
    """
    name = f"view:{audit.end_of_chain()}:{today}:{period.code}:{known_on}:{compared}"
    kept: str | None = cache.get(name)
    if kept is not None:
        return kept
    page = view_page(period, known_on=known_on, compared=compared)
    rendered = render_to_string("forums/_view.html", {"page": page})
    cache.set(name, rendered, KEPT_SECONDS)
    return rendered
