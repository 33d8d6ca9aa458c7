"""Which case a finding belongs to: the open one, that of the whole it is a part of, a settled one, or a new one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Max, Q

from metrics.assessment.calendar import start_of
from metrics.assessment.families import News
from metrics.assessment.findings import Place, season_before
from metrics.assessment.proof import proved_by
from metrics.assessment.terms import quiet_periods
from metrics.detection.batch import Verdict
from metrics.models import CaseJoining, Contradiction, Judgement, Rule, Segment, Signal
from truthgov.periods import Grain, ordinal

Identity = tuple[str, int, int | None, int | None, int | None]
"""Kind and parties of a case: measure, other measure, source, other source."""
Status = Contradiction.Status
NEWEST = 2**63
"""Stands for the number of a case that is not stored yet."""


@dataclass(slots=True)
class Docket:
    """Cases, rules and signals that some news concerns, locked; `routed` is what belongs where.

    `proofs` are the periods that settled cases were proved by, by the case's number.
    """

    grains: dict[int, Grain]
    rules: dict[int, Rule]
    segments: dict[int, Segment]
    latest: dict[int, int]
    quiet_periods: dict[int, int]
    signals: dict[Place, Signal]
    live: dict[Identity, list[Contradiction]]
    settled: dict[tuple[Identity, int], Contradiction]
    joined: dict[Identity, list[Contradiction]]
    proofs: dict[int, set[date]]
    opened: list[Contradiction] = field(default_factory=list)
    recurred: list[Contradiction] = field(default_factory=list)
    routed: dict[Place, Contradiction] = field(default_factory=dict)

    @classmethod
    def of(cls, news: Sequence[News]) -> "Docket":
        """Everything that routing needs, in a fixed number of queries."""
        grains = {int(rule): each.grain for each in news for rule in each.rule}
        parties = ("link__to_measure__journey", "link__from_measure__journey", "measure__journey",
                   "other_measure__journey")  # fmt: skip
        rules = Rule.objects.select_related(*parties).in_bulk(grains)
        live, settled, joined = _cases(rules.values())
        segments = {int(segment) for each in news for segment in each.segment}
        segments |= {case.segment_id for cases in (*live.values(), *joined.values()) for case in cases}
        signals = _signals(grains, segments)
        known = Segment.objects.in_bulk(segments)
        proofs = proved_by({case.that_stays.pk for case in settled.values()}) if settled else {}
        return cls(grains, rules, known, _latest(grains), quiet_periods(list(grains)), signals, live, settled, joined,
                   proofs)  # fmt: skip

    def route(self, places: Iterable[Place]) -> None:
        """Give each finding its case, wholes before their parts; those that belong to none are left out."""
        for place in sorted(places, key=lambda place: (len(self.segments[place.segment].values), place)):
            case = self._case_of(place)
            if case is not None:
                self.routed[place] = case
        for place in self._earlier_findings():
            case = self._live_case(identity_of(self.rules[place.rule]), place.segment)
            if case is not None:
                self.routed.setdefault(place, case)

    def is_recent(self, place: Place) -> bool:
        """Within the rule's quiet periods, counted back from the latest period it has judged.

        What lies further back is history: kept in the judgements, and a signal only of a case that is open.
        """
        return place.ordinal > self.latest[place.rule] - self.quiet_periods[place.rule]

    def start(self, place: Place) -> date:
        return start_of(place.ordinal, self.grains[place.rule])

    def _case_of(self, place: Place) -> Contradiction | None:
        identity = identity_of(self.rules[place.rule])
        live = self._live_case(identity, place.segment)
        if live is not None:
            year = season_before(self.latest[place.rule], self.grains[place.rule])
            return live if place.ordinal >= year or place in self.signals else None
        settled = self.settled.get((identity, place.segment))
        told = self.signals[place].contradiction if place in self.signals else None
        if settled is None:
            return self._open(place, identity) if self.is_recent(place) else told
        stays = settled.that_stays
        if stays.status == Status.CLOSED:
            return self._take_up(settled, identity) if self._breaks_the_proof(stays, place) else told
        return self._open(place, identity) if self._is_news_after_a_false_alarm(stays, place) else told

    def _live_case(self, identity: Identity, segment: int) -> Contradiction | None:
        """The live case of a segment, else that of the narrowest whole it is a part of; where that was joined to
        another, the one that stays."""
        part = self.segments[segment]
        known = (*self.live[identity], *self.joined[identity])
        around = [case for case in known if self.segments[case.segment_id].holds(part)]
        width = {id(case): (len(self.segments[case.segment_id].values), case.pk or NEWEST) for case in around}
        nearest = max(around, key=lambda case: width[id(case)], default=None)
        return nearest.that_stays if nearest else None

    def _breaks_the_proof(self, case: Contradiction, place: Place) -> bool:
        """A finding in a period that proved the remedy does, however long ago that was."""
        start = self.start(place)
        if start in self.proofs.get(case.pk, ()):
            return True
        return self.is_recent(place) and (case.remedy_from is None or start >= case.remedy_from)

    def _is_news_after_a_false_alarm(self, case: Contradiction, place: Place) -> bool:
        """What the truth owner saw stays a false alarm; a later period is a new case."""
        return self.is_recent(place) and (case.last_period is None or self.start(place) > case.last_period)

    def _open(self, place: Place, identity: Identity) -> Contradiction:
        rule, (kind, measure, other, source, other_source) = self.rules[place.rule], identity
        claim, outcome = rule.parties
        case = Contradiction(
            kind=kind, measure_id=measure, other_measure_id=other, source_id=source, other_source_id=other_source,
            segment_id=place.segment, rule=rule,
            journey=(outcome.journey if outcome else None) or claim.journey,
        )  # fmt: skip
        self.opened.append(case)
        self.live[identity].append(case)
        return case

    def _take_up(self, settled: Contradiction, identity: Identity) -> Contradiction:
        """A closed case comes back; where it was joined to another, that one does."""
        stays = settled.that_stays
        if stays not in self.recurred:
            self.recurred.append(stays)
        (self.live if stays is settled else self.joined)[identity].append(settled)
        del self.settled[identity, settled.segment_id]
        return stays

    def _earlier_findings(self) -> list[Place]:
        """Findings of the year before in the pairs whose case was just opened: they are part of it from the start."""
        pairs = {(case.rule_id, case.segment_id) for case in self.opened if case.rule_id}
        begins = {rule: season_before(self.latest[rule], self.grains[rule]) for rule, _ in pairs}
        oldest = min((start_of(begin, self.grains[rule]) for rule, begin in begins.items()), default=date.max)
        found = []
        for judgement in Judgement.objects.filter(rule__in=begins, period_start__gte=oldest):
            rule, cells = judgement.rule_id, judgement.cells
            number = ordinal(judgement.period_start, self.grains[rule])
            flagged = cells["segment"][cells["verdict"] == Verdict.FLAG].tolist() if number >= begins[rule] else []
            found += [Place(rule, segment, number) for segment in flagged if (rule, segment) in pairs]
        return found


def identity_of(rule: Rule) -> Identity:
    """The kind and parties that a rule's findings are about."""
    if rule.link is not None:
        return rule.kind, rule.link.from_measure_id, rule.link.to_measure_id, None, None
    if rule.measure_id is None:
        raise ValueError(f"{rule} has no parties")
    return rule.kind, rule.measure_id, rule.other_measure_id, rule.source_id, rule.other_source_id


