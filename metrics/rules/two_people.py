"""What two people do to a proposal: one makes it, another approves or rejects it; its proposer may withdraw it."""

from metrics.models.proposal import Proposal
from truthgov import clock
from truthgov.actor import Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance
from truthgov.models import Role

Status = Proposal.Status


def require_two(proposal: Proposal, what: str, *, by: Appointed) -> None:
    """Refusal where the approver is its proposer, or where neither of them is the truth owner; `what` they set."""
    if by.person == proposal.proposed_by:
        raise Refusal(f"Whoever proposes {what} cannot approve it; let another person approve it.")
    if Role.TRUTH_OWNER not in (by.appointment.role, proposal.appointment.role):
        raise Refusal(f"One of the two who agree on {what} is the truth owner; ask the truth owner to approve it.")


def approve(proposal: Proposal, *, by: Appointed) -> None:
    advance(proposal, Status.PROPOSED, Status.APPROVED, approved_by=by.person, approved_at=clock.now())


def withdraw(proposal: Proposal, reason: str, *, by: Appointed) -> None:
    """Refusal for anybody but its proposer."""
    if by.person != proposal.proposed_by:
        raise Refusal("Only its proposer withdraws a proposal; you can reject it, with your reason.")
    end(proposal, Status.WITHDRAWN, reason, by=by)


def reject(proposal: Proposal, reason: str, *, by: Appointed) -> None:
    """Refusal for its proposer."""
    if by.person == proposal.proposed_by:
        raise Refusal("Whoever proposes it withdraws it; rejecting is for another person.")
    end(proposal, Status.REJECTED, reason, by=by)


def end(proposal: Proposal, ending: Proposal.Status, reason: str, *, by: Appointed) -> None:
    if not reason.strip():
        raise InvalidInput("A proposal ends with a reason.", {"reason": "Say why."})
    advance(proposal, Status.PROPOSED, ending, ended_by=by.person, ended_because=reason.strip())
