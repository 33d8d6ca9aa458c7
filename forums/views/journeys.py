from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forums.journey_page import journey_page, list_journeys
from journeys import access
from truthgov import clock
from truthgov.http import PersonRequest, signed_in


@require_safe
@signed_in
def journeys(request: PersonRequest) -> HttpResponse:
    period, listed = list_journeys(on=clock.today())
    shown = {"period": period, "journeys": listed, "may_found": access.may_found_journeys(request.person)}
    return render(request, "forums/journeys/journeys.html", shown)


@require_safe
@signed_in
def journey(request: PersonRequest, code: str) -> HttpResponse:
    shown = access.journey_to_read(request.person, code)
    page = journey_page(shown, on=clock.today())
    may_shape = shown.may_be_shaped_by(request.person)
    return render(request, "forums/journeys/journey.html", {"page": page, "journey": shown, "may_shape": may_shape})
