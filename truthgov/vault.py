"""Secrets at rest: sealed before they are stored, opened only where they are used, never shown."""

import hashlib
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from truthgov.errors import Refusal


def seal(secret: str) -> str:
    """The secret, encrypted and authenticated (Fernet) with the present key."""
    return _fernet(settings.SEALING_KEY).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again, sealed with the present key or one from before. Refusal when with neither."""
    keys = [settings.SEALING_KEY, *settings.SEALING_KEYS_BEFORE]
    try:
        return MultiFernet(list(map(_fernet, keys))).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Refusal("This secret was sealed with another key; give it anew.") from error


def is_current(sealed: str) -> bool:
    """Is a secret sealed with the present key?"""
    try:
        _fernet(settings.SEALING_KEY).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _fernet(key: str) -> Fernet:
    digest = hashlib.sha256(b"truthgov secrets at rest\n" + key.encode()).digest()
    return Fernet(urlsafe_b64encode(digest))
