"""One delivery on its way in: checked, noted, landed, committed."""

from dataclasses import asdict, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import transaction

from metrics import wake
from metrics.formulas import Figure
from metrics.formulas.computing import fits
from metrics.formulas.units import COUNT
from metrics.ingestion import chunks, serieskeys, staging, storing
from metrics.ingestion.delivery import Delivery, Impossible, Outcome, Receipt, RowError, Rows, RowsRefused
from metrics.ingestion.faults import REMEMBERED, refusal
from metrics.ingestion.figures import Figures
from metrics.ingestion.oddities import LATE, PARTS_APART, Course, oddities
from metrics.ingestion.permission import Permission
from metrics.ingestion.resolution import resolve
from metrics.models import Submission, TouchedSet
from metrics.models.submission import rising_uuid
from truthgov import audit, clock
from truthgov.actor import Actor

SCALED = {"count", "currency", "index", "days", "hours", "minutes"}
"""Units in which a figure can be off by a thousand; fractions and ratios have a range of their own."""
PARTS = ("value", "numerator", "denominator")


class Landing:
    """One delivery on its way in: the figures that are left of it, and what was refused of it."""

    def __init__(self, rows: Rows, delivery: Delivery, by: Actor) -> None:
        delivery = replace(delivery, reason=delivery.reason.strip())
        self.total, self.delivery, self.by = len(rows), delivery, by
        self.received_at = clock.now()
        resolution = resolve(rows, delivery, Permission.of(by, delivery), today=clock.today())
        self.standing, self.made = resolution.standing, resolution.made
        self.source_id = resolution.source_id
        self.figures = Figures.of(rows, resolution, delivery)
        self.refusals: dict[int, RowError] = resolution.refusals
        self.restated: set[int] = set()
        self.unchanged = 0
        self.apart: set[int] = set()
        """Rows whose parts may give another figure than their value."""
        self.impossible = Impossible([], self.received_at)

    def check(self) -> None:
        """Stage the figures and refuse what is impossible, doubled or not a figure."""
        again, contradicted = self.figures.repeats()
        self.unchanged += len(again)
        self.figures = self.figures.without(again)
        self._refuse(contradicted)
        staging.fill(self.figures.lines())
        if self.delivery.by_hand and self.standing:
            staging.keep_parts()
        if self.figures.computed and self.standing:
            staging.keep_values(list(self.figures.computed))
        faults = dict(staging.faulty())
        self.apart = {row for row, fault in faults.items() if fault == PARTS_APART}
        faults = {row: fault for row, fault in faults.items() if row not in self.apart}
        self.impossible = self._impossible(faults)
        self._refuse({row: refusal(row, fault) for row, fault in faults.items()})
        self._answer_refusals()

    def says_nothing_new(self) -> bool:
        """Whether every figure is the reading of its cell already: then nothing is written."""
        if len(self.figures) and not staging.is_known():
            return False
        self.unchanged += len(self.figures)
        return True

    def note_oddities(self) -> None:
        """Write notices on rows that are odd against their series, as it stands and as delivered."""
        noted: dict[int, list[str]] = {}
        figures, places = self.figures, range(len(self.figures))
        known = chunks.courses({series: slot for series, slot in figures.first_slots().items()
                                if series in self.standing})  # fmt: skip
        for series, group in groupby(places, figures.series.__getitem__):
            span = list(group)
            ordinals = [figures.slot[place].ordinal for place in span]
            before = known.get(series, Course([], []))
            course = before.merged(ordinals, [float(figures.value[place]) for place in span])
            unit = figures.slot[span[0]].unit
            is_broken = unit == COUNT and any("." in figures.value[place] for place in span)
            odd = oddities(course, ordinals, scaled=unit in SCALED, whole=is_broken)
            for place, ordinal in zip(span, ordinals, strict=True):
                codes = odd.get(ordinal, []) + ([LATE] if before.ordinals and figures.slot[place].is_late else [])
                if figures.row[place] in self.apart and self._has_parts_apart(place):
                    codes = [*codes, PARTS_APART]
                if codes:
                    noted[figures.row[place]] = codes
        staging.note(noted)

    def land(self) -> None:
        """Write the readings; what is unchanged is left out, and what restates needs its reason."""
        taken = storing.land(in_new_series=self.made.issuperset(self.figures.series))
        self._leave_out({row.row for row in taken if not row.differs})
        self._refuse({row.row: refusal(row.row, "reason_missing")
                      for row in taken if row.differs and not row.has_reason})  # fmt: skip
        self._answer_refusals()
        restating = {row.row for row in taken if row.differs and row.has_reason}
        if restating:
            said = storing.hold(sorted(restating))
            self._leave_out(said)
            self.restated = restating - said
            storing.restate(sorted(self.restated), self.received_at)

    def commit(self, act: audit.Act) -> Outcome:
        """Append to the ledger, leave the audit entry, and write the submission last, so that its number is final."""
        submission = self._submission()
        storing.append(submission.pk)
        chunks.keep_in_step({(series, slot.first_year): slot.grain
                             for series, slot in zip(self.figures.series, self.figures.slot, strict=True)})  # fmt: skip
        audit.record(
            "submission.accepted", submission, by=self.by, channel=self.delivery.channel, digest=submission.digest,
            counts=self.outcome(submission).counts, reason=self.delivery.reason, **self._beside(submission),
        )  # fmt: skip
        entry = act.chain()[-1]
        submission.entry, submission.entry_hash = entry.number, entry.hash
        submission.save(force_insert=True)
        series, first_periods = self.figures.touched()
        TouchedSet.objects.create(
            submission=submission, series=series, first_periods=first_periods, noted_at=self.received_at
        )
        transaction.on_commit(wake.assessment)
        return self.outcome(submission)

    def outcome(self, submission: Submission | None = None) -> Outcome:
        """What became of the delivery, up to here."""
        refusals = [self.refusals[row] for row in sorted(self.refusals)]
        stored = len(self.figures) if submission else 0
        receipt = Receipt(submission.entry, submission.entry_hash) if submission and submission.entry else None
        return Outcome(self.received_at, stored - len(self.restated), len(self.restated), self.unchanged, refusals,
                       submission, receipt)  # fmt: skip

    def _has_parts_apart(self, place: int) -> bool:
        """Is the value none that its parts give, however it was rounded?"""
        given = [getattr(self.figures, name)[place] for name in PARTS]
        if not all(given):  # what is on record of it stays, and is no news
            return False
        figure = Figure(*map(Decimal, given))
        return not figure.denominator or not fits(figure, self.figures.slot[place].unit)

    def _submission(self) -> Submission:
        return Submission(
            id=rising_uuid(self.received_at), channel=self.delivery.channel, source_id=self.source_id,
            function_id=self.delivery.function_id, person=self.by.person, key=self.by.key, received_at=self.received_at,
            accepted=len(self.figures) - len(self.restated), restated=len(self.restated), unchanged=self.unchanged,
            refused=len(self.refusals), refusals=[asdict(self.refusals[row]) for row in sorted(self.refusals)],
            reason=self.delivery.reason, digest=self.figures.digest(self.restated),
        )  # fmt: skip

    def _beside(self, submission: Submission) -> dict[str, Any]:
        """What the audit keeps beside the digest of the figures: enough to tell if anything else of them is changed."""
        remarks, refusals = staging.digests(submission.refusals)
        return {
            "received_at": audit.instant(submission.received_at), "source": self.source_id,
            "function": self.delivery.function_id, "remarks": remarks, "refusals": refusals,
            "series": serieskeys.told(self.made),
        }  # fmt: skip

    def _impossible(self, faults: dict[int, str]) -> Impossible:
        """Of those at fault what is remembered of figures; of a delivery refused whole, those of series that stand."""
        figures = self.figures
        places = zip(figures.row, figures.series, figures.slot, strict=True) if faults else ()
        kept = [(series, slot.start, faults[row]) for row, series, slot in places
                if faults.get(row) in REMEMBERED and (self.delivery.lenient or series in self.standing)]  # fmt: skip
        return Impossible(kept, self.received_at)

    def _leave_out(self, unchanged: set[int]) -> None:
        self.unchanged += len(unchanged)
        self.figures = self.figures.without(unchanged)
        staging.drop(list(unchanged))

    def _refuse(self, refusals: dict[int, RowError]) -> None:
        for row, refused in refusals.items():
            self.refusals.setdefault(row, refused)
        self.figures = self.figures.without(set(refusals))

    def _answer_refusals(self) -> None:
        """A strict delivery with faults ends here; of a lenient one the faulty rows are taken off the table."""
        if self.refusals and not self.delivery.lenient:
            told = [self.refusals[row] for row in sorted(self.refusals)]
            raise RowsRefused(told, self.total, self.impossible)
        staging.drop(list(self.refusals))
