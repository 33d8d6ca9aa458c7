"""Pulling feeds: what is due is a state in the database that a beat finds, so that nothing hangs on a worker's life."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, transaction

from metrics.ingestion import Delivery, Outcome, RowError, Rows, RowsRefused, SourceDenied, ingest, remember
from metrics.ingestion.permission import journeys_let_in_by
from metrics.models import Feed, FeedRun, Submission
from metrics.models.feed_run import LeaseLost
from metrics.sources.fetching import Offered, fetch
from truthgov import audit, clock, egress
from truthgov.actor import Actor
from truthgov.errors import Refusal, in_full
from truthgov.figures import counted

log = structlog.get_logger(__name__)

TAKING_SECONDS = 120.0
"""How long one beat goes on taking runs up; the last of them, too, ends before a task's hard limit."""
KEPT = 100
"""How many refused rows a run's log keeps."""
SHOWN = 5
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError,
              DatabaseError, InterfaceError)  # fmt: skip
"""What an answer may raise that nobody foresaw, and what befalls our own database while it is stored (a deadlock, a
lost connection): the runs of other feeds do not wait behind it."""


def pull_due() -> int:
    """Schedule what is due and take up runs that are nobody's; answers how many were taken up."""
    schedule(clock.now())
    taken, until = 0, monotonic() + TAKING_SECONDS
    while monotonic() < until and (run := claim(clock.now())):
        pull(run)
        taken += 1
    return taken


def schedule(at: datetime) -> None:
    """Runs for the periods whose slot has come. Two beats at once: the feed's row is locked, the period unique."""
    with transaction.atomic():
        for feed in Feed.objects.due(at=at).select_for_update(skip_locked=True, no_key=True):
            feed.owe(at)


def claim(at: datetime) -> FeedRun | None:
    """One run that is nobody's, leased to the caller; what the schedule owes goes before what was asked for."""
    with transaction.atomic():
        described = "feed__source", "feed__function", "feed__described_by"
        waiting = FeedRun.objects.to_take_up(at=at).select_related(*described)
        first = waiting.order_by("-kind", "slot", "period_start")
        run = first.select_for_update(of=["self"], skip_locked=True, no_key=True).first()
        if run:
            run.take_up(at)
    return run


def pull(run: FeedRun) -> None:
    """Fetch, read and ingest; what goes wrong over there is tried again, what is refused waits for somebody."""
    by = Actor(clockwork=f"feed {run.feed_id}")
    try:
        if run.is_poisoned:
            run.park(f"The workers that took it up did not survive it, {run.attempts - 1} times.", by=by)
            return
        _bring(run, by)
    except LeaseLost:
        return
    except UNFORESEEN as error:
        log.exception("a run of a feed failed", feed=run.feed_id, run=run.pk)
        _fail(run, error, by)


def _fail(run: FeedRun, error: Exception, by: Actor) -> None:
    with suppress(LeaseLost):
        _try_later(run, f"What came could not be taken in ({type(error).__name__}): an operator finds it logged.", by)


def _try_later(run: FeedRun, problem: str, by: Actor, *, after: timedelta | None = None) -> None:
    if run.is_last_attempt:
        run.park(f"{problem} Tried {run.attempts} times.", by=by)
    else:
        run.try_again(problem, after=after)


def _bring(run: FeedRun, by: Actor) -> None:
    offered = Offered()
    try:
        offered = fetch(run.feed, run.period)
        _store(run, offered, by)
    except egress.Unreachable as problem:
        _try_later(run, str(problem), by, after=problem.after)
    except RowsRefused as refused:
        remember(refused.impossible)
        kept = _kept(refused.refusals)
        run.park(_worded(refused), by=by, refusals=kept, refused=len(refused.refusals), **_came(offered))
    except (Refusal, SourceDenied) as refusal:
        run.park(in_full(refusal), by=by)


def delivery_of(feed: Feed) -> Delivery:
    """How a feed's rows are handed in at the one door."""
    return Delivery(
        channel=Submission.Channel.PULL,
        source=feed.source.code,
        reason=f"Corrected by {feed.source.name}, pulled by the feed {feed.name}.",
        lenient=feed.lenient,
        function_id=feed.function_id,
        journeys=journeys_let_in_by(feed.described_by),
    )


def _store(run: FeedRun, offered: Offered, by: Actor) -> None:
    """Figures and the end of the run in one transaction: figures are never stored twice, nor a run done without."""
    with audit.act():
        # Whoever took the run up after our lease waits here, and then finds it done.
        run.hold()
        if not offered.rows:
            _wait_for_figures(run, by)
            return
        outcome = ingest(Rows.of(offered.rows), delivery_of(run.feed), by=by)
        run.finish(_counted(outcome), by=by, submission=outcome.submission, refusals=_kept(outcome.refusals),
                   **_came(offered), **outcome.counts)  # fmt: skip


def _wait_for_figures(run: FeedRun, by: Actor) -> None:
    """A period that is not there yet is asked for again every day, until the next one is due."""
    schedule, now = run.feed.schedule, clock.now()
    tomorrow = schedule.same_hour_tomorrow(now)
    if run.kind == FeedRun.Kind.ASKED:
        run.finish("No figures were offered.", by=by)
    elif tomorrow < schedule.slot(run.period.shift(1)):
        run.try_again("No figures are offered yet.", at=tomorrow, afresh=True)
    else:
        run.park("No figures were offered before the next period was due.", by=by)


def _came(offered: Offered) -> dict[str, Any]:
    return {"pages": offered.pages, "bytes": offered.bytes, "offered": len(offered.rows)}


def _kept(refusals: Sequence[RowError]) -> list[dict[str, Any]]:
    return [asdict(error) for error in refusals[:KEPT]]


def _counted(outcome: Outcome) -> str:
    counts = outcome.counts
    message = f"{counts['accepted']} new, {counts['restated']} restated, {counts['unchanged']} unchanged."
    return f"{message} {counts['refused']} refused." if counts["refused"] else message


def _worded(refused: RowsRefused) -> str:
    first = [f"Row {error.row + 1}: {error.message}" for error in refused.refusals[:SHOWN]]
    are = "is" if len(refused.refusals) == 1 else "are"
    return " ".join([f"{counted(len(refused.refusals), 'row')} {are} refused, nothing was stored.", *first])
