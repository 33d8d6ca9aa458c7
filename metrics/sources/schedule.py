"""When a feed runs, and for which period: some days after the period's end, at an hour of the organisation. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from truthgov.periods import Grain, Period

CATCH_UP = 31
"""The most periods that are asked for at once after a standstill; what lies before is for a back-fill."""


@dataclass(frozen=True)
class Schedule:
    """`days_after` the end of each period of `grain`, at `hour` in `zone`."""

    grain: Grain
    days_after: int
    hour: int
    zone: tzinfo

    def slot(self, period: Period) -> datetime:
        """The moment from which a period is asked for."""
        return datetime.combine(period.end + timedelta(days=self.days_after), time(self.hour), self.zone)

    def latest(self, at: datetime) -> Period:
        """The last period whose slot has come."""
        day = at.astimezone(self.zone).date() - timedelta(days=self.days_after)
        period = Period.containing(day, self.grain).shift(-1)
        return period if self.slot(period) <= at else period.shift(-1)

    def next_slot(self, at: datetime) -> datetime:
        """The first slot after a moment."""
        return self.slot(self.latest(at).shift(1))

    def owed(self, at: datetime, last: Period | None) -> list[Period]:
        """The periods to ask for when `last` was asked for before; without one, the latest alone."""
        latest = self.latest(at)
        missed = latest.ordinal - last.ordinal if last and last.grain is self.grain else 1
        return [latest.shift(-back) for back in reversed(range(min(missed, CATCH_UP)))]

    def same_hour_tomorrow(self, at: datetime) -> datetime:
        day = at.astimezone(self.zone).date() + timedelta(days=1)
        return datetime.combine(day, time(self.hour), self.zone)
