from datetime import tzinfo
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Enrol a person; without a password they set one by the reset link."""
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Person(AbstractBaseUser):
    """Somebody who signs in. What they may do follows from their appointments, never from this row."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, blank=True, help_text="Empty: the organisation's zone.")
    is_reminded = models.BooleanField(default=True, help_text="By e-mail, of the figures they owe.")
    is_active = models.BooleanField(default=True)
    enrolled_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = PersonManager.from_queryset(PersonQuerySet)()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="an_address_belongs_to_one_person")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("truthgov:person", args=[self.pk])

    @property
    def zone(self) -> tzinfo:
        """Theirs, or the organisation's."""
        return ZoneInfo(self.time_zone) if self.time_zone else timezone.get_default_timezone()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]
