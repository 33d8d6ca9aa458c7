from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from metrics.models.contradiction import Contradiction
from metrics.models.ruling import LONGEST_SNOOZE, Ruling
from metrics.models.truth_owner import truth_owners_alone
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Fact, Person, Recorded


class CaseJoining(Ruling):
    """A case is the same as another, `into`: what it has found and will find feeds the one that stays.

    The case that stays gathers no further ones from others: what is joined does not itself hold what was joined to it.
    """

    contradiction = models.OneToOneField(Contradiction, on_delete=models.PROTECT, related_name="joining")
    into = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="joinings")

    class Meta(Ruling.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(contradiction=F("into")), name="a_case_is_not_joined_to_itself")
        ]
        triggers = [
            *Ruling.Meta.triggers,
            truth_owners_alone(
                "a_joining_is_the_truth_owners",
                "cases are joined",
                cases="NEW.contradiction_id, NEW.into_id",
                also="""
        IF EXISTS (SELECT FROM metrics_contradiction WHERE id = NEW.into_id AND status NOT IN ('open', 'in_remedy'))
           OR EXISTS (SELECT FROM metrics_casejoining WHERE into_id = NEW.contradiction_id) THEN
            RAISE EXCEPTION 'a case is joined to one that stands, and takes none along';
        END IF;
""",
            ),
        ]

    def __str__(self) -> str:
        return f"joined to {self.into}"


class CaseSplit(Ruling):
    """The facts of a segment differ: it has its own case, `contradiction`, from here on, beside that of its whole."""

    contradiction = models.OneToOneField(Contradiction, on_delete=models.PROTECT, related_name="split")
    parent = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="splits")

    class Meta(Ruling.Meta):
        triggers = [*Ruling.Meta.triggers, truth_owners_alone("a_split_is_the_truth_owners", "a case is split")]

    def __str__(self) -> str:
        return f"split off {self.parent}"


class CaseLink(Ruling):
    """Two cases have to do with each other, as somebody says; the earlier one is `contradiction`."""

    contradiction = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="+")

    class Meta(Ruling.Meta):
        constraints = [
            models.UniqueConstraint(fields=["contradiction", "other"], name="two_cases_are_linked_once"),
            models.CheckConstraint(condition=Q(contradiction__lt=F("other")), name="the_earlier_case_comes_first"),
        ]

    def __str__(self) -> str:
        return f"linked to {self.other}"


class SnoozeQuerySet(models.QuerySet["Snooze"]):
    def in_force(self, *, on: date) -> Self:
        """Those that put their case off on a day: neither over nor woken."""
        return self.filter(until__gte=on, waking__isnull=True)


class Snooze(Ruling):
    """The truth owner puts off a case up to and including a day. It is listed meanwhile; what is worse wakes it."""

    contradiction = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="snoozes")
    until = models.DateField()
    severity = models.CharField(max_length=10, choices=Contradiction.Severity, help_text="When it was put off.")

    objects = SnoozeQuerySet.as_manager()

    class Meta(Ruling.Meta):
        triggers = [
            *Ruling.Meta.triggers,
            truth_owners_alone(
                "a_snooze_is_the_truth_owners",
                "a case is snoozed",
                also=f"""
        IF NEW.until > (NEW.at + interval '14 hours')::date + {LONGEST_SNOOZE} THEN
            RAISE EXCEPTION 'a snooze ends within {LONGEST_SNOOZE} days';
        END IF;
""",
            ),
        ]

    def __str__(self) -> str:
        return f"snoozed until {self.until:%-d %B %Y}"

    def wake(self, reason: str, *, by: Actor) -> "Waking":
        """It ends now, in the act under way; `by` is a person, or the clockwork that saw the case get worse."""
        return Waking.objects.create(snooze=self, reason=reason, person=by.person, at=clock.now())


class Waking(Recorded):
    """A snooze is over before its day, because the case got worse or somebody wants it back."""

    snooze = models.OneToOneField(Snooze, on_delete=models.PROTECT, related_name="waking")
    reason = models.TextField()
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Fact.Meta):
        pass

    def __str__(self) -> str:
        return self.reason
