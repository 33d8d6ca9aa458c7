from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session

from truthgov import checkpoints, clock
from truthgov.models import IdempotentAnswer


@shared_task(name="truthgov.checkpoint")
def checkpoint() -> None:
    """Keep a signed checkpoint of the audit outside the database."""
    checkpoints.keep()


@shared_task(name="truthgov.forget_sessions")
def forget_sessions() -> None:
    """Forget the sessions that are over: who signed in, and when, nobody needs to know any more."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()


@shared_task(name="truthgov.forget_answers")
def forget_answers() -> None:
    """Forget the answers whose requests nobody sends again: what they told of stays, with its receipt."""
    IdempotentAnswer.objects.forget(before=clock.now() - timedelta(days=IdempotentAnswer.KEPT))
