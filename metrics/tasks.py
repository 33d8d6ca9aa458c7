from celery import shared_task

from metrics.assessment import assess
from metrics.assessment.missing import have_stops_judged
from metrics.handing_in import reminding
from metrics.sources import pull
from metrics.uploads import working


@shared_task(name="metrics.pull_feeds")
def pull_feeds() -> None:
    """Run the feeds whose slot has come, and those to be tried again."""
    pull.pull_due()


@shared_task(name="metrics.assess")
def assess_what_waits() -> None:
    """Look for what was touched and is not assessed yet."""
    assess()


@shared_task(name="metrics.notice_stops")
def notice_stops() -> None:
    """Have judged the figures whose promise ran out without their coming."""
    have_stops_judged()


@shared_task(name="metrics.remind")
def remind() -> None:
    """Write to those whose figures are due, where it is morning."""
    reminding.remind()


@shared_task(name="metrics.work_on_uploads")
def work_on_uploads() -> None:
    """Read and store the large files that wait for a worker."""
    working.work()
