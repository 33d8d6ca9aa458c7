"""What assessment takes: in this process, beside other tools, and by the product's own workers."""

import gc
import sys
from collections.abc import Iterator
from datetime import date
from itertools import count
from statistics import median
from time import monotonic, sleep

from django.db.models import Min

from benchmarks import assessing, databases, noticing, pages, processes, sharing
from benchmarks.declaring import READER
from benchmarks.expecting import expect
from benchmarks.organisation import Organisation
from benchmarks.report import Measured
from benchmarks.rivals.agreement import Agreement
from benchmarks.rivals.beside import Answered, Beside, make_table
from benchmarks.rows import months
from benchmarks.uploading import wait_for_worker
from config.servers import process
from metrics import wake
from metrics.models import Reading, Rule, TouchedSet
from truthgov.models import Person

SEEN = 7
BESIDE = 3
"""Times that the product assesses before, and after, another tool is asked."""
WORKER_SECONDS = 600


def assessment(organisation: Organisation, today: date, database: str, *, beside: bool) -> Iterator[Measured]:
    """From what was touched to contradictions, in this process; `beside` it, the same asked by other tools."""
    gc.collect()
    gc.freeze()  # the rows this process holds to push are no part of what a worker has to look through
    with databases.using(database):
        databases.settle()
        first, out = assessing.assessed(), assessing.copy_out()
        yield Measured("rules", Rule.objects.count())
        yield Measured("kinds of rules", Rule.objects.order_by().values("kind").distinct().count())
        yield Measured("COPY OUT of the readings", out, unit=" s")
        yield Measured("first assessment of the whole history ÷ COPY OUT", first / out)
        databases.settle()
        arrived = assessing.arrived(organisation, today)
        yield Measured("assessment of a new month of everything, cases opening ÷ COPY OUT", arrived / out)
        databases.settle()
        full = assessing.all_rules(today)
        yield Measured("full assessment ÷ COPY OUT of the readings", full.ratio, "≤ 3")
        some = assessing.a_push(organisation, today)
        yield Measured("assessment after 1 % of the pairs changed ÷ COPY OUT", some.ratio, "≤ 0.06")
        scattered = assessing.scattered(organisation, today)
        yield Measured("assessment after 1 % of the series changed, all over ÷ COPY OUT", scattered.ratio)
        asked = _asked_beside(organisation, today)
        yield from _agreement(asked)
        if beside:
            yield from _beside(asked, organisation, today)
        histories = assessing.histories(today)
        yield Measured("first assessment of two daily pairs, of ten years and of one", assessing.assessed(), unit=" s")
        long, short = assessing.one_figure(histories)
        yield Measured("one new figure, from commit to assessed", long * 1000, unit=" ms")
        yield Measured("one new figure of a ten-year series ÷ of a one-year series", long / short, "≤ 3")


def workers(today: date, database: str, together: int) -> Iterator[Measured]:
    """What the product's own processes take: `together` at one touched set, one that rests, and one that has it all."""
    with databases.using(database):
        month = months(1, today)[0].start
        TouchedSet.objects.note(
            (series, month) for series in Reading.objects.values_list("series", flat=True).distinct()
        )
        told = [pair for each in sharing.assessed_by(together, databases.environment(database)) for pair in each]
        expect(bool(told), "nobody assessed what waits")
        twice = len(told) - len(set(told))
        yield Measured(
            f"pairs that {together} workers at one touched set assessed twice, of {len(told):,}", twice, "≤ 0"
        )
        noticing.declare(SEEN, today)
        with processes.web(database) as (_, port), processes.worker(database) as child:
            wait_for_worker()
            reader = pages.Reader(Person.objects.get(email=READER), port)
            _, *seen = noticing.seconds_until_shown(SEEN, today, reader)  # the first one warms everything up
            yield Measured("one pair, from commit to the contradiction on the page", median(seen), "≤ 1", " s")
            yield Measured("the same, the longest of six", max(seen), unit=" s")
            peak, in_all = _assess_everything(child)
            yield Measured("worker process while it assesses all, peak", peak, "≤ 600", " MB")
            yield Measured("the same, all processes of the worker together", in_all, unit=" MB")


