from datetime import datetime
from typing import Self

import pgtrigger
from django.db import models

from truthgov.models.base import Accounted
from truthgov.models.function import Function
from truthgov.models.person import Person

ONLY_ENDS = pgtrigger.Condition(
    "((NEW.public_id, NEW.secret_hash, NEW.issued_by_id, NEW.issued_at) IS DISTINCT FROM "
    "(OLD.public_id, OLD.secret_hash, OLD.issued_by_id, OLD.issued_at)"
    " OR NEW.expires_at > OLD.expires_at"
    " OR (OLD.revoked_at IS NOT NULL"
    " AND (NEW.revoked_at, NEW.revoked_by_id) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by_id)))"
)
"""An update of a key that would make it another's, let it live longer, or bring it back."""


class KeyQuerySet(models.QuerySet["Key"]):
    def usable(self, *, at: datetime) -> Self:
        return self.filter(revoked_at__isnull=True, expires_at__gt=at)


class Key(Accounted):
    """What a program signs in with: shown once, kept as a hash, for named functions and sources, until it expires."""

    off_record = ("last_used_at",)

    public_id = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    functions = models.ManyToManyField(Function, related_name="keys", blank=True)
    issued_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects = KeyQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]
        triggers = [
            pgtrigger.Protect(name="a_key_is_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="a_key_only_ends", operation=pgtrigger.Update, condition=ONLY_ENDS),
        ]

    def __str__(self) -> str:
        return self.name


class IdempotentAnswerQuerySet(models.QuerySet["IdempotentAnswer"]):
    def forget(self, *, before: datetime, at_once: int = 1_000) -> int:
        """Remove what was stored before a moment; how many. The oldest first, some at a time: nobody waits for it."""
        removed = 0
        while True:
            oldest = list(self.order_by("pk").values_list("pk", "stored_at")[:at_once])
            over = [pk for pk, stored_at in oldest if stored_at < before]
            self.filter(pk__in=over).delete()
            removed += len(over)
            if len(over) < at_once:
                return removed


class IdempotentAnswer(models.Model):
    """The committed answer to a request, repeated when its idempotency key comes again within `KEPT` days."""

    KEPT = 90

    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    location = models.CharField(max_length=300, blank=True)
    stored_at = models.DateTimeField()

    objects = IdempotentAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "idempotency_key"], name="an_idempotency_key_has_one_answer")
        ]

    def __str__(self) -> str:
        return self.idempotency_key
