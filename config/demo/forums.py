"""The two forums beside steering: founded by the truth owner, under their presets, approved by the sponsor."""

from collections.abc import Mapping
from datetime import date

from config.demo.cast import LEADS, SECRETARY, SPONSOR, TRUTH_OWNER, Cast, Part
from config.demo.story import BOOK_TO_STAY
from forums.charters.presets import preset
from forums.charters.terms import Seat
from forums.models import Forum, StandingSeat
from truthgov import appointing
from truthgov.models import Role

BESIDE = {Forum.Kind.PORTFOLIO: "Journey portfolio", Forum.Kind.CHANGE: "Change readiness"}
STANDING: Mapping[str, Part] = {
    StandingSeat.Domain.CX: BOOK_TO_STAY,
    StandingSeat.Domain.SERVICE_OPERATIONS: LEADS[4],
    StandingSeat.Domain.TECHNOLOGY: LEADS[3],
    StandingSeat.Domain.DATA: LEADS[1],
    StandingSeat.Domain.RISK: LEADS[5],
}
"""Who brings what to them: the owner of the journey, Front Office, Reservations, Revenue Management, Finance."""


def found_beside_steering(cast: Cast, *, starts_on: date) -> None:
    """Each under its preset, with the standing seats filled and a secretary."""
    seats = tuple(Seat(str(domain), str(part.role), cast.scope_of(part)) for domain, part in STANDING.items())
    for kind, name in BESIDE.items():
        forum = Forum.objects.found(code=str(kind), name=name, kind=str(kind), by=cast.actor(TRUTH_OWNER))
        terms = preset(str(kind), starts_on, seats=seats)
        forum.propose_charter(terms, by=cast.actor(TRUTH_OWNER)).approve(by=cast.actor(SPONSOR))
        proposed = appointing.propose(
            cast[SECRETARY], Role.SECRETARY, forum.scope, starts_on=starts_on, by=cast.actor(TRUTH_OWNER)
        )
        appointing.confirm(proposed, by=cast.actor(SPONSOR))