def _asked_beside(organisation: Organisation, today: date) -> Beside:
    touched = [organisation.entries[number].code for number in assessing.of_one_function(organisation)]
    make_table()
    return Beside.of(organisation, months(1, today)[0].start, touched)


def _agreement(asked: Beside) -> Iterator[Measured]:
    """How far what other tools are asked finds what the product finds."""
    by_kind, simpler = asked.agreements()
    for each in by_kind:
        yield Measured(f"found by product and questions, {each.kind} ({_apart(each)})", each.both)
    in_all = by_kind[-1]
    yield Measured(f"the same by simpler questions, {simpler.kind} ({_apart(simpler)})", simpler.both)
    for name, part, whole in (
        ("what the product lets stand that the questions find", in_all.both_standing, in_all.standing),
        ("what the questions find that the product finds of each pair", in_all.both, in_all.asked),
        ("what the product lets stand that simpler questions find", simpler.both_standing, simpler.standing),
        ("what simpler questions find that the product finds of each pair", simpler.both, simpler.asked),
    ):
        if whole:
            yield Measured(name, 100 * part / whole, unit=" %")


def _apart(each: Agreement) -> str:
    return f"product {each.judged}, of which {each.standing} stand; questions {each.asked}"


def _beside(asked: Beside, organisation: Organisation, today: date) -> Iterator[Measured]:
    """Each tool held against what the product takes right before and after: a machine is not as fast at all times."""
    turns = count(assessing.REPEATS)
    before = [_taken(organisation, today, next(turns)) for _ in range(BESIDE)]
    for answer in asked.answers():
        after = [_taken(organisation, today, next(turns)) for _ in range(BESIDE)]
        if isinstance(answer, Answered):
            full, some = (median(taken) for taken in zip(*before, *after, strict=True))
            yield from _held_against(answer, full, some)
        else:
            print(answer, file=sys.stderr)
        before = after


def _taken(organisation: Organisation, today: date, turn: int) -> tuple[float, float]:
    """Seconds of a full assessment, and of one after one pair in a hundred changed."""
    assessing.touch_latest_month(today)
    full = assessing.assessed()
    assessing.push_again(organisation, today, turn)
    return full, assessing.assessed()


def _held_against(answer: Answered, full: float, some: float) -> Iterator[Measured]:
    tool = answer.tool
    yield Measured(f"{tool}, {answer.questions:,} rules", answer.all_rules, unit=" s")
    yield Measured(f"{tool}, all rules ÷ full assessment", answer.all_rules / full, "≥ 10", "×")
    yield Measured(f"{tool}, all rules ÷ assessment after 1 % changed", answer.all_rules / some, "≥ 200", "×")
    yield Measured(
        f"{tool}, told which rules 1 % touches ÷ assessment after 1 % changed", answer.touched / some, unit="×"
    )
    yield Measured(f"{tool}, asked simpler questions", answer.simpler, unit=" s")
    yield Measured(f"{tool}, asked simpler questions ÷ full assessment", answer.simpler / full, unit="×")
    yield Measured(f"{tool}, asked simpler questions ÷ assessment after 1 % changed", answer.simpler / some, unit="×")


def _assess_everything(worker: process.Child) -> tuple[float, float]:
    """Have all of history assessed once more, by a worker; the most that one and all of its processes took, in MB."""
    TouchedSet.objects.note(Reading.objects.values_list("series").annotate(first=Min("period_start")))
    wake.assessment()
    deadline, peak, together = monotonic() + WORKER_SECONDS, 0.0, 0.0
    while TouchedSet.objects.exists():
        expect(monotonic() < deadline, "the worker has not assessed everything in time")
        peak = max(peak, processes.peak_megabytes(worker))
        together = max(together, processes.together_megabytes(worker))
        sleep(0.2)
    return peak, together
