"""Why a contradiction is as severe as it is: the grades that were added up, with their figures, and its exposure."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from forums.cases.queue import word_exposure
from metrics.assessment.grading import Weight, weights_of, worst_standing
from metrics.detection.severity import SCALE, Grade
from metrics.models import Contradiction, Signal
from truthgov.figures import word_figure


@dataclass(frozen=True, slots=True)
class Account:
    """How a severity comes about: its grades, their sum, by which word it goes, and where the exposure is from."""

    grades: tuple[Grade, ...]
    points: int
    exposure: str

    scale = SCALE


def account_of(case: Contradiction, signals: Collection[Signal]) -> Account | None:
    """The account of a case, from the signals that bear on it; None while none of them stands."""
    standing = [signal for signal in signals if getattr(signal, "withdrawal", None) is None]
    found = worst_standing(weights_of(signal for signal in standing if signal.evidence.get("weight")))
    if found is None:
        return None
    return Account(found.severity.grades, found.severity.points, _exposure(case, found.weight))


def _exposure(case: Contradiction, weight: Weight) -> str:
    """Where customers and money come from, in a sentence; empty where neither is known."""
    told = word_exposure(case.exposure_customers, case.exposure_value)
    if not told:
        return ""
    journey = case.journey
    if journey and journey.customers_per_month is not None and weight.share is not None:
        declared = word_figure(Decimal(journey.customers_per_month), "count")
        customers = f"the {declared} customers a month that {journey} declares, and their share"
    else:
        customers = "the cases behind the judged figure, by the month"
    worth = word_figure(journey.value_per_customer, settings.CURRENCY) if journey else None
    money = f"; a customer is worth {worth}" if journey and journey.value_per_customer else ""
    return f"{told} a month: {customers}{money}."
