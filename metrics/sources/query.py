"""The query of a SQL feed: one SELECT, its placeholders bound as parameters and never formatted in. Pure."""

import re

from sqlalchemy import TextClause, text

from metrics.sources.placeholders import NAMES, PLACE, unknown
from truthgov.errors import InvalidInput

READING = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
LITERAL = re.compile(r"'(?:[^']|'')*'" + r'|"(?:[^"]|"")*"')
INTO_A_FILE = re.compile(r"\binto\b.*\b(?:outfile|dumpfile)\b", re.IGNORECASE | re.DOTALL)


def check(query: str) -> None:
    """InvalidInput for what is not one reading statement, or holds a placeholder that cannot be bound."""
    problem = _problem(query.rstrip().removesuffix(";"))
    if problem:
        raise InvalidInput("The query cannot be used as it stands.", {"query": problem})


def prepare(query: str) -> TextClause:
    """The query with its placeholders as bound parameters; every colon of its own stays what it is."""
    check(query)
    escaped = query.rstrip().removesuffix(";").replace(":", "\\:")
    return text(PLACE.sub(lambda found: f":{found[1]}", escaped))


def bound(query: str) -> set[str]:
    """The names of the placeholders that a query holds."""
    return set(PLACE.findall(query)) & set(NAMES)


def _problem(query: str) -> str:
    if not READING.match(query):
        return "begins with SELECT or WITH: a feed only reads"
    if ";" in query:
        return "is one statement, without a semicolon in it"
    if INTO_A_FILE.search(query):
        return "writes no file"
    if any(bound(literal) for literal in LITERAL.findall(query)):
        return "has a placeholder in quotes; write it without: it is bound as a value"
    if strange := unknown(query):
        return f"holds {{{strange[0]}}}, which stands for nothing; use {{period}}, {{period_start}} or {{period_end}}"
    return ""
