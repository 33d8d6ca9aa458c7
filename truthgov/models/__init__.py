from truthgov.models.appointment import ACCOUNTABLE, SCOPE_KINDS, STANDING_APART, Appointment, Deputy, Role
from truthgov.models.audit import AuditEntry, AuditHead
from truthgov.models.base import Accounted, Fact, Guarded, Recorded
from truthgov.models.function import Function
from truthgov.models.key import IdempotentAnswer, Key
from truthgov.models.mandate import Mandate
from truthgov.models.person import Person
from truthgov.models.rate import RateWindow
from truthgov.models.scope import Scope
from truthgov.models.stated_file import StatedFile, StatesFiles, only_what_is_stated

__all__ = [
    "ACCOUNTABLE",
    "SCOPE_KINDS",
    "STANDING_APART",
    "Accounted",
    "Appointment",
    "AuditEntry",
    "AuditHead",
    "Deputy",
    "Fact",
    "Function",
    "Guarded",
    "IdempotentAnswer",
    "Key",
    "Mandate",
    "Person",
    "RateWindow",
    "Recorded",
    "Role",
    "Scope",
    "StatedFile",
    "StatesFiles",
    "only_what_is_stated",
]
