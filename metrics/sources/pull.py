"""Pulling feeds: what is due is a state in the database that a beat finds, so that nothing hangs on a worker's life."""

from datetime import datetime

from django.db import transaction

from metrics.ingestion import Delivery, Rows, RowsRefused, SourceDenied, ingest
from metrics.models import Feed, FeedRun, Submission
from metrics.models.feed import LEASE
from metrics.sources.mapping import rows_from_csv, rows_from_json
from truthgov import audit, clock, egress, vault
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.periods import Grain, Period

SHOWN = 5


def pull_due() -> int:
    """Schedule what is due and take up every run that is nobody's; answers how many runs were taken up."""
    schedule(clock.now())
    taken = 0
    while run := claim(clock.now()):
        pull(run)
        taken += 1
    return taken


def schedule(at: datetime) -> None:
    """A run for each feed whose slot has come. Two beats at once: the feed's row is locked, the slot unique."""
    with transaction.atomic():
        for feed in Feed.objects.due(at=at).select_for_update(skip_locked=True):
            FeedRun.objects.get_or_create(feed=feed, slot=feed.next_run_at)
            feed.next_run_at = feed.slot_after(at)
            feed.save(update_fields=["next_run_at"])


def claim(at: datetime) -> FeedRun | None:
    """One run that is nobody's, leased to the caller; a worker that dies leaves it to whoever comes after the lease."""
    with transaction.atomic():
        waiting = FeedRun.objects.to_take_up(at=at).select_related("feed__source", "feed__function").order_by("slot")
        run = waiting.select_for_update(of=["self"], skip_locked=True).first()
        if run:
            run.attempts, run.started_at, run.retry_at = run.attempts + 1, at, at + LEASE
            run.save(update_fields=["attempts", "started_at", "retry_at"])
    return run


def pull(run: FeedRun) -> None:
    """Fetch, read and ingest; what goes wrong over there is tried again, what is refused waits for the next slot."""
    by = Actor(clockwork=f"feed {run.feed_id}")
    if run.is_poisoned:
        run.fail(f"The workers that took it up did not survive it, {run.attempts - 1} times.", by=by)
        return
    try:
        rows = fetch_rows(run.feed)
        _store(run, rows, by)
    except egress.Unreachable as problem:
        if run.is_last_attempt:
            run.fail(f"{problem} Tried {run.attempts} times.", by=by)
        else:
            run.try_again(str(problem))
    except (Refusal, SourceDenied) as refusal:
        run.fail(_worded(refusal), by=by)


def fetch_rows(feed: Feed) -> list[dict[str, str]]:
    """What the feed offers now, as rows of figures. Unreachable, or Refusal with what is wrong."""
    token = vault.unseal(feed.sealed_token) if feed.sealed_token else ""
    fetched = egress.fetch(address(feed), headers={"Authorization": f"Bearer {token}"} if token else {})
    if feed.format == Feed.Format.CSV:
        return rows_from_csv(fetched.body, feed.mapping)
    return rows_from_json(fetched.body, feed.rows_path, feed.mapping)


def address(feed: Feed) -> str:
    """The feed's address, with the last complete month in place of {period}."""
    month = Period.containing(clock.today(), Grain.MONTH).shift(-1)
    return feed.url.replace("{period}", month.code)


def _store(run: FeedRun, rows: list[dict[str, str]], by: Actor) -> None:
    """Figures and the end of the run in one transaction: figures are never stored twice, nor a run done without."""
    with audit.act():
        # Whoever took the run up after our lease waits here, and then finds it done.
        if not FeedRun.objects.select_for_update().filter(pk=run.pk, attempts=run.attempts, status="due").exists():
            return
        if not rows:
            run.finish(None, "No figures were offered.", by=by)
            return
        delivery = Delivery(
            channel=Submission.Channel.PULL,
            source=run.feed.source.code,
            reason=f"Corrected by {run.feed.source.name}, pulled by the feed {run.feed.name}.",
            function_id=run.feed.function_id,
        )
        outcome = ingest(Rows.of(rows), delivery, by=by)
        counts = outcome.counts
        message = f"{counts['accepted']} new, {counts['restated']} restated, {counts['unchanged']} unchanged."
        run.finish(outcome.submission, message, by=by)


def _worded(refusal: Exception) -> str:
    if not isinstance(refusal, RowsRefused):
        errors = getattr(refusal, "errors", {})
        return " ".join([str(refusal), *(f"{name} {sentence}." for name, sentence in errors.items())])
    first = [f"Row {error.row + 1}: {error.message}" for error in refusal.refusals[:SHOWN]]
    return " ".join([f"{len(refusal.refusals)} rows are refused, nothing was stored.", *first])
