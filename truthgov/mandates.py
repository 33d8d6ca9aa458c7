"""The mandate: the written authority of the truth owner, granted by the sponsor."""

from datetime import date

from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.errors import Refusal
from truthgov.models import Mandate, Role, Scope

POWERS = ("challenge", "escalate", "force")


def grant(text: str, powers: set[str], *, starts_on: date, by: Actor) -> Mandate:
    """Grant the truth owner a new version of the mandate with some of `POWERS`; only the sponsor may.

    Refusal when it would change what held on earlier days.
    """
    with audit.act():
        # Versions are numbered without gaps: two grants come one after the other.
        Scope.objects.select_for_update(no_key=True).get(pk=Scope.organisation().pk)
        actor = acting_as(by, Role.SPONSOR)
        last = Mandate.objects.history().first()
        if last and starts_on < last.starts_on:
            raise Refusal(
                f"Version {last.version} begins on {last.starts_on}; a later one begins on that day or after."
            )
        mandate = Mandate.objects.create(
            version=last.version + 1 if last else 1,
            starts_on=starts_on,
            text=text,
            may_challenge="challenge" in powers,
            may_escalate="escalate" in powers,
            may_force="force" in powers,
            granted_by=actor.appointment,
            granted_at=clock.now(),
        )
        audit.record("mandate.granted", mandate, by=actor, **mandate.as_record())
    return mandate
