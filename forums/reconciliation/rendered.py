"""The reconciled view as every reader sees it: rendered once, and kept until the next act."""

from datetime import date
from functools import lru_cache

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from forums.reconciliation.page import Band, view_page
from truthgov import audit
from truthgov.periods import Period

KEPT_SECONDS = 300
"""How long at most, so that a new version of the product is soon seen."""
BANDS_KEPT = 200
"""Bands that a process remembers, of a few kilobytes each: an act changes one, and the others stand as they did."""


def rendered_view(period: Period, *, known_on: date | None, compared: bool, today: date) -> str:
    """The HTML of a month's view; the same for every reader, whatever they may do.

    What it shows comes with acts, and the end of the audit names them all; what moves without one (ages, lateness,
    who holds an office) moves by the day. The end is read before the facts: what an act overtakes meanwhile is kept
    under a name that nobody asks for again.
    """
    name = f"view:{audit.end_of_chain()}:{today}:{period.code}:{known_on}:{compared}"
    kept: str | None = caches["pages"].get(name)
    if kept is not None:
        return kept
    page = view_page(period, known_on=known_on, compared=compared)
    rows, bands = [_rendered_row(band) for band in page.bands], [_rendered_band(band) for band in page.bands]
    rendered = render_to_string("forums/_view.html", {"page": page, "rows": rows, "bands": bands})
    caches["pages"].set(name, rendered, KEPT_SECONDS)
    return rendered


@lru_cache(BANDS_KEPT)
def _rendered_band(band: Band) -> SafeString:
    return render_to_string("forums/_band.html", {"band": band})


@lru_cache(BANDS_KEPT)
def _rendered_row(band: Band) -> SafeString:
    return render_to_string("forums/_matrix_row.html", {"band": band})
