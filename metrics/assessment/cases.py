"""What figures do to contradictions: open, feed, reopen, withdraw, close. Every change is an event and is audited."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from metrics.assessment.docket import Docket
from metrics.assessment.families import News
from metrics.assessment.findings import Finding, Names, Place, find_again, no_longer_judged
from metrics.assessment.grading import Weight, grade, weigh
from metrics.assessment.proof import Proof, is_settled, proof_of
from metrics.models import Contradiction, ContradictionEvent, Signal, SignalWithdrawal
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.lifecycle import advance
from truthgov.periods import Grain, ordinal

ASSESSMENT = Actor(clockwork="assessment")
CHANGED = ["statement", "severity", "severity_rank", "severity_why", "exposure_customers", "exposure_value",
           "first_period", "last_period", "changed_at"]  # fmt: skip
STORE_GRADED = """
    UPDATE metrics_contradiction SET statement = now.statement, severity = now.severity,
        severity_rank = now.severity_rank, severity_why = now.severity_why,
        exposure_customers = now.exposure_customers, exposure_value = now.exposure_value,
        first_period = now.first_period, last_period = now.last_period, changed_at = now.changed_at
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::float8[], %s::text[], %s::bigint[], %s::numeric[],
        %s::date[], %s::date[], %s::timestamptz[]) AS now(id, statement, severity, severity_rank, severity_why,
        exposure_customers, exposure_value, first_period, last_period, changed_at)
    WHERE metrics_contradiction.id = now.id"""
IN_REMEDY = """
    SELECT id FROM metrics_contradiction
    WHERE status = 'in_remedy' AND remedy_from IS NOT NULL AND rule_id = ANY(%s::bigint[])"""
Status, Code = Contradiction.Status, ContradictionEvent.Code
NOT_FOUND_AGAIN = "The figures of this period no longer show it."
NO_LONGER_JUDGED = "This period is no longer judged: a measure was retired, or the sources were settled."
OUTWEIGHED = "Counted among all the pairs judged in this period, it no longer stands out from chance."
SIGNALLED_ANEW = "A figure was restated; the finding was signalled anew with the figures that stand now."


@dataclass(slots=True)
class Note:
    """A change of a case that waits to be told, and the signals that it rests on."""

    case: Contradiction
    code: ContradictionEvent.Code
    reason: str
    findings: Sequence[Signal]
    data: dict[str, Any]

    def told(self, graded: Contradiction | None) -> dict[str, Any]:
        """What its event says: how severe the case became, `graded`, by which findings."""
        if graded is None or not self.findings:
            return self.data
        cited = "withdrawn" if self.code == Code.WITHDRAWN else "signals"
        return self.data | {
            cited: [signal.pk for signal in self.findings],
            "severity": str(graded.severity), "severity_rank": graded.severity_rank,
        }  # fmt: skip


@dataclass(slots=True)
class Ledger:
    """What is to be written about cases at one moment, gathered and written in bulk, events and audit included."""

    at: datetime
    signals: list[Signal] = field(default_factory=list)
    withdrawals: list[SignalWithdrawal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, case: Contradiction, code: ContradictionEvent.Code, *, reason: str = "",
             findings: Sequence[Signal] = (), **data: Any) -> None:  # fmt: skip
        self.notes.append(Note(case, code, reason, findings, data))

    def write_findings(self) -> None:
        Signal.objects.bulk_create(self.signals)
        SignalWithdrawal.objects.bulk_create(self.withdrawals)

    def tell(self, graded: Iterable[Contradiction] = ()) -> None:
        """Write the events, once the cases are graded: the database lowers no severity that no event tells of."""
        by_key, events = {case.pk: case for case in graded}, []
        for note in self.notes:
            case, data = note.case, note.told(by_key.get(note.case.pk))
            events.append(
                ContradictionEvent(contradiction=case, code=note.code, status=case.status, actor=ASSESSMENT.as_record(),
                                   period_start=case.last_period, reason=note.reason, data=data, at=self.at)
            )  # fmt: skip
            audit.record(f"contradiction.{note.code}", case, by=ASSESSMENT, status=case.status, **data)
        ContradictionEvent.objects.bulk_create(events)


def follow(news: Sequence[News]) -> None:
    """Bring the cases up to what was found: new findings open, feed or reopen one; what is gone is withdrawn."""
    told = [each for each in news if len(each.rule)]
    if not told:
        return
    found, gone = _places(told)
    docket, ledger = Docket.of(told), Ledger(clock.now())
    docket.route(place for place in found if place.rule in docket.rules)
    findings = find_again(docket.routed)
    weights = dict(zip(findings, weigh(list(findings.values())), strict=True))
    fresh = {place: finding for place, finding in findings.items() if _is_fresh(finding, docket.signals.get(place))}
    names = Names.of(fresh.values())
    _store_opened(docket, findings, names, ledger.at)
    fed = _feed(docket, ledger, fresh, weights, names)
    withdrawn = _withdraw(docket, ledger, gone)
    ledger.write_findings()
    changed = [case for case in {**fed, **withdrawn}.values() if case.is_live]
    _grade(changed, docket)
    ledger.tell(changed)


def prove(rules: Iterable[int]) -> None:
    """Close the cases in remedy whose rule has stayed quiet for as many periods as it asks."""
    with connection.cursor() as cursor:
        cursor.execute(IN_REMEDY, [list(rules)])
        concerned = [case for (case,) in cursor.fetchall()]
    if not concerned:
        return
    waiting = Contradiction.objects.filter(status=Status.IN_REMEDY, pk__in=concerned)
    ledger = Ledger(clock.now())
    for case in waiting.select_related("rule__link").select_for_update(of=("self",)).order_by("pk"):
        proof = proof_of(case)
        if proof.holds:
            _close(case, Code.PROVED, proof, ledger)
        elif is_settled(case):
            _close(case, Code.SETTLED, proof, ledger)
    ledger.tell()


def _close(case: Contradiction, code: ContradictionEvent.Code, proof: Proof, ledger: Ledger) -> None:
    advance(case, Status.IN_REMEDY, Status.CLOSED, changed_at=ledger.at)
    quiet = [day.isoformat() for day in proof.quiet]
    reason = f"Its rule stayed quiet for {len(quiet)} periods." if code == Code.PROVED else (
        "The source of record is named; the pair is no longer judged, and the disagreement stays on display."
    )  # fmt: skip
    ledger.note(case, code, reason=reason, quiet_periods=quiet)


def _places(news: Sequence[News]) -> tuple[set[Place], set[Place]]:
    """Where there is a finding now, and where there is none any more."""
    found: set[Place] = set()
    gone: set[Place] = set()
    for each in news:
        for rule, segment, is_finding in zip(*map(list, (each.rule, each.segment, each.is_finding)), strict=True):
            (found if is_finding else gone).add(Place(int(rule), int(segment), each.ordinal))
    return found, gone


def _is_fresh(finding: Finding, signal: Signal | None) -> bool:
    """Not signalled yet, or not with these figures under these definitions."""
    if signal is None or _is_withdrawn(signal):
        return True
    now, then = finding.evidence(), signal.evidence
    told = ("kpi_value", "value", "reference")
    same_figures = all(now["figures"][name] == then["figures"][name] for name in told)
    return not (same_figures and all(now[side] == then[side] for side in ("kpi", "outcome", "sources")))


def _store_opened(docket: Docket, findings: dict[Place, Finding], names: Names, at: datetime) -> None:
    """Store the cases that were opened, each stated in the words of its latest finding."""
    own: dict[int, list[Place]] = defaultdict(list)
    for place in findings:
        own[id(docket.routed[place])].append(place)  # an unsaved record has no hash
    docket.opened = [case for case in docket.opened if id(case) in own]
    for case in docket.opened:
        latest = max(own[id(case)], key=lambda place: (place.segment == case.segment_id, place.ordinal))
        case.statement = findings[latest].sentence(names)
        case.opened_at = case.changed_at = at
    Contradiction.objects.bulk_create(docket.opened)


def _feed(docket: Docket, ledger: Ledger, fresh: dict[Place, Finding], weights: dict[Place, Weight],
          names: Names) -> dict[int, Contradiction]:  # fmt: skip
    """Add the fresh findings to their cases as signals; the cases that changed, by their numbers."""
    by_case: dict[int, list[Place]] = defaultdict(list)
    cases = {case.pk: case for case in docket.routed.values()}
    for place in sorted(fresh, key=lambda place: place.ordinal):
        by_case[docket.routed[place].pk].append(place)
    for case_id, places in by_case.items():
        case = cases[case_id]
        signals = []
        for place in places:
            before = docket.signals.get(place)
            if before is not None and not _is_withdrawn(before):
                ledger.withdrawals.append(SignalWithdrawal(signal=before, why=SIGNALLED_ANEW, at=ledger.at))
            signals.append(_signal(case, fresh[place], weights[place], names, before, ledger.at))
        ledger.signals += signals
        _note_fed(docket, ledger, case, signals)
    return {case_id: cases[case_id] for case_id in by_case}


def _note_fed(docket: Docket, ledger: Ledger, case: Contradiction, signals: list[Signal]) -> None:
    """Remember that signals came: as the opening, a recurrence, or one more of a case that is known."""
    code, starts = Code.OPENED if case in docket.opened else Code.FED, [signal.period_start for signal in signals]
    if case in docket.recurred:
        code = Code.RECURRED
        advance(case, Status.CLOSED, Status.OPEN, remedy_from=None, recurrences=case.recurrences + 1)
    case.first_period = min([*starts, case.first_period or starts[0]])
    case.last_period = max([*starts, case.last_period or starts[0]])
    case.changed_at = ledger.at
    ledger.note(case, code, findings=signals, periods=[start.isoformat() for start in starts])


def _signal(case: Contradiction, finding: Finding, weight: Weight, names: Names, before: Signal | None,
            at: datetime) -> Signal:  # fmt: skip
    p, place = finding.cell.p, finding.place
    return Signal(
        contradiction=case, rule_id=place.rule, segment_id=place.segment, period_start=finding.period.start,
        revision=before.revision + 1 if before else 1, p_value=p if p == p else None,
        effect=min(finding.cell.effect, 1e300), sentence=finding.sentence(names),
        evidence=finding.evidence() | {"weight": weight.evidence()}, observations=finding.observations, at=at,
    )  # fmt: skip


def _withdraw(docket: Docket, ledger: Ledger, gone: set[Place]) -> dict[int, Contradiction]:
    """Say of signals whose finding is gone that they no longer hold; what they froze stays."""
    lost: dict[int, list[Signal]] = defaultdict(list)
    for place in sorted(gone & docket.signals.keys()):
        signal = docket.signals[place]
        if not _is_withdrawn(signal):
            lost[signal.contradiction_id].append(signal)
    told = [place for place in gone if place in docket.signals]
    found_again = find_again(told)
    gone_silent = no_longer_judged(told)
    cases = {case.pk: case for case in _all_cases(docket)}
    for case_id, signals in lost.items():
        for signal in signals:
            place = Place(signal.rule_id, signal.segment_id, _ordinal(docket, signal))
            why = _why_withdrawn(signal, found_again.get(place), place in gone_silent)
            ledger.withdrawals.append(SignalWithdrawal(signal=signal, why=why, at=ledger.at))
        periods = [signal.period_start.isoformat() for signal in signals]
        ledger.note(cases[case_id], Code.WITHDRAWN, findings=signals, periods=periods)
    return {case_id: cases[case_id] for case_id in lost}


def _why_withdrawn(signal: Signal, now: Finding | None, silent: bool) -> str:
    if silent:
        return NO_LONGER_JUDGED
    return NOT_FOUND_AGAIN if _is_restated(signal, now) else OUTWEIGHED


def _is_restated(signal: Signal, now: Finding | None) -> bool:
    return now is None or _is_fresh(now, signal)


def _grade(cases: list[Contradiction], docket: Docket) -> None:
    """Recompute what changed cases state and how severe they are, from their signals that stand, and store it."""
    standing: dict[int, list[Signal]] = defaultdict(list)
    for signal in Signal.objects.filter(contradiction__in=cases, withdrawal__isnull=True):
        standing[signal.contradiction_id].append(signal)
    for case in cases:
        case.statement = _statement(case, standing[case.pk])
        grade(case, standing[case.pk], _grain(docket, case, standing[case.pk]))
    _store_graded(cases)


def _store_graded(cases: list[Contradiction]) -> None:
    """Store what changed of cases, all in one statement."""
    columns = [[getattr(case, name) for case in cases] for name in ("pk", *CHANGED)]
    with connection.cursor() as cursor:
        cursor.execute(STORE_GRADED, columns)


def _statement(case: Contradiction, signals: list[Signal]) -> str:
    """What its latest signal says, of its own scope rather than of a part; a person's own words stay."""
    if case.surfaced_by_id or not signals:
        return case.statement
    latest = max(signals, key=lambda signal: (signal.segment_id == case.segment_id, signal.period_start))
    return latest.sentence


def _grain(docket: Docket, case: Contradiction, signals: list[Signal]) -> Grain:
    rules = [case.rule_id, *(signal.rule_id for signal in signals)]
    return next((docket.grains[rule] for rule in rules if rule in docket.grains), Grain.MONTH)


def _all_cases(docket: Docket) -> list[Contradiction]:
    told = [signal.contradiction for signal in docket.signals.values()]
    return [*told, *docket.settled.values(), *(case for cases in docket.live.values() for case in cases)]


def _ordinal(docket: Docket, signal: Signal) -> int:
    return ordinal(signal.period_start, docket.grains[signal.rule_id])


def _is_withdrawn(signal: Signal) -> bool:
    return hasattr(signal, "withdrawal")
