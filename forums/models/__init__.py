from forums.models.action import Action
from forums.models.agenda import AgendaItem, Subject
from forums.models.ballot import BallotBox, Choice, Tally, Vote
from forums.models.charter import Charter
from forums.models.confirming import Amendment, Circulation, Confirmation
from forums.models.correction import Correction, CorrectionWithdrawal, Countersignature
from forums.models.day_off import DayOff
from forums.models.decision import Decision, Dissent, Expectation, Overturning
from forums.models.escalation import Escalation
from forums.models.forum import Forum
from forums.models.interest import Interest, Recusal, TakingUp
from forums.models.invitation import CalendarAddress, Invitation, Reply, Uninviting
from forums.models.ladder import EscalationStep
from forums.models.meeting import Meeting
from forums.models.minutes import Minutes, ViewSnapshot
from forums.models.objection import Lifting, Objection
from forums.models.presence import Attendance, Delegation
from forums.models.proof import Proof, ProofFile
from forums.models.publication import PackSending, Publication
from forums.models.question import Question, Withdrawal
from forums.models.right import Ballot, Cell, DecisionRight, DecisionRule, DecisionType, OpenCell, Over, Way
from forums.models.sealing import Sealing, Signature
from forums.models.seat import StandingSeat
from forums.models.told import Told

__all__ = [
    "Action",
    "AgendaItem",
    "Amendment",
    "Attendance",
    "Ballot",
    "BallotBox",
    "CalendarAddress",
    "Cell",
    "Charter",
    "Choice",
    "Circulation",
    "Confirmation",
    "Correction",
    "CorrectionWithdrawal",
    "Countersignature",
    "DayOff",
    "Decision",
    "DecisionRight",
    "DecisionRule",
    "DecisionType",
    "Delegation",
    "Dissent",
    "Escalation",
    "EscalationStep",
    "Expectation",
    "Forum",
    "Interest",
    "Invitation",
    "Lifting",
    "Meeting",
    "Minutes",
    "Objection",
    "OpenCell",
    "Over",
    "Overturning",
    "PackSending",
    "Proof",
    "ProofFile",
    "Publication",
    "Question",
    "Recusal",
    "Reply",
    "Sealing",
    "Signature",
    "StandingSeat",
    "Subject",
    "TakingUp",
    "Tally",
    "Told",
    "Uninviting",
    "ViewSnapshot",
    "Vote",
    "Way",
    "Withdrawal",
]
