from forums.models.decision import Action, Decision, Dissent, Escalation, Expectation
from forums.models.forum import Charter, DecisionRight, DecisionType, Forum
from forums.models.meeting import AgendaItem, Attendance, Meeting, Recusal, Subject
from forums.models.minutes import Minutes, Sealing, Signature, ViewSnapshot

__all__ = [
    "Action",
    "AgendaItem",
    "Attendance",
    "Charter",
    "Decision",
    "DecisionRight",
    "DecisionType",
    "Dissent",
    "Escalation",
    "Expectation",
    "Forum",
    "Meeting",
    "Minutes",
    "Recusal",
    "Sealing",
    "Signature",
    "Subject",
    "ViewSnapshot",
]
