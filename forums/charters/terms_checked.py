"""What terms must be before they are proposed: what the editor tells of at its fields, and a program in its answer."""

from zoneinfo import available_timezones

from forums.charters.recurrence import Recurrence
from forums.charters.terms import Terms
from metrics.models import RequiredOutcome, TargetCondition
from truthgov import clock
from truthgov.errors import InvalidInput


def require_sound(terms: Terms) -> None:
    """InvalidInput with a sentence for each term that cannot stand."""
    wrong = {name: sentence for name, sentence in _wrong(terms).items() if sentence}
    if wrong:
        raise InvalidInput("These rules cannot be proposed as they stand.", wrong)


def strictest_trust() -> int:
    """The most trust (0 to 100) that a target condition in force demands of an outcome."""
    in_force = TargetCondition.objects.in_force(on=clock.today()).values("pk")
    demanded = RequiredOutcome.objects.filter(condition__in=in_force).values_list("trust_needed", flat=True)
    return max(demanded, default=0)


def _wrong(terms: Terms) -> dict[str, str]:
    roles = [step.to_role for step in terms.ladder]
    kind = terms.governs.kind if terms.governs else None
    return {
        "recurrence": "" if _recurs(terms.recurrence) else "Choose a rule that every month can keep.",
        "zone": "" if terms.zone in {"", *available_timezones()} else "There is no such zone; Europe/Lisbon is one.",
        "trust_needed": _wrong_trust(terms.trust_needed),
        "ladder": "" if roles and len(set(roles)) == len(roles) else "Name at least one authority, and each once.",
        "rights": (
            "" if all(kind in (None, cell.scope_kind) for cell in terms.rights)
            else f"A forum for one {kind} decides on matters of that {kind} alone."
        ),
    }  # fmt: skip


def _wrong_trust(asked: int) -> str:
    """Zero leaves it to the target conditions; any other figure is no less than what they demand."""
    strictest = strictest_trust() if asked else 0
    return (
        f"A target condition demands {strictest} %; ask for no less, or leave it to them." if asked < strictest else ""
    )


def _recurs(rule: str) -> bool:
    try:
        Recurrence.parse(rule)
    except ValueError:
        return False
    return True
