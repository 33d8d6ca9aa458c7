"""What findings do to contradictions: open, feed, reopen, withdraw. Every change is an event and is audited."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from metrics.assessment.bearing import concerned_by
from metrics.assessment.docket import Docket
from metrics.assessment.families import News
from metrics.assessment.findings import Finding, Names, Place, find_again, no_longer_judged
from metrics.assessment.grading import Weight, weigh
from metrics.assessment.record import CaseRecord
from metrics.assessment.regrading import regrade
from metrics.models import Contradiction, ContradictionEvent, Signal, SignalWithdrawal
from truthgov import clock
from truthgov.lifecycle import advance

Status, Code = Contradiction.Status, ContradictionEvent.Code
NOT_FOUND_AGAIN = "The figures of this period no longer show it."
NO_LONGER_JUDGED = (
    "This period is no longer judged: its rule was switched off or replaced, a measure was retired, or the sources "
    "were settled."
)
OUTWEIGHED = "Counted among all the pairs judged in this period, it no longer stands out from chance."
PROOF_UNDONE = "It shows in a period that had proved its remedy."
SIGNALLED_ANEW = "A figure was restated; the finding was signalled anew with the figures that stand now."


def follow(news: Sequence[News]) -> None:
    """Bring the cases up to what was found: new findings open, feed or reopen one; what is gone is withdrawn."""
    told = [each for each in news if len(each.rule)]
    if not told:
        return
    found, gone = _places(told)
    docket, record = Docket.of(told), CaseRecord(clock.now())
    docket.route(place for place in found if place.rule in docket.rules)
    findings = find_again(docket.routed)
    fresh = {place: finding for place, finding in findings.items() if _is_fresh(finding, docket.signals.get(place))}
    weights = dict(zip(fresh, weigh(list(fresh.values())), strict=True))
    names = Names.of(fresh.values())
    _store_opened(docket, findings, names, record.at)
    fed = _feed(docket, record, fresh, weights, names)
    withdrawn = _withdraw(docket, record, gone)
    record.write_findings()
    changed = [case for case in {**fed, **withdrawn}.values() if case.is_live]
    regrade(changed, docket.grains, record)
    record.tell(changed)


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


def _feed(docket: Docket, record: CaseRecord, fresh: dict[Place, Finding], weights: dict[Place, Weight],
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
                record.withdrawals.append(SignalWithdrawal(signal=before, why=SIGNALLED_ANEW, at=record.at))
            signals.append(_signal(case, fresh[place], weights[place], names, before, record.at))
        record.signals += signals
        _note_fed(docket, record, case, signals)
    return {case_id: cases[case_id] for case_id in by_case}


def _note_fed(docket: Docket, record: CaseRecord, case: Contradiction, signals: list[Signal]) -> None:
    """Remember that signals came: as the opening, a recurrence, or one more of a case that is known."""
    code, starts = Code.OPENED if case in docket.opened else Code.FED, [signal.period_start for signal in signals]
    reason = ""
    if case in docket.recurred:
        code = Code.RECURRED
        reason = "" if docket.proofs.get(case.pk, set()).isdisjoint(starts) else PROOF_UNDONE
        advance(case, Status.CLOSED, Status.OPEN, remedy_from=None, recurrences=case.recurrences + 1)
    case.first_period = min([*starts, case.first_period or starts[0]])
    case.last_period = max([*starts, case.last_period or starts[0]])
    case.changed_at = record.at
    record.note(case, code, reason=reason, findings=signals, periods=[start.isoformat() for start in starts])


def _signal(case: Contradiction, finding: Finding, weight: Weight, names: Names, before: Signal | None,
            at: datetime) -> Signal:  # fmt: skip
    p, place = finding.cell.p, finding.place
    return Signal(
        contradiction=case, rule_id=place.rule, segment_id=place.segment, period_start=finding.period.start,
        revision=before.revision + 1 if before else 1, p_value=p if p == p else None,
        effect=min(finding.cell.effect, 1e300), sentence=finding.sentence(names),
        evidence=finding.evidence() | {"weight": weight.evidence()}, observations=finding.observations, at=at,
    )  # fmt: skip


def _withdraw(docket: Docket, record: CaseRecord, gone: set[Place]) -> dict[int, Contradiction]:
    """Say of signals whose finding is gone that they no longer hold; what they froze stays."""
    told = sorted(place for place in gone if place in docket.signals)
    lost = {place: signal for place in told if not _is_withdrawn(signal := docket.signals[place])}
    found_again, gone_silent = find_again(told), no_longer_judged(told)
    for place, signal in lost.items():
        why = _why_withdrawn(signal, found_again.get(place), place in gone_silent)
        record.withdrawals.append(SignalWithdrawal(signal=signal, why=why, at=record.at))
    concerned = concerned_by(list(lost.values()))
    cases = {case.pk: case for case in _all_cases(docket)}
    cases |= Contradiction.objects.select_related("journey").in_bulk(concerned.keys() - cases.keys())
    for case, signals in sorted(concerned.items()):
        periods = [signal.period_start.isoformat() for signal in signals]
        record.note(cases[case], Code.WITHDRAWN, findings=signals, periods=periods)
    return {case: cases[case] for case in concerned}


def _why_withdrawn(signal: Signal, now: Finding | None, silent: bool) -> str:
    if silent:
        return NO_LONGER_JUDGED
    return NOT_FOUND_AGAIN if _is_restated(signal, now) else OUTWEIGHED


def _is_restated(signal: Signal, now: Finding | None) -> bool:
    return now is None or _is_fresh(now, signal)


def _all_cases(docket: Docket) -> list[Contradiction]:
    told = [signal.contradiction for signal in docket.signals.values()]
    return [*told, *docket.settled.values(), *(case for cases in docket.live.values() for case in cases)]


def _is_withdrawn(signal: Signal) -> bool:
    return hasattr(signal, "withdrawal")
