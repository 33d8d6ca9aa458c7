"""Answers to invitations by link: the link names the meeting and who was invited, and is signed by us.

It lets its bearer accept or decline for that person, until the meeting begins, and nothing else: to send somebody in
one's place one signs in.
"""

from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from forums.models import Meeting, Reply
from truthgov.models import Person

SIGNER = signing.Signer(salt="forums.invitation")
BY_LINK = (Reply.Answer.ACCEPTED, Reply.Answer.DECLINED)


def address_of(meeting: Meeting, person: Person) -> str:
    """Where a person answers without signing in."""
    return reverse("forums:invitation", args=[SIGNER.sign_object([meeting.pk, person.pk])])


def invited_by(token: str) -> tuple[Meeting, Person]:
    """The meeting and the person that a link names; 404 for one that is not ours."""
    try:
        meeting, person = SIGNER.unsign_object(token)
    except signing.BadSignature as error:
        raise Http404 from error
    meetings = Meeting.objects.select_related("forum", "charter")
    return get_object_or_404(meetings, pk=meeting), get_object_or_404(Person.objects.active(), pk=person)
