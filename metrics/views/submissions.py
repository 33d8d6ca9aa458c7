from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from metrics import access, due
from metrics.forms import ATTESTATION, SheetForm
from metrics.ingestion import Delivery, Outcome, RowsRefused, ingest
from metrics.ingestion.oddities import NOTICES
from metrics.models import Observation, Submission
from truthgov import audit
from truthgov.actor import Actor
from truthgov.figures import word_figure
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.keyset import turn_to
from truthgov.models import Appointment

PAGE = 30


@require_safe
@signed_in
def submissions(request: PersonRequest) -> HttpResponse:
    """The sheets that the reader owes, and every delivery, latest first."""
    delivered = Submission.objects.select_related("source", "function", "person", "key")
    context = {
        "sheets": due.owed_by(request.person),
        "page": turn_to(request.GET.get("cursor", ""), delivered, ("-entry",), size=PAGE),
    }
    return render(request, "metrics/submissions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sheet(request: PersonRequest, scope: int, code: str) -> HttpResponse:
    """The figures of one period, as on record, to be corrected, attested and sent as one submission."""
    owed, appointment = access.sheet_to_submit(request.person, scope, code)
    form = SheetForm(owed, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        outcome = _sent(form, appointment, request.actor.acting_under(appointment))
        if outcome and outcome.submission:
            messages.success(request, f"Sent: {_counted(outcome)}")
            return go_to(request, outcome.submission.get_absolute_url())
        if outcome:
            messages.info(request, "Everything was on record already; nothing was sent.")
            return go_to(request, reverse("metrics:submissions"))
    context = {"title": f"{owed.scope}, {owed.period}", "sheet": owed, "form": form}
    return render(request, "metrics/sheet.html", context, status=422 if form.is_bound else 200)


def _sent(form: SheetForm, appointment: Appointment, by: Actor) -> Outcome | None:
    """What became of the figures; None when they were refused, each at its place in the form."""
    function = getattr(appointment.scope, "function", None)
    delivery = Delivery(channel=Submission.Channel.FORM, function_id=function.pk if function else None)
    try:
        with audit.act():
            outcome = ingest(form.rows(), delivery, by=by)
            if outcome.submission:
                outcome.submission.attest(ATTESTATION, by=by)
    except RowsRefused as refused:
        form.refuse(refused.refusals)
        return None
    return outcome


def _counted(outcome: Outcome) -> str:
    return ", ".join(f"{count} {word}" for word, count in outcome.counts.items() if count)


@require_safe
@signed_in
def submission(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One delivery: by whom, attested or not, and its figures."""
    shown = access.submission_to_read(request.person, pk)
    figures = Observation.objects.filter(submission=shown)
    page = turn_to(
        request.GET.get("cursor", ""),
        figures.select_related("series__measure", "series__segment", "series__source", "definition"),
        ("pk",),
        size=100,
    )
    for figure in page.rows:
        definition = figure.definition
        figure.worded = word_figure(figure.value, definition.currency or definition.unit)  # type: ignore[attr-defined]
        figure.noticed = [NOTICES[code] for code in figure.notices or ()]  # type: ignore[attr-defined]
    context = {
        "submission": shown,
        "figures": page.rows,
        "page": page,
        "attestations": shown.attestations.select_related("person"),
    }
    return render(request, "metrics/submission.html", context)
