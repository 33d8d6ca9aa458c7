"""What somebody says of a figure, beside it."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.callers import actor_of, known, person_of, sources_of
from metrics.api.forms.figures import NoteForm, NotingForm
from metrics.handing_in.noting import note
from metrics.models import FigureNote, Observation
from truthgov.rest.bodies import read_act
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query


class Notes(ApiView):
    """Notes on one figure."""

    @extend_schema(summary="Notes on a figure", parameters=[PageQuery], responses=NoteForm(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The latest first: that one is shown beside the figure."""
        figure = known(sources_of(request, Observation.objects.filter(pk=pk), "series__source"))
        said: QuerySet[FigureNote] = FigureNote.objects.filter(observation_id=figure.pk).select_related("person")
        return page_of(request, said, read_query(request, PageQuery), ("-id",), NoteForm)

    @extend_schema(summary="Note something on a figure", request=NotingForm, responses={201: NoteForm})
    def post(self, request: Request, pk: int) -> Response:
        """By whoever hands such figures in, of the figure that stands; the figure itself is left alone."""
        figure = access.figure_to_note(person_of(request), pk)
        made = note(figure.pk, **read_act(request, NotingForm), by=actor_of(request))
        return Response(NoteForm(made).data, status=201, headers={"Location": request.path})
