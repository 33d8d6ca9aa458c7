from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery

from metrics.models.contradiction import Contradiction
from metrics.models.ruling import Ruling
from metrics.models.truth_owner import truth_owners_alone
from truthgov import audit, authority, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput
from truthgov.lifecycle import only_once
from truthgov.models import Fact, Person, Recorded, Role, Scope


class RootCauseQuerySet(models.QuerySet["RootCause"]):
    def on_the_list(self) -> Self:
        """Those that can be named today."""
        return self.filter(retirement__isnull=True)

    def add(self, name: str, explanation: str, *, by: Actor) -> "RootCause":
        """A further cause that cases may be put down to; the truth owner keeps the list."""
        actor = authority.acting_as(by, Role.TRUTH_OWNER, scope=Scope.organisation())
        if not name.strip():
            raise InvalidInput("A cause has a name.", {"name": "Name it in a few words."})
        with audit.act():
            with only_once(f"{name} stands on the list already, or did; choose another name."):
                added = self.create(name=name.strip(), explanation=explanation, added_by=actor.person,
                                    added_at=clock.now())  # fmt: skip
            audit.record("root_cause.added", added, by=actor, name=added.name)
        return added


class RootCause(Recorded):
    """An entry of the organisation's list of why contradictions come about; nobody added what came with truthgov."""

    name = models.CharField(max_length=120, unique=True)
    explanation = models.TextField(blank=True)
    added_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = RootCauseQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_retired(self) -> bool:
        return RootCauseRetirement.objects.filter(cause=self).exists()

    def retire(self, reason: str, *, by: Actor) -> "RootCauseRetirement":
        """It is named no more; the cases that were put down to it stay so."""
        actor = authority.acting_as(by, Role.TRUTH_OWNER, scope=Scope.organisation())
        if not reason.strip():
            raise InvalidInput("A retirement gives its reason.", {"reason": "Say why it is named no more."})
        with audit.act():
            with only_once(f"{self} is retired already."):
                retired = RootCauseRetirement.objects.create(
                    cause=self, reason=reason, retired_by=actor.person, retired_at=clock.now()
                )
            audit.record("root_cause.retired", self, by=actor, reason=reason)
        return retired


class RootCauseRetirement(Recorded):
    """A cause is named no more from here on."""

    cause = models.OneToOneField(RootCause, on_delete=models.PROTECT, related_name="retirement")
    reason = models.TextField()
    retired_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField()

    class Meta(Fact.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.cause} is retired"


class CauseNaming(Ruling):
    """What a contradiction comes from, as a decision or the truth owner says; the latest one holds."""

    contradiction = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="causes")
    cause = models.ForeignKey(RootCause, on_delete=models.PROTECT, related_name="namings")
    authority = models.CharField(max_length=60, blank=True)

    class Meta(Ruling.Meta):
        triggers = [
            *Ruling.Meta.triggers,
            truth_owners_alone("a_cause_is_named_by_right", "a root cause is named", condition="NEW.authority = ''"),
        ]

    def __str__(self) -> str:
        return str(self.cause)


def with_causes(cases: QuerySet[Contradiction]) -> QuerySet[Any]:
    """Cases with the number of the cause that they were last put down to, as `root_cause`; None: nobody has said."""
    last = CauseNaming.objects.filter(contradiction=OuterRef("pk")).order_by("-at", "-pk").values("cause")[:1]
    return cases.annotate(root_cause=Subquery(last))
