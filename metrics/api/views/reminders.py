"""The caller's own reminders by e-mail."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics.api.callers import actor_of, person_of
from metrics.api.forms.reminders import ReminderForm, SwitchForm
from metrics.handing_in import reminding
from truthgov.rest.authentication import PersonOnly
from truthgov.rest.bodies import read_act
from truthgov.rest.tags import require_match, tag_of, tagged
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query


class Reminders(ApiView):
    """What the caller was reminded of."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Your reminders", parameters=[PageQuery], responses=ReminderForm(many=True))
    def get(self, request: Request) -> Response:
        """The latest first."""
        sent = person_of(request).reminders.select_related("scope__function", "scope__journey")
        return page_of(request, sent, read_query(request, PageQuery), ("-id",), ReminderForm)


class ReminderSwitch(ApiView):
    """Whether the caller is reminded."""

    is_tagged = True
    permission_classes = [PersonOnly]

    @extend_schema(summary="Whether you are reminded", responses=SwitchForm)
    def get(self, request: Request) -> Response:
        return tagged(SwitchForm({"on": person_of(request).is_reminded}).data)

    @extend_schema(summary="Switch your reminders on or off", request=SwitchForm, responses=SwitchForm)
    def put(self, request: Request) -> Response:
        """What is on or off already stays so."""
        given = read_act(request, SwitchForm)
        require_match(request, tag_of(SwitchForm({"on": person_of(request).is_reminded}).data))
        if given["on"] != person_of(request).is_reminded:
            reminding.switch(on=given["on"], by=actor_of(request))
        return tagged(SwitchForm(given).data)
