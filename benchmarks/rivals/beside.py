"""All rules and one in a hundred of them, asked by other tools of the figures that the product has just assessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections, transaction

from benchmarks.assessing import looks_at
from benchmarks.organisation import Organisation
from benchmarks.rivals.installed import TOOLS, NotInstalled, Tool, ask, installed
from benchmarks.rivals.questions import FILL, TABLE, Asked
from benchmarks.rows import FIRST_SOURCE
from metrics.assessment.looks import Look
from metrics.models import Measure, Source


@dataclass(frozen=True)
class Answered:
    """Seconds that a tool takes for all rules, and for those alone that a change of one pair in a hundred touches."""

    tool: str
    questions: int
    all_rules: float
    touched: float
    found: int


def asked_beside(organisation: Organisation, month: date, touched: list[str]) -> Iterator[Answered | str]:
    """What each tool takes; of one that cannot be installed, why. `touched` are the codes of measures that changed."""
    keys = dict(Measure.objects.values_list("code", "pk"))
    asked = Asked(
        {keys[entry.code]: entry for entry in organisation.entries}, Source.objects.get(code=FIRST_SOURCE).pk, month
    )
    every = _questions(asked, looks_at(list(asked.entries)))
    some = _questions(asked, looks_at([keys[code] for code in touched]))
    make_table()
    for tool in TOOLS:
        yield _answered(tool, [every, some])


def make_table() -> None:
    """A table of the figures as such tools like it best: plain numbers, in the order and with the index they need."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(FILL)
    connections["owner"].set_autocommit(True)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE, FREEZE) {TABLE}")


def _questions(asked: Asked, looks: list[Look]) -> list[str]:
    """The question of each rule; of a rule with several companions, beside the first."""
    first = {look.rule: look for look in reversed(looks) if {look.kpi, look.outcome} <= asked.entries.keys()}
    return [asked.question(first[rule]) for rule in sorted(first)]


def _answered(tool: Tool, questions: list[list[str]]) -> Answered | str:
    try:
        with installed(tool) as folder:
            (every, found), (some, _) = ask(tool, folder, {"table": TABLE, "questions": questions, **_addresses()})
    except NotInstalled as problem:
        return f"{tool.name} cannot be installed here: {problem}"
    return Answered(tool.name, len(questions[0]), every, some, found)


def _addresses() -> dict[str, Any]:
    """How to come to the database in use, by parts and as one address."""
    at = connections["owner"].get_connection_params()
    host, user, name = at["host"], at["user"], at.get("dbname") or at["database"]
    port = str(at.get("port") or 5432)
    return {
        "connection": {"host": host, "port": port, "username": user, "password": at.get("password") or "none",
                       "database": name, "schema": "public"},
        "address": f"postgresql+psycopg2://{user}@localhost/{name}?host={host}&port={port}",
    }  # fmt: skip
