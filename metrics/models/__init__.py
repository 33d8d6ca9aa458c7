from metrics.models.attestation import Attestation
from metrics.models.challenge import Challenge, Position, PositionFile
from metrics.models.contradiction import Contradiction
from metrics.models.definition import FRESHNESS_DAYS, MOST_DECIMALS, Definition, DefinitionComment
from metrics.models.dictionary_change import DictionaryChange
from metrics.models.dictionary_import import DictionaryImport
from metrics.models.draft import Draft
from metrics.models.feed import Feed
from metrics.models.feed_run import FeedRun
from metrics.models.gathering import CaseJoining, CaseLink, CaseSplit, Snooze, Waking
from metrics.models.link import Link
from metrics.models.measure import Measure
from metrics.models.observation import Observation, Reading, Series, SeriesChunk, TouchedSet
from metrics.models.provenance import Provenance
from metrics.models.rebasing import Rebasing
from metrics.models.refused_figure import RefusedFigure
from metrics.models.remark import Absence, FigureNote
from metrics.models.reminder import Reminder
from metrics.models.root_cause import CauseNaming, RootCause, RootCauseRetirement
from metrics.models.rule import Judgement, MonitoredJudgement, Rule, Tally
from metrics.models.rule_version import RuleVersion
from metrics.models.segment import Dimension, DimensionValue, Segment
from metrics.models.signal import ContradictionEvent, Signal, SignalWithdrawal
from metrics.models.source import KeySource, Source, SourceOfRecord
from metrics.models.submission import Submission
from metrics.models.target_condition import RequiredOutcome, TargetCondition
from metrics.models.upload import Upload
from metrics.models.upload_content import RefusedRow, RestatedRow, StagedRows, UploadPart

__all__ = [
    "FRESHNESS_DAYS",
    "MOST_DECIMALS",
    "Absence",
    "Attestation",
    "CaseJoining",
    "CaseLink",
    "CaseSplit",
    "CauseNaming",
    "Challenge",
    "Contradiction",
    "ContradictionEvent",
    "Definition",
    "DefinitionComment",
    "DictionaryChange",
    "DictionaryImport",
    "Dimension",
    "DimensionValue",
    "Draft",
    "Feed",
    "FeedRun",
    "FigureNote",
    "Judgement",
    "KeySource",
    "Link",
    "Measure",
    "MonitoredJudgement",
    "Observation",
    "Position",
    "PositionFile",
    "Provenance",
    "Reading",
    "Rebasing",
    "RefusedFigure",
    "RefusedRow",
    "Reminder",
    "RequiredOutcome",
    "RestatedRow",
    "RootCause",
    "RootCauseRetirement",
    "Rule",
    "RuleVersion",
    "Segment",
    "Series",
    "SeriesChunk",
    "Signal",
    "SignalWithdrawal",
    "Snooze",
    "Source",
    "SourceOfRecord",
    "StagedRows",
    "Submission",
    "Tally",
    "TargetCondition",
    "TouchedSet",
    "Upload",
    "UploadPart",
    "Waking",
]
