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

PAGE = 30
FILES = 3
"""Large files of the reader that are listed."""


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
    numbers = [figure.pk for figure in page.rows]
    notes, attested = FigureNote.objects.latest_of(numbers), attesting.attested_observations(numbers)
    for figure in page.rows:
        figure.worded = word_figure(figure.value, figure.definition.worded_unit)  # type: ignore[attr-defined]
        figure.noticed = [NOTICES[code] for code in figure.notices or ()]  # type: ignore[attr-defined]
        figure.note, figure.is_attested = notes.get(figure.pk), figure.pk in attested  # type: ignore[attr-defined]
    context = {
        "submission": shown,
        "figures": page.rows,
        "page": page,
    }
    return render(request, "metrics/submission.html", context)
