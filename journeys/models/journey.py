from decimal import Decimal

from django.db import models
from django.db.models import F, Max, Q
from django.utils.text import slugify

from truthgov import audit
from truthgov.actor import Actor
from truthgov.acts import ActField
from truthgov.authority import acting_as, appointment_of
from truthgov.errors import Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Accounted, Function, Person, Role, Scope


class Journey(Accounted):
    """A customer's path end to end. Its declared value makes exposure countable."""

    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="journey")
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    customers_per_month = models.PositiveIntegerField(null=True, blank=True)
    value_per_customer = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="In the organisation's currency."
    )
    act = ActField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def establish(cls, name: str, *, by: Actor) -> "Journey":
        """A new journey, which somebody can then be appointed to own; by the truth owner or the sponsor."""
        with audit.act():
            actor = acting_as(by, Role.TRUTH_OWNER, Role.SPONSOR)
            code = slugify(name)[:80]
            if not code:
                raise Refusal(f"{name} has no letters to make a code of; choose another name.")
            with only_once(f"There is a journey called {name} already; choose another name."):
                scope = Scope.objects.create(kind=Scope.Kind.JOURNEY, name=name)
                journey = cls.objects.create(scope=scope, code=code, name=name)
            audit.record("journey.established", journey, by=actor, name=name)
        return journey

    def describe(
        self, *, description: str, customers_per_month: int | None, value_per_customer: Decimal | None, by: Actor
    ) -> None:
        """Say what the journey is, and declare its value: customers a month, money a customer."""
        with audit.act():
            actor = self.shaped_by(by)
            self.description = description
            self.customers_per_month, self.value_per_customer = customers_per_month, value_per_customer
            self.save(update_fields=["description", "customers_per_month", "value_per_customer"])
            audit.record(
                "journey.described",
                self,
                by=actor,
                description=description,
                customers_per_month=customers_per_month,
                value_per_customer=value_per_customer,
            )

    def add_stage(self, name: str, function: Function, *, by: Actor) -> "Stage":
        """A further stage, at the end."""
        with audit.act():
            actor = self.shaped_by(by)
            last = self.stages.aggregate(last=Max("position"))["last"] or 0
            stage = self.stages.create(position=last + 1, name=name, function=function)
            audit.record("stage.added", stage, by=actor, journey=self.pk, name=name, function=function.pk)
        return stage

    def add_handoff(
        self, from_stage: "Stage", to_stage: "Stage", *, promise: str, arrival: str, by: Actor
    ) -> "Handoff":
        """Where one stage passes the customer on to another. Refusal for stages of another journey, or joined ones."""
        with audit.act():
            actor = self.shaped_by(by)
            if from_stage == to_stage or {from_stage.journey_id, to_stage.journey_id} != {self.pk}:
                raise Refusal("A handoff joins two different stages of this journey; choose them.")
            if self.handoffs.filter(from_stage=from_stage, to_stage=to_stage).exists():
                raise Refusal(f"{from_stage} hands over to {to_stage} already; reword that handoff.")
            handoff = self.handoffs.create(from_stage=from_stage, to_stage=to_stage, promise=promise, arrival=arrival)
            audit.record("handoff.added", handoff, by=actor, journey=self.pk, promise=promise, arrival=arrival)
        return handoff

    def shaped_by(self, by: Actor) -> Actor:
        """The actor as its owner or as the truth owner, and the journey locked: two who shape it come one after the
        other, so that positions stay in order. PermissionDenied for others."""
        owns = by.person is not None and appointment_of(by.person, Role.JOURNEY_OWNER, scope=self.scope_id)
        actor = acting_as(by, Role.JOURNEY_OWNER, scope=self.scope_id) if owns else acting_as(by, Role.TRUTH_OWNER)
        Journey.objects.select_for_update(no_key=True).get(pk=self.pk)
        return actor

    def may_be_shaped_by(self, person: Person) -> bool:
        owner = appointment_of(person, Role.JOURNEY_OWNER, scope=self.scope_id)
        return bool(owner or appointment_of(person, Role.TRUTH_OWNER))


class Stage(Accounted):
    """A step of a journey, in its order, with the function that carries it."""

    off_record = ("position",)

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="stages")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    function = models.ForeignKey(Function, on_delete=models.PROTECT, related_name="stages")

    class Meta:
        ordering = ["journey", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "position"],
                name="one_stage_per_position",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def change(self, *, name: str, function: Function, position: int, by: Actor) -> None:
        """Rename, give to another function, and move to a place: 1 is the first, one beyond the last is the last."""
        with audit.act():
            actor = self.journey.shaped_by(by)
            before = {"name": self.name, "function": self.function_id, "position": self.position}
            self.name, self.function = name, function
            self.save(update_fields=["name", "function"])
            self._move(position)
            audit.record("stage.changed", self, by=actor, before=before, name=name, function=function.pk)

    def remove(self, *, by: Actor) -> None:
        """Take the stage out; its handoffs have to be removed before."""
        with audit.act():
            actor = self.journey.shaped_by(by)
            if self.handoffs_out.exists() or self.handoffs_in.exists():
                raise Refusal(f"{self.name} takes part in handoffs; remove those first.")
            audit.record("stage.removed", self, by=actor, journey=self.journey_id, name=self.name)
            self.delete()

    def _move(self, position: int) -> None:
        others = list(self.journey.stages.exclude(pk=self.pk))
        others.insert(max(position - 1, 0), self)
        for place, stage in enumerate(others, start=1):
            stage.position = place
        Stage.objects.bulk_update(others, ["position"])


class Handoff(Accounted):
    """Where a journey passes from one stage's function to another's: what is promised, and what arrives."""

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="handoffs")
    from_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="handoffs_out")
    to_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="handoffs_in")
    promise = models.CharField(max_length=400)
    arrival = models.CharField(max_length=400, help_text="What the receiving function finds.")

    class Meta:
        ordering = ["journey", "from_stage__position", "to_stage__position"]
        constraints = [
            models.CheckConstraint(condition=~Q(from_stage=F("to_stage")), name="a_handoff_joins_two_stages"),
            models.UniqueConstraint(fields=["from_stage", "to_stage"], name="one_handoff_between_two_stages"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage} to {self.to_stage}"

    def reword(self, *, promise: str, arrival: str, by: Actor) -> None:
        with audit.act():
            actor = self.journey.shaped_by(by)
            before = {"promise": self.promise, "arrival": self.arrival}
            self.promise, self.arrival = promise, arrival
            self.save(update_fields=["promise", "arrival"])
            audit.record("handoff.reworded", self, by=actor, before=before, promise=promise, arrival=arrival)

    def remove(self, *, by: Actor) -> None:
        with audit.act():
            actor = self.journey.shaped_by(by)
            audit.record("handoff.removed", self, by=actor, journey=self.journey_id, promise=self.promise)
            self.delete()
