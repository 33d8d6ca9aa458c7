"""Large files of figures over REST: sent, followed while a worker reads them, confirmed or done without."""

from io import BytesIO

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.bodies import CsvParser, WorkbookParser, read_body
from metrics.api.callers import actor_of, person_of
from metrics.api.forms import uploads as forms
from metrics.api.sheets import SheetView, require_source
from metrics.models import Upload
from truthgov.errors import InvalidInput
from truthgov.rest.authentication import PersonOnly
from truthgov.rest.bodies import NothingForm, read_act
from truthgov.rest.tags import require_match, tag_of, tagged
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query


class SheetUploads(SheetView):
    """Files sent on a sheet."""

    is_made_tagged = True
    parser_classes = [CsvParser, WorkbookParser]

    @extend_schema(
        summary="Send a large file",
        parameters=[forms.SentQuery],
        request={parser.media_type: OpenApiTypes.BINARY for parser in parser_classes},
        responses={201: forms.UploadForm},
    )
    def post(self, request: Request, code: str, period: str) -> Response:
        """The template filled in, or a CSV with the columns of a push, also of other periods; up to 16 MB, 32 MB
        inflated (the page takes 64 MB). A worker reads it; look at it again until it is ready, then confirm it or do
        without. One at a time for each person."""
        sheet, by = self.sheet(request, code, period)
        query = read_query(request, forms.SentQuery)
        require_source(query["source"])
        content = read_body(request)
        if not content:
            raise InvalidInput("The body is empty; send the file as the body.")
        upload = Upload.objects.receive(
            BytesIO(content), name=query["name"], size=len(content), scope=sheet.scope, code=sheet.period.code,
            source=query["source"], by=by,
        )  # fmt: skip
        address = reverse("metrics:api:upload", args=[upload.pk])
        return tagged(forms.UploadForm(upload).data, status=201, Location=address)


class Uploads(ApiView):
    """The caller's own files."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Your large files", parameters=[forms.UploadsQuery], responses=forms.UploadForm(many=True))
    def get(self, request: Request) -> Response:
        """The latest first."""
        query = read_query(request, forms.UploadsQuery)
        sent = access.uploads_to_read(person_of(request))
        if "status" in query:
            sent = sent.filter(status=query["status"])
        return page_of(request, sent, query, ("-id",), forms.UploadForm)


class UploadOne(ApiView):
    """One of the caller's files."""

    is_tagged = True
    permission_classes = [PersonOnly]

    @extend_schema(summary="A large file", responses=forms.UploadForm)
    def get(self, request: Request, pk: int) -> Response:
        """How far it is; once it is ready, its tag is of what it would change: whoever confirms sends it back."""
        return tagged(forms.UploadForm(access.upload_to_read(person_of(request), pk)).data)


class UploadConfirmation(ApiView):
    """The word that stores a file."""

    is_tagged = True
    permission_classes = [PersonOnly]

    @extend_schema(summary="Store a large file", request=NothingForm, responses=forms.UploadForm)
    def post(self, request: Request, pk: int) -> Response:
        """Whole, by a worker, as it was seen; where something came in between, it is to be looked at again."""
        upload, appointment = access.upload_to_confirm(person_of(request), pk)
        read_act(request, NothingForm)
        require_match(request, tag_of(forms.UploadForm(upload).data))
        upload.confirm(seen=upload.seen, by=actor_of(request).acting_under(appointment))
        return tagged(forms.UploadForm(upload).data)


class UploadCancellation(ApiView):
    """The end of a file that is not stored."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Do without a large file", request=NothingForm, responses=forms.UploadForm)
    def post(self, request: Request, pk: int) -> Response:
        """Whatever it is at; no If-Match is asked for, as it changes with every row that is read."""
        upload = access.upload_to_read(person_of(request), pk)
        read_act(request, NothingForm)
        upload.cancel(by=actor_of(request))
        return Response(forms.UploadForm(upload).data)


class RefusedRows(ApiView):
    """Why a file is refused."""

    permission_classes = [PersonOnly]

    @extend_schema(
        summary="Refused rows of a large file", parameters=[PageQuery], responses=forms.RefusedLineForm(many=True)
    )
    def get(self, request: Request, pk: int) -> Response:
        """Each with what stands in it, and why it cannot be taken."""
        rows = access.upload_to_read(person_of(request), pk).refused_rows.all()
        return page_of(request, rows, read_query(request, PageQuery), ("row", "id"), forms.RefusedLineForm)


class RestatedRows(ApiView):
    """What a file would change of what is on record."""

    permission_classes = [PersonOnly]

    @extend_schema(
        summary="Restated rows of a large file", parameters=[PageQuery], responses=forms.RestatedRowForm(many=True)
    )
    def get(self, request: Request, pk: int) -> Response:
        """Before and after, until it is stored; then the register of restatements tells."""
        rows = access.upload_to_read(person_of(request), pk).restated_rows.with_names()
        return page_of(request, rows, read_query(request, PageQuery), ("row",), forms.RestatedRowForm)
