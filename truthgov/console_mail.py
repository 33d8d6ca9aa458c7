"""Mails where no server for them is named: written out for whoever runs the product, attachments by name alone."""

from email.message import MIMEPart
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import console


class EmailBackend(console.EmailBackend):
    """Writes who is written to, about what, and the text."""

    def write_message(self, message: EmailMessage) -> None:
        text = [f"To: {', '.join(message.to)}", f"Subject: {message.subject}", "", str(message.body)]
        text += [f"[attached: {_name(each)}]" for each in message.attachments]
        self.stream.write("\n".join([*text, "-" * 79, ""]))


def _name(attachment: Any) -> str:
    return str(attachment.get_filename() if isinstance(attachment, MIMEPart) else attachment[0])
