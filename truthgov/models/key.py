from datetime import datetime
from typing import Self

from django.db import models

from truthgov.models.function import Function
from truthgov.models.person import Person


class KeyQuerySet(models.QuerySet["Key"]):
    def usable(self, *, at: datetime) -> Self:
        return self.filter(revoked_at__isnull=True, expires_at__gt=at)


class Key(models.Model):
    """What a program signs in with: shown once, kept as a hash, for named functions and sources, until it expires."""

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

    def __str__(self) -> str:
        return self.name


class IdempotentAnswer(models.Model):
    """The committed answer to a request, repeated when its idempotency key comes again."""

    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    location = models.CharField(max_length=300, blank=True)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "idempotency_key"], name="an_idempotency_key_has_one_answer")
        ]

    def __str__(self) -> str:
        return self.idempotency_key
