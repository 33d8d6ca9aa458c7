"""What a decision says, written from what was chosen for it; whoever decides may change it. Pure."""

from datetime import date

NO_NAMES = {"A", "All", "An", "At", "Each", "Every", "For", "From", "In", "No", "On", "The", "With"}
"""What stands before a name, and begins none."""


def plain(name: str) -> str:
    """What somebody wrote, within a sentence: its first letter small, unless an abbreviation or a name is first."""
    first, _, rest = name.partition(" ")
    is_named = first not in NO_NAMES and rest[:1].isupper() and rest[1:2].islower()
    is_short = len(first) > 1 and not first[1].islower()
    return name if is_named or is_short else name[:1].lower() + name[1:]


def ended(text: str) -> str:
    """With a full stop, where it has no end of its own."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _from(day: date | None) -> str:
    return f", from {_day(day)}" if day else ""


def _bare(text: str) -> str:
    return text.strip().rstrip(".")


def resolution(matter: str, remedy: str, proved_from: date) -> str:
    return f"{matter}: {plain(_bare(remedy))}. The figures prove it from {_day(proved_from)}."


def closure(matter: str, evidence: str) -> str:
    return f"{matter}: the remedy worked. {ended(evidence)}"


def source_of_record(measure: str, source: str, starts_on: date | None) -> str:
    return f"Source of record for {plain(measure)}: {plain(source)}{_from(starts_on)}."


def definition(measure: str, version: int, starts_on: date | None) -> str:
    return f"Definition of {plain(measure)}: version {version} holds{_from(starts_on)}."


def target(measure: str, figure: str, starts_on: date | None) -> str:
    """`figure` with its comparison, such as “at most 30 %”; empty where the version sets none."""
    return f"Target for {plain(measure)}: {figure or 'none'}{_from(starts_on)}."


def priority(journey: str, place: int, starts_on: date | None) -> str:
    return f"Journey priority: {journey} stands in place {place}{_from(starts_on)}."


def policy(rule: str, applies_to: str, starts_on: date | None) -> str:
    whom = f" for {plain(_bare(applies_to))}" if applies_to.strip() else ""
    return f"Policy{whom}: {plain(_bare(rule))}{_from(starts_on)}."


def service_standard(journey: str, standard: str, starts_on: date | None) -> str:
    return f"Service standard for {journey}: {plain(_bare(standard))}{_from(starts_on)}."


def change(what: str, starts_on: date | None) -> str:
    return f"Change approved: {plain(_bare(what))}{', live on ' + _day(starts_on) if starts_on else ''}."


def fund(amount: str, purpose: str, until: date | None) -> str:
    return f"Funded: {amount} for {plain(_bare(purpose))}{', until ' + _day(until) if until else ''}."


def escalation(to: str, question: str, due_on: date) -> str:
    return f"Escalated to the {to}: {ended(question)} To be answered by {_day(due_on)}."
