"""What everybody owes, as every reader sees it: rendered once, and kept until the next act."""

from django.core.cache import caches
from django.template.loader import render_to_string

from metrics.handing_in import due
from truthgov import audit, clock

KEPT_SECONDS = 300
"""How long at most, so that a new version of the product is soon seen."""


def rendered_due() -> str:
    """The HTML of all sheets that lack something, the late ones first.

    It takes a look at every cell there is, to show a line a sheet. What it shows comes with acts, and the end of the
    audit names them all; what is late moves by the day. The end is read before the facts: what an act overtakes
    meanwhile is kept under a name that nobody asks for again.
    """
    today = clock.today()
    name = f"due:{audit.end_of_chain()}:{today}"
    kept: str | None = caches["pages"].get(name)
    if kept is not None:
        return kept
    rows = [(sheet, sheet.late(on=today)) for sheet in due.owed_by_all()]
    context = {
        "rows": sorted(rows, key=lambda row: (not row[1], row[0].due_on)),
        "late": sum(late for _, late in rows),
        "today": today,
    }
    rendered = render_to_string("metrics/_due.html", context)
    caches["pages"].set(name, rendered, KEPT_SECONDS)
    return rendered
