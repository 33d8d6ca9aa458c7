"""One run: the organisation is generated, pushed, assessed and read, and each figure is told as soon as it is known."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic, sleep

import numpy as np
from django.db.models import Min

from benchmarks import assessing, contestants, databases, pages, plain, processes, pushing, searching, uploading
from benchmarks.declaring import READER, Declared, declare
from benchmarks.organisation import FULL, TINY, YOUNG, Organisation, Size
from benchmarks.report import Measured
from benchmarks.rows import batches
from metrics import keys, wake
from metrics.models import Observation, Reading, Rule, TouchedSet
from truthgov import clock
from truthgov.models import Person

WORKER_SECONDS = 300
SHARE = 10
"""Batches pushed before the other contestants get their turn."""


@dataclass(frozen=True)
class Extent:
    """How large a run is: the organisation, the one that has just begun, how many rows the plain serializer is given,
    how often each page is asked for, how many measures are searched, the function that sends a large file, and the
    programs that push at once."""

    name: str
    size: Size
    young: Size
    serialized: int
    requests: int
    searched: int
    function: Size
    programs: int
    rows_each: int


EXTENTS = {
    "full": Extent(
        "full",
        FULL,
        YOUNG,
        serialized=2000,
        requests=150,
        searched=5000,
        function=uploading.FULL,
        programs=50,
        rows_each=5_000,
    ),
    "small": Extent(
        "small",
        TINY,
        TINY,
        serialized=100,
        requests=2,
        searched=50,
        function=uploading.TINY,
        programs=4,
        rows_each=500,
    ),
}


class Run:
    """A run of one extent, on databases of its own, cloned from the one the environment names."""

    def __init__(self, extent: Extent) -> None:
        databases.provision()
        self.extent, self.today = extent, clock.today()
        self.grown, self.young = f"bench_{extent.name}", f"bench_{extent.name}_young"
        self.bare = f"bench_{extent.name}_bare"
        self.organisation = Organisation(extent.size)
        self.batches = list(batches(self.organisation, before=self.today, which=slice(-1)))

    def measure(self) -> Iterator[Measured]:
        """Every figure of the run, in order."""
        yield from self.intake()
        yield from self.assessment()
        yield from self.worker()
        yield from self.reading()
        yield from self.searching()
        yield from self.uploading()

    def intake(self) -> Iterator[Measured]:
        """Pushing everything over REST, held against what goes without it."""
        rows, bodies = sum(map(len, self.batches)), [batch.as_json() for batch in self.batches]
        with databases.clone(self.bare):
            declare(self.organisation)
            plain_rate = plain.serialized(self.batches[0], self.extent.serialized)
        with databases.clone(self.grown), processes.web(self.grown) as (child, port):
            key = _key(declare(self.organisation))
            first, bare, copied = self._in_turns(bodies, port, key)
            before = contestants.fingerprint()
            again, counts = pushing.push(bodies, port, key)
            _expect(counts["unchanged"] == rows, f"{counts} of {rows} rows, pushed again")
            wrote = sum(was != now for was, now in zip(before, contestants.fingerprint(), strict=True))
            megabytes = processes.peak_megabytes(child)
        yield Measured("observations", rows)
        yield Measured("REST ingest, rows/s", rows / first)
        yield Measured("REST ingest ÷ the same SQL without HTTP", bare / first, "≥ 0.6")
        yield Measured("REST ingest ÷ COPY into a table with one primary key", copied / first, "≥ 0.25")
        yield Measured("REST ingest ÷ a plain ModelSerializer(many=True)", rows / first / plain_rate, "≥ 60", "×")
        yield Measured("unchanged re-push ÷ first push, rows/s", first / again, "≥ 1")
        yield Measured("tables an unchanged re-push wrote to", wrote, "≤ 0")
        yield Measured("web process while pushed to, peak", megabytes, "≤ 300", " MB")

    def _in_turns(self, bodies: list[bytes], port: int, key: str) -> tuple[float, float, float]:
        """Seconds of the REST push, of the same SQL and of COPY: a share of the batches each in turn, so that whatever
        else the machine does falls on all alike."""
        rest = bare = copied = 0.0
        with databases.using(self.bare):
            contestants.make_one_key()
            for begin in range(0, len(bodies), SHARE):
                some = self.batches[begin : begin + SHARE]
                prepared = contestants.prepare(some)
                taken, counts = pushing.push(bodies[begin : begin + SHARE], port, key)
                _expect(counts["accepted"] == sum(map(len, some)), f"{counts} of {sum(map(len, some))} rows")
                rest += taken
                bare += contestants.same_sql(prepared)
                copied += contestants.copied(some)
        return rest, bare, copied

    def assessment(self) -> Iterator[Measured]:
        """From what was touched to contradictions, in this process."""
        gc.collect()
        gc.freeze()  # the rows this process holds to push are no part of what a worker has to look through
        with databases.using(self.grown):
            databases.settle()
            first, out = assessing.assessed(), assessing.copy_out()
            yield Measured("rules", Rule.objects.count())
            yield Measured("COPY OUT of the readings", out, unit=" s")
            yield Measured("first assessment of the whole history ÷ COPY OUT", first / out)
            databases.settle()
            arrived = assessing.arrived(self.organisation, self.today)
            yield Measured("assessment of a new month of everything, cases opening ÷ COPY OUT", arrived / out)
            databases.settle()
            yield Measured("full assessment ÷ COPY OUT of the readings", assessing.all_rules(self.today), "≤ 2")
            some = assessing.a_push(self.organisation, self.today)
            yield Measured("assessment after 1 % of the pairs changed ÷ COPY OUT", some, "≤ 0.05")
            scattered = assessing.scattered(self.organisation, self.today)
            yield Measured("assessment after 1 % of the series changed, all over ÷ COPY OUT", scattered)
            long, short = assessing.one_figure(assessing.histories(self.today))
            yield Measured("one new figure, from commit to assessed", long * 1000, unit=" ms")
            yield Measured("one new figure of a ten-year series ÷ of a one-year series", long / short, "≤ 3")

    def worker(self) -> Iterator[Measured]:
        """Everything assessed once more, by the product's worker."""
        with databases.using(self.grown), processes.worker(self.grown) as child:
            TouchedSet.objects.note(Reading.objects.values_list("series").annotate(first=Min("period_start")))
            wake.assessment()
            deadline = monotonic() + WORKER_SECONDS
            while TouchedSet.objects.exists():
                _expect(monotonic() < deadline, "the worker has not assessed everything in time")
                sleep(0.2)
            yield Measured(
                "worker process while it assesses all, peak", processes.peak_megabytes(child), "≤ 500", " MB"
            )

    def reading(self) -> Iterator[Measured]:
        """The pages of the grown organisation, held against those of the young one and against a hello."""
        young = self._grow_young()
        with _read_by(self.grown) as grown, _read_by(self.young) as begun:
            taken = pages.milliseconds({"grown": grown, "young": begun}, self.extent.requests)
            view, between = pages.first_readings(grown, self.extent.requests, self._restate_one)
        hello = np.median(taken["grown", pages.HELLO])
        yield Measured("hello, p50", float(hello), unit=" ms")
        for name, address in pages.PAGES.items():
            large, small = (np.percentile(taken[which, address], 95) for which in ("grown", "young"))
            middle = np.median(taken["grown", address])
            yield Measured(f"{name}, p50", float(middle), unit=" ms")
            yield Measured(f"{name}, p50 ÷ hello", float(middle / hello), "≤ 30")
            yield Measured(f"{name}, p95 with all observations ÷ with {young:,}", float(large / small), "≤ 1.5")
        yield Measured(
            "view, first reading after a restatement, p50 ÷ hello", float(np.median(view) / np.median(between))
        )

    def _restate_one(self, number: int) -> None:
        with databases.using(self.grown):
            assessing.restate_one(self.organisation, self.today, number)

    def searching(self) -> Iterator[Measured]:
        """A large dictionary, of an organisation of its own."""
        database = f"bench_{self.extent.name}_words"
        with databases.clone(database):
            searching.declare(self.extent.searched)
            databases.settle()
        with _read_by(database) as reader:
            taken = searching.milliseconds(reader, max(1, self.extent.requests // 10))
        found = f"dictionary search over {self.extent.searched:,} measures, p95"
        yield Measured(found, float(np.percentile(taken, 95)), "≤ 100", " ms")

    def uploading(self) -> Iterator[Measured]:
        """A large file against the same rows by REST, and many programs at once; in organisations of their own."""
        extent, name = self.extent, f"bench_{self.extent.name}"
        held = uploading.held_against_rest(extent.function, self.today, f"{name}_lines")
        yield Measured("CSV upload of a function’s history, from sending it to stored", held.by_file, unit=" s")
        yield Measured("CSV upload ÷ the same rows by REST, time", held.by_file / held.by_rest, "≤ 1.5")
        yield Measured("CSV upload ÷ the same rows by REST on two connections", held.by_file / held.by_rest_at_twice)
        yield Measured("upload’s parser, peak", held.peak, "≤ 300", " MB")
        taken = uploading.many_at_once(extent.function, self.today, f"{name}_many", extent.programs, extent.rows_each)
        pushed = f"{extent.programs} programs pushing {extent.rows_each:,} rows each at once"
        yield Measured(f"{pushed}, p95", float(np.percentile(taken, 95)), unit=" s")

    def _grow_young(self) -> int:
        """The young organisation, its figures in and assessed; how many they are."""
        organisation = Organisation(self.extent.young)
        with databases.clone(self.young):
            declare(organisation)
            contestants.at_the_door(list(batches(organisation, before=self.today)))
            assessing.assessed()
            databases.settle()
            return Observation.objects.count()


@contextmanager
def _read_by(database: str) -> Iterator[pages.Reader]:
    """A reader of a database's pages."""
    with databases.using(database), processes.web(database) as (_, port):
        yield pages.Reader(Person.objects.get(email=READER), port)


def _key(declared: Declared) -> str:
    """The text of a key that may push everything."""
    _, text = keys.issue(
        "benchmarks", functions=declared.functions, sources=declared.sources,
        expires_at=clock.now() + timedelta(days=1), by=contestants.CLOCKWORK,
    )  # fmt: skip
    return text


def _expect(holds: bool, otherwise: str) -> None:
    """A run whose contestants did not do the work is no measurement."""
    if not holds:
        raise RuntimeError(otherwise)
