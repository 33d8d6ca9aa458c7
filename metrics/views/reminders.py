from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from metrics.handing_in import reminding
from truthgov.http import PersonRequest, go_to, signed_in

SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reminders(request: PersonRequest) -> HttpResponse:
    """The reader's own reminders by e-mail: those sent, and the switch."""
    if request.method == "POST":
        reminding.switch(on=request.POST.get("on") == "yes", by=request.actor)
        return go_to(request, reverse("metrics:reminders"))
    sent = request.person.reminders.select_related("scope")[:SHOWN]
    return render(request, "metrics/reminders.html", {"sent": sent})
