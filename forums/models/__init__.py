from forums.models.action import Action
from forums.models.agenda import AgendaItem, Recusal, Subject
from forums.models.decision import Decision, Dissent, Expectation
from forums.models.escalation import Escalation
from forums.models.forum import Charter, Forum
from forums.models.meeting import Meeting
from forums.models.minutes import Minutes, Sealing, Signature, ViewSnapshot
from forums.models.publication import PackSending, Publication
from forums.models.right import Ballot, DecisionRight, DecisionRule, DecisionType, Way
from forums.models.room import Attendance

__all__ = [
    "Action",
    "AgendaItem",
    "Attendance",
    "Ballot",
    "Charter",
    "Decision",
    "DecisionRight",
    "DecisionRule",
    "DecisionType",
    "Dissent",
    "Escalation",
    "Expectation",
    "Forum",
    "Meeting",
    "Minutes",
    "PackSending",
    "Publication",
    "Recusal",
    "Sealing",
    "Signature",
    "Subject",
    "ViewSnapshot",
    "Way",
]
