from datetime import datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from metrics import access, keys
from metrics.forms import KeyForm
from truthgov import clock
from truthgov.authority import appointment_of
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.keys import revoke
from truthgov.models import Key, Role

USUAL_LIFE = timedelta(days=180)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def listed_keys(request: PersonRequest) -> HttpResponse:
    """Every key with what it may push; an administrator issues one, whose text is shown in this one answer."""
    form = KeyForm(request.POST or None, initial={"expires_on": clock.today() + USUAL_LIFE})
    text = ""
    if request.method == "POST":
        access.keys_to_administer(request.person)
        if form.is_valid():
            given = form.cleaned_data
            last_moment = timezone.make_aware(datetime.combine(given.pop("expires_on"), time.max))
            _, text = keys.issue(**given, expires_at=last_moment, by=request.actor)
    context = {
        "keys": Key.objects.prefetch_related("functions", "key_sources__source").select_related("issued_by"),
        "form": KeyForm(initial=form.initial) if text else form,
        "text": text,
        "now": clock.now(),
        "may_issue": appointment_of(request.person, Role.ADMINISTRATOR) is not None,
    }
    return render(request, "metrics/keys.html", context, status=201 if text else 422 if form.is_bound else 200)


@require_POST
@signed_in
def revocation(request: PersonRequest, public_id: str) -> HttpResponse:
    key = access.key_to_revoke(request.person, public_id)
    revoke(key, by=request.actor)
    return go_to(request, reverse("metrics:keys"))
