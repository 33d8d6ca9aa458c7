from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forums.measures.link_page import link_page
from metrics import access
from truthgov.http import PersonRequest, signed_in


@require_safe
@signed_in
def link(request: PersonRequest, pk: int) -> HttpResponse:
    """Whether the figures bear out what a link declares; its segment stands in the address."""
    page = link_page(access.link_to_read(request.person, pk), request.GET.get("segment", ""))
    return render(request, "forums/links/link.html", {"page": page, "link": page.link})
