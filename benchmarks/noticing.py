"""How long until people see it: from the commit of one figure to the contradiction on the page."""

from collections.abc import Iterator
from datetime import date
from time import monotonic, perf_counter, sleep

from benchmarks.contestants import CLOCKWORK
from benchmarks.declaring import declare_pair
from benchmarks.expecting import expect
from benchmarks.pages import Reader
from benchmarks.rows import FIRST_SOURCE, months
from metrics.assessment import assess
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Submission
from truthgov.periods import Grain

HISTORY, GOOD, WOBBLE, BAD = 37, 51.5, 0.25, 35.0
PATIENCE, BETWEEN = 60, 0.01


def declare(count: int, before: date) -> None:
    """So many KPIs on target with the outcomes they serve, judged up to the month before last; nothing is wrong yet."""
    for number in range(count):
        declare_pair(_name(number), grain=Grain.MONTH)
        for side, until in (("kpi", HISTORY), ("outcome", HISTORY - 1)):
            _deliver([(f"{_name(number)}.{side}", month.code, str(GOOD + WOBBLE * (-1) ** turn))
                      for turn, month in enumerate(months(HISTORY, before)[:until])])  # fmt: skip
    assess()


def seconds_until_shown(count: int, before: date, reader: Reader) -> Iterator[float]:
    """Deliver the month in which each outcome gives way, one after the other, and ask for the page until it tells."""
    month = months(1, before)[0].code
    for number in range(count):
        outcome = f"{_name(number)}.outcome"
        _deliver([(outcome, month, str(BAD))])
        committed = perf_counter()
        deadline = monotonic() + PATIENCE
        while outcome.encode() not in reader.page(f"/contradictions/?q={_name(number)}.kpi"):
            expect(monotonic() < deadline, f"nobody is told of {outcome}")
            sleep(BETWEEN)
        yield perf_counter() - committed


def _name(number: int) -> str:
    return f"noticed.{number}"


def _deliver(cells: list[tuple[str, str, str]]) -> None:
    rows = Rows.of({"measure": measure, "period": period, "segment": "{}", "value": value}
                   for measure, period, value in cells)  # fmt: skip
    ingest(rows, Delivery(channel=Submission.Channel.COMMAND, source=FIRST_SOURCE), by=CLOCKWORK)