def _cases(rules: Iterable[Rule]) -> tuple[dict, dict, dict]:
    """Live cases by identity, the latest settled one by identity and segment, and those joined to one that is live.

    Locked until commit, in the order of their numbers, so that a decision taken meanwhile waits for the assessment or
    goes first. Those that others were joined to are among them, whatever they are about.
    """
    identities = {identity_of(rule) for rule in rules}
    of_kinds = Q(kind__in={each[0] for each in identities}, measure__in={each[1] for each in identities})
    stays = CaseJoining.objects.filter(contradiction__in=Contradiction.objects.filter(of_kinds)).values("into")
    live: dict[Identity, list[Contradiction]] = defaultdict(list)
    joined: dict[Identity, list[Contradiction]] = defaultdict(list)
    settled = {}
    concerned = Contradiction.objects.filter(of_kinds | Q(pk__in=stays)).select_related("journey", "joining")
    found = {case.pk: case for case in concerned.select_for_update(of=("self",), no_key=True).order_by("pk")}
    for case in found.values():
        identity = case.kind, case.measure_id, case.other_measure_id, case.source_id, case.other_source_id
        if case.status == Status.JOINED:
            case.joining.into = found[case.joining.into_id]
        if case.is_live:
            live[identity].append(case)
        elif case.that_stays.is_live:
            joined[identity].append(case)
        else:
            settled[identity, case.segment_id] = case
    return live, settled, joined


def _latest(grains: dict[int, Grain]) -> dict[int, int]:
    """The latest period that each rule has judged."""
    judged = Judgement.objects.filter(rule__in=grains).values("rule").annotate(latest=Max("period_start"))
    return {row["rule"]: ordinal(row["latest"], grains[row["rule"]]) for row in judged}


def _signals(grains: dict[int, Grain], segments: Collection[int]) -> dict[Place, Signal]:
    """The latest revision of each signal of these rules in these segments, standing or withdrawn."""
    stored = Signal.objects.filter(rule__in=grains, segment__in=segments).order_by("revision")
    return {
        Place(signal.rule_id, signal.segment_id, ordinal(signal.period_start, grains[signal.rule_id])): signal
        for signal in stored.select_related("withdrawal", "contradiction")
    }
