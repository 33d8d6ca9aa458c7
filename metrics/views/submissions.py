from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metrics import access, attesting, due
from metrics.ingestion.oddities import NOTICES
from metrics.models import FigureNote, Observation, Submission, Upload
from truthgov import clock
from truthgov.figures import word_figure
from truthgov.http import PersonRequest, signed_in
from truthgov.keyset import turn_to
from truthgov.periods import Grain, Period

PAGE = 30
FILES, PERIODS = 3, 3
"""How many are named: large files of the reader, and periods of a delivery."""


@require_safe
@signed_in
def submissions(request: PersonRequest) -> HttpResponse:
    """The sheets that the reader owes, and every delivery, latest first."""
    delivered = Submission.objects.select_related("source", "function", "person", "key")
    context = {
        "sheets": due.owed_by(request.person),
        "today": clock.today(),
        "uploads": Upload.objects.filter(person=request.person)[:FILES],
        "page": turn_to(request.GET.get("cursor", ""), delivered, ("-entry",), size=PAGE),
    }
    return render(request, "metrics/submissions.html", context)


@require_safe
@signed_in
def submission(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One delivery: by whom, and its figures with what is said of them, attested or not."""
    shown = access.submission_to_read(request.person, pk)
    figures = Observation.objects.filter(submission=shown)
    page = turn_to(
        request.GET.get("cursor", ""),
        figures.select_related("series__measure", "series__segment", "series__source", "definition"),
        ("pk",),
        size=100,
    )
    _tell(page.rows)
    context = {
        "submission": shown,
        "figures": page.rows,
        "page": page,
        "sheets": _periods(page.rows) if shown.function else [],
    }
    return render(request, "metrics/submission.html", context)


def _tell(figures: list[Observation]) -> None:
    """Word each figure of a page, with what it restated and what is said of it."""
    numbers = [figure.pk for figure in figures]
    notes, attested = FigureNote.objects.latest_of(numbers), attesting.attested_observations(numbers)
    restated = Observation.objects.in_bulk([figure.restates for figure in figures if figure.restates])
    for figure in figures:
        unit, earlier = figure.definition.worded_unit, restated.get(figure.restates)
        figure.worded = word_figure(figure.value, unit)  # type: ignore[attr-defined]
        figure.earlier = word_figure(earlier.value, unit) if earlier else None  # type: ignore[attr-defined]
        figure.period = Period.containing(figure.period_start, Grain(figure.definition.grain))  # type: ignore[attr-defined]
        figure.noticed = [NOTICES[code] for code in figure.notices or ()]  # type: ignore[attr-defined]
        figure.note, figure.is_attested = notes.get(figure.pk), figure.pk in attested  # type: ignore[attr-defined]


def _periods(figures: list[Observation]) -> list[Period]:
    """Whose figures these are, the latest first."""
    return sorted({figure.period for figure in figures}, key=lambda period: period.start, reverse=True)[:PERIODS]  # type: ignore[attr-defined]
