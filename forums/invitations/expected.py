"""Who is expected at a meeting to come: everybody with a seat, and what each answered to their invitation."""

from dataclasses import dataclass

from forums.models import Meeting, Reply
from truthgov.models import Person

NOT_ANSWERED = "not answered"


@dataclass(frozen=True)
class Expected:
    person: Person
    reply: Reply | None
    is_invited: bool


@dataclass(frozen=True)
class Coming:
    """`own` is the reader's answer, who is asked for one where `asks`."""

    expected: list[Expected]
    own: Reply | None
    asks: bool

    @property
    def summary(self) -> str:
        """How many come: "4 accepted, 1 declined, 2 not answered"."""
        counts = dict.fromkeys([*Reply.Answer.labels, NOT_ANSWERED], 0)
        for each in self.expected:
            counts[each.reply.get_answer_display() if each.reply else NOT_ANSWERED] += 1
        return ", ".join(f"{count} {words.lower()}" for words, count in counts.items() if count) or "Nobody has a seat"


def coming_to(meeting: Meeting, reader: Person) -> Coming:
    """As the answers to the time and place that stand have it; a fixed number of queries."""
    seats, replies = meeting.seat_holders(meeting.slot), meeting.standing_replies()
    invited = set(meeting.invitations.standing().filter(sequence=meeting.sequence).values_list("person", flat=True))
    people = Person.objects.active().filter(pk__in=seats).order_by("name", "pk")
    return Coming(
        expected=[Expected(person, replies.get(person.pk), person.pk in invited) for person in people],
        own=replies.get(reader.pk),
        asks=meeting.status == Meeting.Status.SCHEDULED and reader.pk in seats,
    )
