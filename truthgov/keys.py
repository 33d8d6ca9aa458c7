"""Keys of programs: issued once in the clear, kept as a hash, limited in time, revoked at once.

`tgv_live_<id>_<secret><checksum>`: the checksum lets a scanner tell a leaked key from noise, and a mistyped one be
refused without a look at the database.
"""

import hashlib
import secrets
import string
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hmac import compare_digest
from zlib import crc32

from django.db.models import Q

from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.errors import Refusal
from truthgov.models import Function, Key, Role

PREFIX = "tgv_live_"
ALPHABET = string.digits + string.ascii_letters
ID_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH = 12, 32, 6
LONGEST_LIFE = timedelta(days=367)
"""No year is longer, to the end of its last day; a moment within it has a day that can be told."""
NOTED_EVERY = timedelta(minutes=1)


def issue(name: str, *, functions: Iterable[Function], expires_at: datetime, by: Actor) -> tuple[Key, str]:
    """A new key and its text, which is shown this once; by an administrator or the product's own clockwork.

    `functions` are those whose figures it may hand in. Refusal without a name, or when it would expire in the past or
    later than in a year.
    """
    with audit.act():
        actor, at = _administering(by), clock.now()
        if not name.strip():
            raise Refusal("Name the key after the program that will use it.")
        if not name.strip().isprintable():
            raise Refusal("The name of a key is one line of signs that can be seen; type it anew.")
        if not at < expires_at <= at + LONGEST_LIFE or clock.local_day(expires_at) > _a_year_after(clock.today()):
            raise Refusal("A key expires within a year from now; choose a day that lies ahead, and no further.")
        public_id, secret = _random(ID_LENGTH), _random(SECRET_LENGTH)
        key = Key.objects.create(
            public_id=public_id, secret_hash=_hash(secret), name=name.strip(), issued_by=actor.person, issued_at=at,
            expires_at=expires_at,
        )  # fmt: skip
        key.functions.set(functions)
        named = sorted(key.functions.values_list("code", flat=True))
        audit.record("key.issued", key, by=actor, name=key.name, functions=named, expires_at=expires_at)
    return key, _text(public_id, secret)


def revoke(key: Key, *, by: Actor) -> None:
    """End a key at once; Refusal when it has been revoked before."""
    with audit.act():
        actor, at = _administering(by), clock.now()
        revoked = Key.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=at, revoked_by=actor.person)
        if not revoked:
            raise Refusal("This key has been revoked already.")
        key.refresh_from_db()
        audit.record("key.revoked", key, by=actor)


def verify(text: str) -> Key | None:
    """The usable key that a text is, or None; its use is noted at most once a minute."""
    public_id, _, rest = text.removeprefix(PREFIX).partition("_")
    secret = rest[:SECRET_LENGTH]
    if not compare_digest(text.encode(), _text(public_id, secret).encode()):
        return None
    at = clock.now()
    key = Key.objects.usable(at=at).filter(public_id=public_id).first()
    if key is None or not compare_digest(key.secret_hash, _hash(secret)):
        return None
    long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - NOTED_EVERY)
    if key.last_used_at is None or key.last_used_at < at - NOTED_EVERY:
        Key.objects.filter(long_ago, pk=key.pk).update(last_used_at=at)
    return key


def _administering(by: Actor) -> Actor:
    return by if by.clockwork else acting_as(by, Role.ADMINISTRATOR)


def _a_year_after(day: date) -> date:
    """The same day of the next year; after a 29 February its 28th."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _hash(secret: str) -> str:
    """SHA-256 suffices: a secret of 190 random bits has no dictionary."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _text(public_id: str, secret: str) -> str:
    text = f"{PREFIX}{public_id}_{secret}"
    number, checksum = crc32(text.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        checksum = ALPHABET[digit] + checksum
    return text + checksum
