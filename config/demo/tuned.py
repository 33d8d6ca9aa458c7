"""What the demonstration's people did about the rules that judge them, and about the limits of a chart."""

from decimal import Decimal

from config.demo.cast import TRUTH_OWNER, Cast
from config.demo.story import BOOK_TO_STAY, BOOKED, CANCELLED, CITY, GROUPS, REPEAT, REVENUE, SECURED, WHOLE
from metrics.models import Measure, Rule, Segment
from metrics.rules.rebasing import propose_rebasing, reject_rebasing
from metrics.rules.terms import Tuning
from metrics.rules.tuning import approve_version, propose_rule, propose_version
from truthgov import clock
from truthgov.periods import Grain, Period

FIVE_POINTS = Decimal("0.05")
LOUD = "A company that moves its conference is no contradiction: below five points it is for the account manager."
OF_THEIR_OWN = "Secured groups are meant to come back. Where more deposits go with fewer of them, we want to know."
ANEW = "Since the steering forum's decision, rates that can be cancelled free of charge ask for a card guarantee."
USUAL = "Growth has stood where it stands for half a year; limits from before tell us nothing."
NO_REASON = "That it has been so for long makes it no other process. Name what was changed, and when."


def tune(cast: Cast, last: Period) -> None:
    """After the month `last`: a rule tuned, one of their own proposed, limits proposed anew, and limits rejected."""
    this_month = Period.containing(clock.today(), Grain.MONTH).start
    rule = Rule.objects.get(kind=Rule.Kind.DIVERGENCE, link__from_measure__code=SECURED,
                            link__to_measure__code=CANCELLED)  # fmt: skip
    tuned = propose_version(
        rule, Tuning(min_effect=FIVE_POINTS), starts_on=this_month, reason=LOUD, by=cast.actor(GROUPS)
    )
    approve_version(tuned, by=cast.actor(TRUTH_OWNER))
    secured, repeat = (Measure.objects.get(code=code) for code in (SECURED, REPEAT))
    propose_rule(
        Rule.Kind.DIVERGENCE, secured, repeat, Tuning(), starts_on=None, reason=OF_THEIR_OWN, by=cast.actor(GROUPS)
    )
    _propose_limits(cast, last)


def _propose_limits(cast: Cast, last: Period) -> None:
    segments = {key: Segment.objects.get(values=values) for key, values in (("city", CITY), ("whole", WHOLE))}
    propose_rebasing(
        Measure.objects.get(code=CANCELLED), segments["city"], starts_on=last.shift(-2).start, reason=ANEW,
        by=cast.actor(BOOK_TO_STAY),
    )  # fmt: skip
    proposed = propose_rebasing(
        Measure.objects.get(code=BOOKED), segments["whole"], starts_on=last.shift(-5).start, reason=USUAL,
        by=cast.actor(REVENUE),
    )  # fmt: skip
    reject_rebasing(proposed, reason=NO_REASON, by=cast.actor(TRUTH_OWNER))
