"""How the steering forum's meetings of the demonstration are held: by the same verbs that a browser calls."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db.models import Q

from config.demo.cast import EXECUTIVES, JOURNEY_OWNERS, LEADS, SECRETARY, SPONSOR, TRUTH_OWNER, Cast
from config.demo.story import ANSWER, ANSWERS, BOOK_TO_STAY, FALSE_ALARMS, NOT_YET_ANSWERED, Chapter, Parties
from forums.agendas.publishing import publish
from forums.cases.titles import title_of
from forums.charters.terms import steering
from forums.models import Action, AgendaItem, Decision, Escalation, Forum, Meeting, Minutes, Subject
from forums.motions.acts import Resolution, SourceNaming
from forums.motions.motion import Act, Expected, Motion, Undertaking
from metrics.models import Contradiction, Measure, Position, RootCause, Rule
from truthgov import clock
from truthgov.models import Function

NAME = SECRETARY.over
OVERRIDE = "Both systems point the same way; waiting for them to agree would cost another season."
"""Said where the figures that a decision leans on can be relied on less than is demanded."""
ROOM = "Board room, third floor"
UNTIL_THE_NEXT = timedelta(days=35)
PRESENT = (*EXECUTIVES, *LEADS, *JOURNEY_OWNERS, SECRETARY)


def charter(cast: Cast, *, starts_on: date) -> Forum:
    """Found the forum; the truth owner proposes its charter, the sponsor approves it, a secretary is appointed."""
    forum = Forum.objects.found(code="steering", name=NAME, kind=Forum.Kind.STEERING, by=cast.actor(TRUTH_OWNER))
    terms = steering(starts_on, quorum=5)
    forum.propose_charter(terms, by=cast.actor(TRUTH_OWNER)).approve(by=cast.actor(SPONSOR))
    cast.appoint_secretary()
    return forum


def case_of(parties: Parties) -> Contradiction | None:
    """The live case between these parties, if the figures have raised it."""
    other = (
        Q(other_source__name__startswith=parties.other) | Q(source__name__startswith=parties.other)
        if parties.kind == Rule.Kind.SOURCE_DISAGREEMENT
        else Q(other_measure__code=parties.other)
    )
    found = Contradiction.objects.live().filter(
        other, kind=parties.kind, measure__code=parties.measure, segment__values=parties.segment
    )
    return found.select_related("measure", "source", "other_source").first()


def ask(chapter: Chapter, cast: Cast, *, answered: bool) -> None:
    """The truth owner challenges the party that a chapter asks; it takes its position where it has `answered`."""
    case, asked = case_of(chapter.about), chapter.asked
    if case is None or asked is None:
        return
    scope = cast.scope_of(asked)
    due_on = clock.today() + timedelta(days=7)
    challenge = case.challenge(scope=scope, question=chapter.asks, due_on=due_on, by=cast.actor(TRUTH_OWNER))
    if answered:
        stance = Position.Stance.ACCEPTS if chapter.accepts else Position.Stance.CONTESTS
        case.take_position(
            scope=scope, stance=stance, claim=chapter.claim, challenge=challenge, by=cast.actor(asked)
        )  # fmt: skip


def clear_false_alarms(cast: Cast) -> None:
    """The truth owner declares what is no contradiction, with the reason."""
    for parties, reason in FALSE_ALARMS:
        case = case_of(parties)
        if case and case.status == Contradiction.Status.OPEN:
            case.declare_false_alarm(by=cast.actor(TRUTH_OWNER), reason=reason)


def prepare(meeting: Meeting, cast: Cast) -> None:
    """The secretary says where it is, arranges and publishes its agenda; most members say whether they come."""
    secretary = cast.actor(SECRETARY)
    meeting.move(starts_at=meeting.starts_at, lasts_minutes=120, place=ROOM, by=secretary)
    first = meeting.items.first()
    if first is not None:
        meeting.plan_item(first, section=first.section, minutes=25, presenter=cast[LEADS[0]], by=secretary)
        meeting.draft_agenda(by=secretary)
        publish(meeting, by=secretary)
    for part in PRESENT[:-2]:
        meeting.answer("declined" if part == PRESENT[1] else "accepted", by=cast.actor(part))


def hold(meeting: Meeting, chapters: list[Chapter], cast: Cast) -> None:
    """Hold a meeting at its hour: open, seat the members, decide the chapters' cases, confirm and seal the minutes of
    the one before, close, circulate its own."""
    chair = cast.actor(TRUTH_OWNER)
    with clock.at(meeting.starts_at):
        meeting.open(by=chair)
        for part in PRESENT:
            meeting.arrive(cast[part], by=cast.actor(part))
    for number, chapter in enumerate(chapters, start=1):
        with clock.at(meeting.starts_at + timedelta(minutes=20 * number)):
            _decide(meeting, chapter, cast)
    with clock.at(meeting.starts_at + timedelta(minutes=95)):
        confirmed = _confirm(meeting, cast)
        minutes = meeting.close(by=chair)
    with clock.at(meeting.starts_at + timedelta(days=1)):
        minutes.circulate(by=cast.actor(SECRETARY))
        for earlier in confirmed:
            for part in (TRUTH_OWNER, SECRETARY):
                earlier.sign(read=earlier.text_hash, by=cast.actor(part))


def answer_escalations(meeting: Meeting, cast: Cast, *, now: datetime) -> None:
    """A week after a meeting the sponsor answers what it escalated; of the latest one, something is left to answer."""
    answered_at = meeting.starts_at + timedelta(days=7)
    if answered_at > now:
        return
    is_latest = meeting.starts_at + UNTIL_THE_NEXT > now
    with clock.at(answered_at):
        for escalation in Escalation.objects.open().filter(item__meeting=meeting).select_related("contradiction"):
            kind = escalation.contradiction.kind if escalation.contradiction else ""
            if not (is_latest and kind == NOT_YET_ANSWERED):
                escalation.respond(ANSWERS.get(kind, ANSWER), by=cast.actor(SPONSOR))


def _confirm(meeting: Meeting, cast: Cast) -> list[Minutes]:
    """The minutes that stand on the agenda to be confirmed are."""
    items = meeting.items.filter(subject__kind=Subject.Kind.MINUTES, status=AgendaItem.Status.PENDING)
    waiting = [(item, Minutes.objects.get(pk=item.subject.reference)) for item in items.select_related("subject")]
    for item, minutes in waiting:
        minutes.confirm(item, read=minutes.text_hash, by=cast.actor(TRUTH_OWNER))
    return [minutes for _, minutes in waiting]


def carry_out_actions(cast: Cast, proofs: dict[str, str], *, now: datetime) -> None:
    """Two weeks after a meeting owners show their proofs, and the secretary verifies them a day later."""
    people = {person.pk: part for part, person in cast.people.items()}
    for action in Action.objects.filter(status=Action.Status.OPEN, title__in=proofs):
        shown_at = action.decision.decided_at + timedelta(days=14)
        if shown_at + timedelta(days=1) > now:
            continue
        with clock.at(shown_at):
            action.report_done(proofs[action.title], by=cast.actor(people[action.owner_id]))
        with clock.at(shown_at + timedelta(days=1)):
            action.verify(by=cast.actor(SECRETARY))


def _decide(meeting: Meeting, chapter: Chapter, cast: Cast) -> None:
    decision = _decide_on(meeting, chapter.about, lambda case: _motion(meeting, chapter, case, cast), cast)
    if decision is None:
        return
    if chapter.dissent and chapter.asked:
        decision.dissent(chapter.dissent, by=cast.actor(chapter.asked))
    for parties in chapter.also:
        _decide_on(meeting, parties, lambda case: _following(meeting, chapter, case, decision), cast)


def _decide_on(
    meeting: Meeting, parties: Parties, moved: Callable[[Contradiction], Motion], cast: Cast
) -> Decision | None:
    """Take up the item on the case between these parties and decide it; None where there is none to decide."""
    case, chair = case_of(parties), cast.actor(TRUTH_OWNER)
    subject = Subject.objects.filter(kind=Subject.Kind.CONTRADICTION, reference=case.pk).first() if case else None
    item = meeting.items.filter(subject=subject, status=AgendaItem.Status.PENDING).first()
    if case is None or item is None:
        return None
    meeting.take_up(item, by=chair)
    return item.decide(moved(case), by=chair)


def _following(meeting: Meeting, chapter: Chapter, case: Contradiction, decision: Decision) -> Motion:
    return Motion(
        act=_resolution(meeting, chapter, case),
        wording=f"{title_of(case)}: same cause, same remedy as {decision.item.title}.",
        expects=_expected(chapter),
        review_on=decision.review_on,
        trust_override=OVERRIDE,
    )


def _expected(chapter: Chapter) -> tuple[Expected, ...]:
    return tuple(Expected(measure) for measure in Measure.objects.filter(code__in=chapter.expects))


def _motion(meeting: Meeting, chapter: Chapter, case: Contradiction, cast: Cast) -> Motion:
    return Motion(
        act=_act(meeting, chapter, case, cast),
        wording=chapter.wording,
        expects=_expected(chapter),
        actions=tuple(
            Undertaking(
                title=task.title,
                owner=cast[task.owner],
                due_on=clock.today() + timedelta(days=task.due_after_days),
                function=Function.objects.filter(scope=cast.scope_of(task.owner)).first(),
            )
            for task in chapter.tasks
        ),
        review_on=clock.today() + timedelta(days=90) if chapter.expects else None,
        trust_override=OVERRIDE,
    )


def _act(meeting: Meeting, chapter: Chapter, case: Contradiction, cast: Cast) -> Act:
    if case.kind != Rule.Kind.SOURCE_DISAGREEMENT or case.source is None or case.other_source is None:
        return _resolution(meeting, chapter, case)
    pair = sorted((case.source, case.other_source), key=lambda source: source.name.startswith(chapter.about.other))
    return SourceNaming(
        measure=case.measure, source=pair[0], settles=pair[1], proposed_by=cast[BOOK_TO_STAY],
        starts_on=meeting.period.start,
    )  # fmt: skip


def _resolution(meeting: Meeting, chapter: Chapter, case: Contradiction) -> Resolution:
    proved_from = max(meeting.period.shift(1).start, case.period_under_way().start)
    return Resolution(proved_from, RootCause.objects.filter(name=chapter.cause).first())
