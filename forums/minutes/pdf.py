"""Sealed minutes as a document: the text that was signed, who signed it, the seal, and what was corrected since."""

from typing import Any

from django.utils import timezone

from forums.models import Correction, Minutes
from truthgov import pdf

TEMPLATE = "forums/meetings/minutes.typ"


def minutes_document(minutes: Minutes) -> bytes:
    """The same bytes for the same sealing and corrections; its hash is that of everything else it says."""
    told = _told(minutes)
    return pdf.render(TEMPLATE, told | {"digest": pdf.digest(told)}, as_of=minutes.sealing.sealed_at)


def _told(minutes: Minutes) -> dict[str, Any]:
    sealing = minutes.sealing
    return {
        "title": f"Minutes of {minutes.meeting}",
        "subject": f"Sealed on {timezone.localtime(sealing.sealed_at):%-d %B %Y at %H:%M}",
        "lines": sealing.text.splitlines(),
        "signatures": [
            [str(each.person), each.appointment.title, f"{timezone.localtime(each.signed_at):%-d %B %Y, %H:%M}"]
            for each in minutes.standing_signatures().order_by("pk")
        ],
        "corrections": [
            _correction(each) for each in sealing.corrections.select_related("countersignature__person", "withdrawal")
        ],
        "hashes": [
            ["The seal: text, attendance, decisions and view", sealing.hash],
            ["The text", sealing.text_hash],
            ["The view that was frozen", sealing.view_hash],
        ],
    }


def _correction(correction: Correction) -> list[str]:
    signed, withdrawn = (getattr(correction, name, None) for name in ("countersignature", "withdrawal"))
    unsigned = f"withdrawn: {withdrawn.reason}" if withdrawn else "not countersigned"
    by = f"{correction.made_by}, {signed.person}" if signed else f"{correction.made_by}; {unsigned}"
    return [correction.passage, correction.wording, correction.reason, by]
