"""Files of the dictionary over REST: taken along whole; handed in, looked at, proposed, and let in by another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.bodies import BytesParser, CsvParser, WorkbookParser, read_body
from metrics.api.callers import actor_of, named, person_of
from metrics.api.fields import Form
from metrics.api.forms import dictionary_files as forms
from metrics.dictionary.export import dictionary_as_it_stands
from metrics.dictionary_files.foreign import Answers
from metrics.dictionary_files.reading import Reading
from metrics.dictionary_files.writing import WRITERS
from metrics.dictionary_import import proposing
from metrics.dictionary_import.plan import Plan
from metrics.models import DictionaryImport
from truthgov.actor import Actor
from truthgov.intake import WORKBOOK
from truthgov.models import Function, Person
from truthgov.rest.authentication import PersonOnly
from truthgov.rest.bodies import NothingForm, ReasonForm, read_act
from truthgov.rest.negotiation import WhateverIsAccepted
from truthgov.rest.tags import require_match, tag_of, tagged
from truthgov.rest.views import ApiView, page_of, read_query

ENDINGS = {"application/yaml": ".yaml", "text/csv": ".csv", WORKBOOK: ".xlsx", "application/zip": ".zip"}
"""Of a file that is handed in, by its media type."""
OPEN = (DictionaryImport.Status.DRAFTED, DictionaryImport.Status.PROPOSED)


class YamlParser(BytesParser):
    media_type = "application/yaml"


class ZipParser(BytesParser):
    media_type = "application/zip"


@dataclass(frozen=True)
class LookedAt:
    """A file that was handed in, what it says, and what it would change today."""

    handed_in: DictionaryImport
    reading: Reading
    plan: Plan


def look_at(handed_in: DictionaryImport) -> LookedAt:
    """As its page shows it; what is settled changes nothing more."""
    reading = proposing.reading_of(handed_in)
    plan = proposing.plan_of(reading, handed_in.proposed_by) if handed_in.status in OPEN else Plan()
    return LookedAt(handed_in, reading, plan)


class Dictionary(ApiView):
    """The measurement dictionary as a file."""

    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        summary="The dictionary as a file",
        parameters=[forms.ExportQuery],
        responses={
            (200, form.media_type): OpenApiTypes.OBJECT if ending == "yaml" else OpenApiTypes.BINARY
            for ending, form in WRITERS.items()
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """All measures with their versions, links, sources, dimensions and target conditions; it comes back in."""
        ending = read_query(request, forms.ExportQuery)["form"]
        content = WRITERS[ending].write(dictionary_as_it_stands())
        saved = {"Content-Disposition": f'attachment; filename="dictionary.{ending}"'}
        return HttpResponse(content, content_type=WRITERS[ending].media_type, headers=saved)


class DictionaryImports(ApiView):
    """Files of the dictionary that were handed in."""

    is_made_tagged = True
    permission_classes = [PersonOnly]
    parser_classes = [YamlParser, CsvParser, WorkbookParser, ZipParser]

    @extend_schema(
        summary="Dictionary files", parameters=[forms.ImportsQuery], responses=forms.HandedInForm(many=True)
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The latest first; a draft is its sender's alone."""
        query = read_query(request, forms.ImportsQuery)
        handed_in = access.imports_to_read(person_of(request))
        if "status" in query:
            handed_in = handed_in.filter(status=query["status"])
        return page_of(request, handed_in, query, ("-id",), forms.HandedInForm)

    @extend_schema(
        summary="Hand a dictionary file in",
        parameters=[forms.FileQuery],
        request=dict.fromkeys(ENDINGS, OpenApiTypes.BINARY),
        responses={201: forms.LookedAtForm},
    )
    def post(self, request: Request) -> Response:
        """As its sender's draft, in the place of an earlier one; nothing is proposed yet."""
        access.import_to_start(person_of(request))
        query = read_query(request, forms.FileQuery)
        function = named(Function.objects.all(), query.get("function"))
        answers = Answers(function.name if function else "", query["source"], query["direction"], query["grain"])
        content, media_type = read_body(request), str(request.content_type).partition(";")[0].strip().lower()
        filename = query["name"] + ENDINGS.get(media_type, "")
        handed_in = proposing.draft_import(filename, content, answers, by=actor_of(request))
        address = reverse("metrics:api:dictionary_import", args=[handed_in.pk])
        return tagged(forms.LookedAtForm(look_at(handed_in)).data, status=201, Location=address)


class DictionaryImportOne(ApiView):
    """One file of the dictionary."""

    is_tagged = True
    permission_classes = [PersonOnly]

    @extend_schema(summary="A dictionary file", responses=forms.LookedAtForm)
    def get(self, request: Request, pk: int) -> Response:
        """Its tag is of what it would change today: whoever decides sends it back."""
        return tagged(forms.LookedAtForm(look_at(access.import_to_read(person_of(request), pk))).data)


class ImportAct(ApiView):
    """Somebody decides on a file that they have looked at, which If-Match says."""

    is_tagged = True
    permission_classes = [PersonOnly]
    form: type[Form] = NothingForm
    door: Callable[[Person, int], DictionaryImport]

    @extend_schema(responses=forms.LookedAtForm)
    def post(self, request: Request, pk: int) -> Response:
        handed_in = self.door(person_of(request), pk)
        given, seen = read_act(request, self.form), look_at(handed_in)
        require_match(request, tag_of(forms.LookedAtForm(seen).data))
        self.act(seen, by=actor_of(request), **given)
        return tagged(forms.LookedAtForm(look_at(handed_in)).data)

    def act(self, seen: LookedAt, *, by: Actor, **given: Any) -> None:
        raise NotImplementedError


@extend_schema_view(post=extend_schema(summary="Propose what a dictionary file changes", request=ReasonForm))
class ImportProposal(ImportAct):
    """Its sender proposes it: versions wait each on their own, the rest with the file."""

    form = ReasonForm
    door = staticmethod(access.import_to_propose)

    def act(self, seen: LookedAt, *, by: Actor, **given: Any) -> None:
        proposing.propose_import(seen.handed_in, by=by, **given)


@extend_schema_view(post=extend_schema(summary="Let a dictionary file in", request=NothingForm))
class ImportApproval(ImportAct):
    """The truth owner or the sponsor, who did not propose it, lets in what is no version of a known measure."""

    door = staticmethod(access.import_to_approve)

    def act(self, seen: LookedAt, *, by: Actor, **given: Any) -> None:
        proposing.approve_import(seen.handed_in, seen=seen.plan.fingerprint, by=by)


@extend_schema_view(post=extend_schema(summary="Do without a dictionary file", request=ReasonForm))
class ImportEnding(ImportAct):
    """Its sender withdraws it, or the truth owner or the sponsor rejects it."""

    form = ReasonForm
    door = staticmethod(access.import_to_end)

    def act(self, seen: LookedAt, *, by: Actor, **given: Any) -> None:
        proposing.end_import(seen.handed_in, by=by, **given)
