"""Secrets at rest: sealed before they are stored, opened only where they are used, never shown."""

import hashlib
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from truthgov.errors import Refusal


def seal(secret: str) -> str:
    """The secret, encrypted and authenticated (Fernet)."""
    return _fernet().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again. Refusal when it was sealed with another key than the settings hold."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Refusal("This secret was sealed with another key; give it anew.") from error


def _fernet() -> Fernet:
    digest = hashlib.sha256(b"truthgov secrets at rest\n" + settings.SEALING_KEY.encode()).digest()
    return Fernet(urlsafe_b64encode(digest))
