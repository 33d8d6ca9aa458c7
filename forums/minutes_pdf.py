"""Sealed minutes as a document: the text that was signed, who signed it, and the seal."""

from typing import Any

from django.utils import timezone

from forums.models import Minutes
from truthgov import pdf

TEMPLATE = "forums/meetings/minutes.typ"


def minutes_document(minutes: Minutes) -> bytes:
    """The same bytes for the same sealing; its hash is that of everything else it says."""
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
        "hashes": [
            ["The seal: text, attendance, decisions and view", sealing.hash],
            ["The text", sealing.text_hash],
            ["The view that was frozen", sealing.view_hash],
        ],
    }
