"""The audit as resources: every act in its order, and the checkpoints that are kept outside the database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics.api.callers import known
from metrics.api.forms.audit import AuditEntryForm, AuditQuery, CheckpointForm
from truthgov import access, checkpoints, trail
from truthgov.models import AuditEntry, Person
from truthgov.rest.views import ApiView, PageQuery, page_of, page_of_items, read_query


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as its reader sees it."""

    entry: AuditEntry
    who: str
    role: str
    what: str
    actor: Any
    data: Any


class AuditEntries(ApiView):
    """Every act."""

    @extend_schema(summary="Audit entries", parameters=[AuditQuery], responses=AuditEntryForm(many=True))
    def get(self, request: Request) -> Response:
        """The latest first; what they hold beyond who did what is for auditors and those whom they audit for."""
        query = read_query(request, AuditQuery)
        asked = {name: query[name] for name in ("code", "since", "until") if name in query}
        if "record_kind" in query:
            asked["subject"] = query["record_kind"], query.get("record", "")
        return page_of(request, trail.entries(**asked), query, ("-number",), AuditEntryForm, _told_to(request))


class AuditEntryOne(ApiView):
    """One act."""

    @extend_schema(summary="An audit entry", responses=AuditEntryForm)
    def get(self, request: Request, number: int) -> Response:
        return Response(AuditEntryForm(_told_to(request)([known(AuditEntry.objects.filter(pk=number))])[0]).data)


class Checkpoints(ApiView):
    """Heads of the chain, signed and kept outside the database."""

    @extend_schema(summary="Audit checkpoints", parameters=[PageQuery], responses=CheckpointForm(many=True))
    def get(self, request: Request) -> Response:
        """The oldest first: whoever keeps them elsewhere asks on from the last page."""
        query = read_query(request, PageQuery)
        return page_of_items(
            request, checkpoints.numbers(), query, lambda number: [number], CheckpointForm,
            told=lambda shown: [checkpoints.numbered(number) for number in shown],
        )  # fmt: skip


def _told_to(request: Request) -> Callable[[Iterable[AuditEntry]], list[Told]]:
    reads_data = isinstance(request.user, Person) and access.may_read_data(request.user)

    def told(entries: Iterable[AuditEntry]) -> list[Told]:
        return [
            Told(
                line.entry, line.who, line.role, line.phrase,
                line.entry.actor if reads_data else None, line.entry.data if reads_data else None,
            )
            for line in trail.worded(entries)
        ]  # fmt: skip

    return told
