"""One run: the organisation is generated, pushed, assessed and read, and each figure is told as soon as it is known."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from benchmarks import (
    assessing,
    contestants,
    databases,
    following,
    judged,
    pages,
    plain,
    processes,
    pushing,
    searching,
    uploading,
    verifying,
)
from benchmarks.declaring import READER, Declared, declare
from benchmarks.expecting import expect
from benchmarks.organisation import FULL, LARGE, TINY, YOUNG, Organisation, Size
from benchmarks.report import Measured
from benchmarks.rows import batches
from benchmarks.sitting import sit
from forums.cases.queue import PAGE_SIZE
from metrics import keys
from metrics.models import Contradiction, Observation
from truthgov import clock
from truthgov.models import Person

SHARE = 10
"""Batches pushed before the other contestants get their turn."""


@dataclass(frozen=True)
class Extent:
    """How large a run is: the organisation, the one that has just begun (without one, the same is read twice), how many
    rows the plain serializer is given, how often each page is asked for, how many measures are searched, the function
    that sends a large file, the programs that push at once, the workers at one touched set, and by how many at a time
    a file's rows are sent by REST; whether other tools are asked beside, whether only assessment is measured, how
    many entries an evidence pack holds and how many mutations of one are tried, how many follow a meeting and how often
    its chair takes up an item."""

    name: str
    size: Size
    young: Size | None
    serialized: int
    requests: int
    searched: int
    function: Size
    programs: int
    rows_each: int
    workers: int = 4
    senders: tuple[int, ...] = (1, 2)
    beside: bool = True
    is_large: bool = False
    packed: int = verifying.MANY
    mutations: int = verifying.MUTATIONS
    followers: int = 200
    clicks: int = following.CLICKS


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
        None,
        serialized=100,
        requests=2,
        searched=50,
        function=uploading.TINY,
        programs=4,
        rows_each=500,
        workers=2,
        senders=(1,),
        beside=False,
        packed=2_000,
        mutations=100,
        followers=10,
        clicks=2,
    ),
}
EXTENTS["large"] = replace(EXTENTS["full"], name="large", size=LARGE, is_large=True)


class Run:
    """A run of one extent, on databases of its own, cloned from the one the environment names."""

    def __init__(self, extent: Extent) -> None:
        databases.provision()
        self.extent, self.today = extent, clock.today()
        self.grown, self.young = f"bench_{extent.name}", f"bench_{extent.name}_young"
        self.bare = f"bench_{extent.name}_bare"
        self.organisation = Organisation(extent.size)
        history = batches(self.organisation, before=self.today, which=slice(-1))
        self.batches = [] if extent.is_large else list(history)
        self.rows = sum(map(len, self.batches))

    def measure(self) -> Iterator[Measured]:
        """Every figure of the run, in order."""
        if self.extent.is_large:
            yield from self.load()
        else:
            yield from self.intake()
            self.batches.clear()  # a worker that forks does not hold what was pushed
        yield from judged.assessment(self.organisation, self.today, self.grown, beside=self.extent.beside)
        yield from judged.workers(self.today, self.grown, self.extent.workers)
        if self.extent.is_large:
            return
        yield from self.reading()
        yield from self.searching()
        yield from self.uploading()
        yield from self.following()
        yield from verifying.measure(self.extent.packed, self.extent.mutations)

    def load(self) -> Iterator[Measured]:
        """Everything taken in without HTTP: the intake is measured on fewer figures."""
        with databases.clone(self.grown):
            declare(self.organisation)
            contestants.at_the_door(batches(self.organisation, before=self.today, which=slice(-1)))
            yield Measured("observations", Observation.objects.count())

    def intake(self) -> Iterator[Measured]:
        """Pushing everything over REST, held against what goes without it."""
        rows, bodies = self.rows, [batch.as_json() for batch in self.batches]
        with databases.clone(self.bare):
            declare(self.organisation)
            plain_rate = plain.serialized(self.batches[0], self.extent.serialized)
        with databases.clone(self.grown), processes.web(self.grown) as (child, port):
            key = _key(declare(self.organisation))
            first, bare, copied = self._in_turns(bodies, port, key)
            before = contestants.fingerprint()
            again, counts = pushing.push(bodies, port, key)
            expect(counts["unchanged"] == rows, f"{counts} of {rows} rows, pushed again")
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
                expect(counts["accepted"] == sum(map(len, some)), f"{counts} of {sum(map(len, some))} rows")
                rest += taken
                bare += contestants.same_sql(prepared)
                copied += contestants.copied(some)
        return rest, bare, copied

    def reading(self) -> Iterator[Measured]:
        """The pages of the grown organisation, held against those of the young one and against a hello."""
        young = self._grow_young()
        with ExitStack() as readers:
            grown = readers.enter_context(_read_by(self.grown))
            begun = readers.enter_context(_read_by(self.young)) if self.extent.young else grown
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
        held = uploading.held_against_rest(extent.function, self.today, f"{name}_lines", extent.senders)
        yield Measured("CSV upload of a function’s history, from sending it to stored", held.by_file, unit=" s")
        for connections, by_rest in held.by_rest.items():
            beside = f" on {connections} connections" if connections > 1 else ", time"
            goal = "≤ 1.5" if connections == 1 else ""
            yield Measured(f"CSV upload ÷ the same rows by REST{beside}", held.by_file / by_rest, goal)
        yield Measured("upload’s parser, peak", held.peak, "≤ 300", " MB")
        taken = uploading.many_at_once(extent.function, self.today, f"{name}_many", extent.programs, extent.rows_each)
        pushed = f"{extent.programs} programs pushing {extent.rows_each:,} rows each at once"
        yield Measured(f"{pushed}, p95", float(np.percentile(taken, 95)), unit=" s")

    def following(self) -> Iterator[Measured]:
        """A meeting that many follow, of an organisation with few figures: what it costs is how many they are."""
        database, organisation = f"bench_{self.extent.name}_room", Organisation(TINY)
        with databases.clone(database):
            declare(organisation)
            contestants.at_the_door(list(batches(organisation, before=self.today)))
            assessing.assessed()
            sitting = sit(self.today, self.extent.followers)
            databases.settle()
            with processes.live(database) as (telling, live), processes.web(database) as (serving, web):
                found = following.followed(
                    sitting, web, live, self.extent.clicks,
                    spent=lambda: processes.cpu_seconds(telling) + processes.cpu_seconds(serving),
                )  # fmt: skip
        many, taken = f"{self.extent.followers} followers of a meeting", found.seconds
        yield Measured(
            f"{many}, from the chair’s click to the changed page, p95", np.percentile(taken, 95), "≤ 1", " s"
        )
        yield Measured(f"{many}, changed pages missed", float(np.isinf(taken).sum()), "≤ 0")
        spent = 1000 * found.spent / self.extent.clicks
        yield Measured(f"{many}, CPU of web and live a click", spent, unit=" ms")

    def _grow_young(self) -> int:
        """The young organisation, its figures in and assessed; how many they are."""
        if self.extent.young is None:
            return self.rows
        with databases.using(self.grown):
            _expect_full_queue()
        organisation = Organisation(self.extent.young)
        with databases.clone(self.young):
            declare(organisation)
            contestants.at_the_door(list(batches(organisation, before=self.today)))
            assessing.assessed()
            _expect_full_queue()
            databases.settle()
            return Observation.objects.count()


def _expect_full_queue() -> None:
    cases = Contradiction.objects.live().count()
    expect(cases > PAGE_SIZE, f"{cases} cases do not fill a page of the queue")


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
