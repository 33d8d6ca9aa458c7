"""The function lead's workspace: the grid of a period, its preview, the delivery, and the attestation."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics import access
from metrics.handing_in import attesting
from metrics.handing_in import confirming as handing_in
from metrics.handing_in.due_page import rendered_due
from metrics.handing_in.grid_forms import AttestationForm, GridForm, HandingInForm
from metrics.handing_in.sheets import Cell, Sheet
from metrics.models import Attestation, Draft
from truthgov.figures import Figure, word_in_full
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.models import Appointment


@require_safe
@signed_in
def due_figures(request: PersonRequest) -> HttpResponse:
    """What every function and journey owes, by when, and what is late: for everybody to see."""
    return render(request, "metrics/due.html", {"rendered": rendered_due()})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sheet(request: PersonRequest, scope: int, code: str) -> HttpResponse:
    """The grid of one period, as on record or as drafted; sending it keeps the draft and leads to the preview."""
    owed, appointment = access.sheet_to_submit(request.person, scope, code)
    draft, form = _drafted(request, owed) if request.method == "POST" else _grid(request, owed)
    kept = draft if form.is_bound and form.is_valid() else None
    if kept and (leads_to := _next_page(request, owed, kept, form, appointment)):
        return go_to(request, leads_to)
    context = {"title": f"{owed.scope}, {owed.period}", "sheet": owed, "form": form, "draft": draft}
    return render(request, "metrics/sheet.html", context, status=422 if form.is_bound else 200)


def _grid(request: PersonRequest, owed: Sheet, data: Any = None) -> tuple[Draft | None, GridForm]:
    """The reader's draft of a sheet, if there is one, and the grid with it filled in."""
    draft = Draft.objects.of(request.person, owed.scope, owed.period.code).first()
    entries, source = (draft.entries, draft.source) if draft else ({}, "")
    return draft, GridForm(owed, data, notes=handing_in.notes_on(owed), drafted=entries, source=source)


def _drafted(request: PersonRequest, owed: Sheet) -> tuple[Draft | None, GridForm]:
    """What was sent, kept as the draft where it can be; nobody keeps another between looking at it and that."""
    with transaction.atomic():
        Draft.objects.alone(request.person)
        draft, form = _grid(request, owed, request.POST)
        if form.is_valid():
            draft = Draft.objects.keep(request.person, owed.scope, owed.period.code, form.entries(), form.source_code)
    return draft, form


def _next_page(
    request: PersonRequest, owed: Sheet, draft: Draft, form: GridForm, appointment: Appointment
) -> str | None:
    """Where a draft that was kept leads; None back to the grid, with what is refused at its figure."""
    if form.of_elsewhere:
        messages.info(request, f"Also kept: {form.of_elsewhere} that you drafted in another window meanwhile.")
    if "block_only" in request.POST:
        messages.info(request, "The block is laid over the grid; nothing is stored until you confirm the preview.")
        return _address("sheet", owed)
    shown = handing_in.preview(owed, draft, by=request.actor.acting_under(appointment))
    if shown.refused:
        form.refuse(shown.refused, kept=draft.entries)
        return None
    return _address("preview", owed)


@require_safe
@signed_in
def preview(request: PersonRequest, scope: int, code: str) -> HttpResponse:
    """What would become of each figure of the reader's draft; nothing is stored yet."""
    owed, appointment = access.sheet_to_submit(request.person, scope, code)
    draft = Draft.objects.of(request.person, owed.scope, code).first()
    if draft is None:
        messages.info(request, "You have no draft of these figures, and see what is on record.")
        return go_to(request, _address("sheet", owed))
    shown = handing_in.preview(owed, draft, by=request.actor.acting_under(appointment))
    context = {
        "title": f"{owed.scope}, {owed.period}",
        "sheet": owed,
        "preview": shown,
        "form": HandingInForm(initial={"seen": shown.digest}),
        "may_attest": access.appointment_to_attest(request.person, owed),
    }
    return render(request, "metrics/preview.html", context)


@require_POST
@signed_in
def delivery(request: PersonRequest, scope: int, code: str) -> HttpResponse:
    """Confirm a preview: what was shown is stored, whole."""
    owed, appointment = access.sheet_to_submit(request.person, scope, code)
    form = HandingInForm(request.POST)
    confirmed = form.cleaned_data if form.is_valid() else {"seen": "", "attested": False}
    submission = handing_in.hand_in(owed, **confirmed, by=request.actor.acting_under(appointment))
    messages.success(request, f"Handed in: {owed.scope}, {owed.period}.")
    return go_to(request, submission.get_absolute_url() if submission else _address("attestation", owed))


@require_POST
@signed_in
def draft_removal(request: PersonRequest, scope: int, code: str) -> HttpResponse:
    """Throw the reader's draft away; what is on record stays."""
    owed, _ = access.sheet_to_submit(request.person, scope, code)
    Draft.objects.throw_away(request.person, owed.scope, code, seen=request.POST.get("seen", ""))
    return go_to(request, _address("sheet", owed))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def attestation(request: PersonRequest, scope: int, code: str) -> HttpResponse:
    """What is on record for a period, and who stands behind it; whoever answers for it attests."""
    if request.method == "POST":
        owed = access.sheet_to_attest(request.person, scope, code)
        attesting.attest(owed, seen=request.POST.get("seen", ""), by=request.actor)
        messages.success(request, f"Attested: {owed.scope}, {owed.period}.")
        return go_to(request, _address("attestation", owed))
    owed = access.sheet_to_read(request.person, scope, code)
    context = {
        "title": f"{owed.scope}, {owed.period}",
        "sheet": owed,
        "rows": _told(owed),
        "form": AttestationForm(initial={"seen": attesting.digest_of(owed)}),
        "wording": attesting.WORDINGS[attesting.VERSION],
        "attestations": _attestations(owed),
        "may_attest": access.appointment_to_attest(request.person, owed),
    }
    return render(request, "metrics/attestation.html", context)


def _told(owed: Sheet) -> list[tuple[Cell, Figure, str]]:
    """Each figure that is owed, worded, with what is said of it."""
    notes = handing_in.notes_on(owed)
    values = ((cell, cell.reading.value if cell.reading else None) for cell in owed.cells)
    return [(cell, word_in_full(value, cell.unit), notes.get(cell.key, "")) for cell, value in values]


def _attestations(owed: Sheet) -> list[Attestation]:
    made = Attestation.objects.filter(scope=owed.scope, grain=owed.period.grain, period_start=owed.period.start)
    return list(made.select_related("person", "appointment__scope"))


def _address(name: str, owed: Sheet) -> str:
    return reverse(f"metrics:{name}", args=[owed.scope.pk, owed.period.code])
