"""A sheet and its sender, as the resources below its address know them."""

from rest_framework.request import Request

from metrics import access
from metrics.api.callers import actor_of, person_of, scope_of
from metrics.handing_in import attesting
from metrics.handing_in.sheets import Sheet
from metrics.models import Source
from truthgov.actor import Appointed
from truthgov.errors import InvalidInput
from truthgov.rest.authentication import PersonOnly
from truthgov.rest.views import ApiView


class SheetView(ApiView):
    """For those who deliver a sheet's figures."""

    permission_classes = [PersonOnly]
    kind = ""

    def sheet(self, request: Request, code: str, period: str) -> tuple[Sheet, Appointed]:
        """The sheet, and the caller under the appointment by which they deliver it."""
        scope = scope_of(request, self.kind, code)
        sheet, appointment = access.sheet_to_submit(person_of(request), scope.pk, period)
        return sheet, actor_of(request).acting_under(appointment)


def tag_of_sheet(sheet: Sheet) -> str:
    """The tag of what is on record: the digest that an attestation covers."""
    return f'"{attesting.digest_of(sheet)}"'


def require_source(code: str) -> None:
    """InvalidInput, at `source`, for a code of no source that figures are handed in from; none is sound."""
    if code and not Source.objects.handed_in_from().filter(code=code).exists():
        raise InvalidInput("The figures cannot come from there.", {"source": "No such source; see /api/v1/sources."})
