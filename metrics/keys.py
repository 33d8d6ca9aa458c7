"""Keys that push figures: a key of the kernel, with the sources it may name."""

from collections.abc import Iterable
from datetime import datetime

from metrics.models import KeySource, Source
from truthgov import audit, keys
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import Function, Key


def issue(
    name: str, *, functions: Iterable[Function], sources: Iterable[Source], expires_at: datetime, by: Actor
) -> tuple[Key, str]:
    """A new key for the figures of these functions from these sources, and its text, which is shown this once.

    Refusal without a source, and for what `truthgov.keys.issue` refuses.
    """
    named = list(sources)
    if not named:
        raise Refusal("Choose at least one source whose figures the key may push.")
    with audit.act():
        key, text = keys.issue(name, functions=functions, expires_at=expires_at, by=by)
        KeySource.objects.bulk_create(KeySource(key=key, source=source) for source in named)
        audit.record("key.granted_sources", key, by=by, sources=sorted(source.code for source in named))
    return key, text
