"""The doors to what is measured: what a person may not see is unknown (404), what they may not do is refused (403)."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from metrics.dictionary.defining import definer_of
from metrics.dictionary.reviewing import may_comment
from metrics.dictionary_import.proposing import APPROVING, IMPORTING
from metrics.handing_in import due
from metrics.handing_in.noting import may_note
from metrics.handing_in.sheets import Sheet
from metrics.models import (
    Definition,
    DictionaryImport,
    Feed,
    FeedRun,
    Link,
    Measure,
    Observation,
    Rebasing,
    Submission,
    Upload,
)
from metrics.rules.rebasing import rebaser_of
from truthgov import authority, clock
from truthgov.actor import Actor
from truthgov.models import Appointment, Function, Key, Person, Role, Scope
from truthgov.periods import Grain


def measure_to_define(person: Person, code: str) -> Measure:
    """One whose definition this person may propose and approve versions of."""
    measure = measure_to_read(person, code)
    if not definer_of(measure, person):
        raise PermissionDenied
    return measure


def measure_to_rebase(person: Person, code: str) -> Measure:
    """One the limits of whose charts this person may propose to set anew."""
    measure = measure_to_read(person, code)
    if rebaser_of(measure, person) is None:
        raise PermissionDenied
    return measure


def rebasing_to_decide(person: Person, code: str, pk: int) -> Rebasing:
    """A proposal to set limits anew that this person may approve, reject or withdraw."""
    of_chart = Rebasing.objects.select_related("measure", "segment", "proposed_by", "appointment")
    return get_object_or_404(of_chart, measure=measure_to_rebase(person, code), pk=pk)


def link_to_read(person: Person, pk: int) -> Link:
    """Any link: everybody signed in may see what a measure is judged against."""
    sides = Link.objects.select_related("from_measure__function", "to_measure__journey", "proposed_by", "approved_by")
    return get_object_or_404(sides, pk=pk)


def definition_to_decide(person: Person, code: str, version: int) -> Definition:
    """A version of a measure whose definition this person may review, approve, reject or withdraw."""
    return get_object_or_404(Definition, measure=measure_to_define(person, code), version=version)


def definition_to_comment(person: Person, code: str, version: int) -> Definition:
    """A version that this person may say something of."""
    definition = get_object_or_404(Definition, measure=measure_to_read(person, code), version=version)
    if not may_comment(person):
        raise PermissionDenied
    return definition


def measure_to_read(person: Person, code: str) -> Measure:
    """Any entry of the dictionary, by its code."""
    return get_object_or_404(Measure.objects.select_related("function", "journey", "guards"), code=code)


def grain_to_read(measure: Measure) -> Grain:
    """That of its figures; 404 while nothing says what they are."""
    definition = measure.definitions.live().first()
    if definition is None:
        raise Http404
    return Grain(definition.grain)


def function_to_read(person: Person, code: str) -> Function:
    """Any function, by its code."""
    return get_object_or_404(Function, code=code)


def sheet_to_read(person: Person, scope_pk: int, code: str) -> Sheet:
    """The figures of a function or a journey in a period: everybody may see what is on record and what is not."""
    return _sheet_of(_supplying(scope_pk), code)


def _supplying(scope_pk: int) -> Scope:
    return get_object_or_404(Scope, pk=scope_pk, kind__in=[Scope.Kind.FUNCTION, Scope.Kind.JOURNEY])


def _sheet_of(scope: Scope, code: str) -> Sheet:
    sheet = due.sheet(scope, code)
    if sheet is None:
        raise Http404
    return sheet


def sheet_to_submit(person: Person, scope_pk: int, code: str) -> tuple[Sheet, Appointment]:
    """The same, with the appointment under which this person delivers them: who answers for them, or prepares them."""
    scope = _supplying(scope_pk)
    appointment = appointment_to_submit(person, scope)
    return _sheet_of(scope, code), appointment


def appointment_to_submit(person: Person, scope: Scope) -> Appointment:
    """The appointment under which this person delivers the figures of a function or a journey."""
    answering, preparing = authority.answering_role(scope), Role.PREPARER
    held = (authority.appointment_of(person, role, scope=scope) for role in (answering, preparing))
    appointment = next(filter(None, held), None)
    if appointment is None:
        raise PermissionDenied
    return appointment


def sheet_to_attest(person: Person, scope_pk: int, code: str) -> Sheet:
    """The same for whoever answers for the figures."""
    sheet = sheet_to_read(person, scope_pk, code)
    if appointment_to_attest(person, sheet) is None:
        raise PermissionDenied
    return sheet


def appointment_to_attest(person: Person, sheet: Sheet) -> Appointment | None:
    """The appointment under which somebody stands behind these figures, or None."""
    return authority.appointment_of(person, authority.answering_role(sheet.scope), scope=sheet.scope)


def uploads_to_read(person: Person) -> QuerySet[Upload]:
    """The large files that this person sent."""
    return Upload.objects.filter(person=person).select_related("scope__function", "scope__journey")


def upload_to_read(person: Person, pk: int) -> Upload:
    """A large file that this person sent: it is theirs alone."""
    return get_object_or_404(uploads_to_read(person).select_related("submission", "person", "appointment"), pk=pk)


def upload_to_confirm(person: Person, pk: int) -> tuple[Upload, Appointment]:
    """The same, with the appointment under which they still deliver these figures."""
    upload = upload_to_read(person, pk)
    return upload, appointment_to_submit(person, upload.scope)


def submission_to_read(person: Person, pk: UUID) -> Submission:
    return get_object_or_404(Submission.objects.select_related("source", "function", "person", "key"), pk=pk)


def feed_to_read(person: Person, pk: int) -> Feed:
    """Any feed, with its standing today."""
    read = Feed.objects.with_standing(on=clock.today()).select_related("source", "function", "owner")
    return get_object_or_404(read, pk=pk)


def feed_to_manage(person: Person, pk: int) -> Feed:
    """One of the function that this person leads, or any for an administrator."""
    feed = get_object_or_404(Feed.objects.select_related("source", "function", "owner"), pk=pk)
    if not functions_to_connect(person).filter(pk=feed.function_id).exists():
        raise PermissionDenied
    return feed


def run_to_read(person: Person, pk: int, run: int) -> FeedRun:
    return get_object_or_404(
        FeedRun.objects.select_related("feed", "submission"), feed=feed_to_read(person, pk), pk=run
    )


def run_to_manage(person: Person, pk: int, run: int) -> FeedRun:
    """A run of a feed that this person manages."""
    feed_to_manage(person, pk)
    return run_to_read(person, pk, run)


def functions_to_connect(person: Person) -> QuerySet[Function]:
    """The functions whose feeds and keys this person manages: all for an administrator, those they lead for others."""
    if authority.appointment_of(person, Role.ADMINISTRATOR):
        return Function.objects.all()
    led = Appointment.objects.exercised_by(person, on=clock.today()).filter(role=Role.FUNCTION_LEAD)
    return Function.objects.filter(scope__in=led.values("scope"))


def connections_to_start(person: Person) -> QuerySet[Function]:
    """The same functions; PermissionDenied where there are none."""
    functions = functions_to_connect(person)
    if not functions.exists():
        raise PermissionDenied
    return functions


def keys_to_administer(person: Person) -> None:
    """Issuing and revoking keys: for administrators, 403 for others."""
    if not authority.appointment_of(person, Role.ADMINISTRATOR):
        raise PermissionDenied


def key_to_revoke(person: Person, public_id: str) -> Key:
    key = get_object_or_404(Key, public_id=public_id)
    keys_to_administer(person)
    return key


def figure_to_note(person: Person, pk: int) -> Observation:
    """A figure of the ledger such as this person hands in."""
    figure = get_object_or_404(Observation.objects.select_related("series__measure"), pk=pk)
    if not may_note(figure, by=Actor(person=person)):
        raise PermissionDenied
    return figure


def may_import(person: Person) -> bool:
    """May somebody hand in a file of the dictionary?"""
    return authority.appointment_of(person, *IMPORTING) is not None


def import_to_start(person: Person) -> None:
    """PermissionDenied unless somebody may hand in a file of the dictionary."""
    if not may_import(person):
        raise PermissionDenied


def may_approve_imports(person: Person) -> bool:
    """Is it somebody whose word lets in what others handed in?"""
    return authority.appointment_of(person, *APPROVING) is not None


def imports_to_read(person: Person) -> QuerySet[DictionaryImport]:
    """Files that were handed in; what is drafted, its sender alone sees."""
    unseen = Q(status=DictionaryImport.Status.DRAFTED) & ~Q(proposed_by=person)
    return DictionaryImport.objects.exclude(unseen).select_related("proposed_by", "decided_by").defer("content")


def import_to_read(person: Person, pk: int) -> DictionaryImport:
    return get_object_or_404(imports_to_read(person), pk=pk)


def import_to_propose(person: Person, pk: int) -> DictionaryImport:
    """One that this person handed in."""
    handed_in = import_to_read(person, pk)
    if handed_in.proposed_by != person or not may_import(person):
        raise PermissionDenied
    return handed_in


def import_to_approve(person: Person, pk: int) -> DictionaryImport:
    """One that this person may let in."""
    handed_in = import_to_read(person, pk)
    if not may_approve_imports(person):
        raise PermissionDenied
    return handed_in


def import_to_end(person: Person, pk: int) -> DictionaryImport:
    """One that this person handed in, or may reject."""
    handed_in = import_to_read(person, pk)
    if handed_in.proposed_by != person and not may_approve_imports(person):
        raise PermissionDenied
    return handed_in
