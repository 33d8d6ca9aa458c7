from django.db import models
from django.db.models import F, Q

from truthgov.models import Function, Scope


class Journey(models.Model):
    """A customer's path end to end. Its declared value makes exposure countable."""

    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="journey")
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    customers_per_month = models.PositiveIntegerField(null=True, blank=True)
    value_per_customer = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="In the organisation's currency."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A step of a journey, in its order, with the function that carries it."""

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


class Handoff(models.Model):
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
