from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forums.reconciliation.rendered import rendered_view
from truthgov import clock
from truthgov.errors import InvalidInput
from truthgov.http import PersonRequest, signed_in
from truthgov.knowledge import day_asked
from truthgov.periods import Grain, Period

MONTHS_OFFERED = 24


@require_safe
@signed_in
def view(request: PersonRequest) -> HttpResponse:
    """The reconciled view of a month; month, knowledge and comparison stand in the address."""
    today = clock.today()
    period = _month(request.GET.get("period", ""), today)
    asked: dict[str, Any] = {
        "known_on": day_asked(request.GET.get("known_on", "")), "compared": "compare" in request.GET, "today": today,
    }  # fmt: skip
    rendered = rendered_view(period, **asked)
    return render(
        request, "forums/view.html", {**asked, "period": period, "months": _months(today, period), "rendered": rendered}
    )


def _months(today: date, asked: Period) -> list[Period]:
    """The months that are offered, the latest first: those complete, and the one asked for wherever it lies."""
    this = Period.containing(today, Grain.MONTH)
    offered = {asked, *(this.shift(-back) for back in range(1, MONTHS_OFFERED + 1))}
    return sorted(offered, key=lambda month: month.start, reverse=True)


def _month(text: str, today: date) -> Period:
    """The month asked for; the last complete one where none is."""
    if not text:
        return Period.last_complete(today, Grain.MONTH)
    try:
        return Period.parse(text, Grain.MONTH)
    except ValueError as error:
        raise InvalidInput(
            "Choose a month such as 2026-10.", {"period": f"{text!r} is not a month that is shown."}
        ) from error
