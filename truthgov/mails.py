"""Mails that are owed, by whatever beat: each to one person, and each once."""

from collections.abc import Callable
from smtplib import SMTPException

import structlog
from django.core.mail import EmailMessage
from django.db import transaction

from truthgov.models import Person

log = structlog.get_logger(__name__)

Claim = Callable[[Person], EmailMessage | None]
"""Writes the rows by which a mail is claimed, and the mail; None where another run has claimed it."""


def send_claimed(person: Person, claim: Claim) -> bool:
    """Whether a mail went out; one that could not be sent leaves no trace, and is tried with the next run."""
    try:
        with transaction.atomic():
            # Another run waits here for this one, then finds its rows.
            mail = claim(Person.objects.select_for_update(no_key=True).get(pk=person.pk))
            if mail is not None:
                mail.subject = " ".join(mail.subject.split())  # a name over two lines would end all mails of a run
                mail.send()
    except (SMTPException, OSError) as error:
        log.warning("a mail could not be sent; the next run tries again", person=person.pk, error=str(error))
        return False
    return mail is not None
