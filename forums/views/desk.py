from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forums.desk import desk_of
from truthgov.http import PersonRequest, signed_in


@require_safe
@signed_in
def desk(request: PersonRequest) -> HttpResponse:
    return render(request, "forums/desk.html", {"desk": desk_of(request.person)})
