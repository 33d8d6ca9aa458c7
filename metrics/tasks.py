from celery import shared_task

from metrics.sources import pull


@shared_task(name="metrics.pull_feeds")
def pull_feeds() -> None:
    """Run the feeds whose slot has come, and those to be tried again."""
    pull.pull_due()
