from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metrics import access
from metrics.handing_in import due
from metrics.handing_in.submission_page import submission_page
from metrics.models import Submission, Upload
from truthgov import clock
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
    page = submission_page(shown, request.GET.get("cursor", ""))
    return render(request, "metrics/submission.html", {"submission": shown, "page": page})
