"""All rules and one in a hundred of them, asked by other tools of the figures that the product has just assessed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections, transaction

from benchmarks.assessing import looks_at
from benchmarks.organisation import Organisation
from benchmarks.rivals import questions, simple
from benchmarks.rivals.agreement import Agreement, Question, agreements
from benchmarks.rivals.figures import FILL, TABLE, Asked
from benchmarks.rivals.installed import TOOLS, NotInstalled, Tool, ask, installed
from benchmarks.rows import FIRST_SOURCE
from metrics.assessment.looks import Look
from metrics.models import Measure, Source


@dataclass(frozen=True)
class Answered:
    """Seconds that a tool takes for all rules, for those alone that a change of one pair in a hundred touches, and for
    simpler questions about all rules."""

    tool: str
    questions: int
    all_rules: float
    touched: float
    simpler: float


@dataclass(frozen=True)
class Beside:
    """Everything that other tools are asked: the looks of each rule, and which rules a change touches."""

    asked: Asked
    rules: Mapping[int, Sequence[Look]]
    touched: Sequence[int]

    @classmethod
    def of(cls, organisation: Organisation, month: date, touched: Iterable[str]) -> "Beside":
        """The rules on an organisation's measures; `touched` are the codes of those that changed."""
        keys = dict(Measure.objects.values_list("code", "pk"))
        entries = {keys[entry.code]: entry for entry in organisation.entries}
        rules = defaultdict(list)
        for look in looks_at(list(entries)):
            if {look.kpi, look.outcome} <= entries.keys():
                rules[look.rule].append(look)
        some = {look.rule for look in looks_at([keys[code] for code in touched])} & rules.keys()
        asked = Asked(entries, Source.objects.get(code=FIRST_SOURCE).pk, month)
        return cls(asked, dict(sorted(rules.items())), sorted(some))

    def agreements(self) -> tuple[list[Agreement], Agreement]:
        """How far the questions find what the product finds, by kind and in all; how far simpler ones do, in all."""
        looks = list(self.rules.values())
        *_, simpler = agreements(self.asked, looks, simple.question)
        return list(agreements(self.asked, looks, questions.question)), simpler

    def answers(self) -> Iterator[Answered | str]:
        """What each tool takes; of one that cannot be installed, why."""
        every, simpler = self._views("question", questions.question), self._views("simpler", simple.question)
        some = [every[rule] for rule in self.touched]
        for tool in TOOLS:
            yield _answered(tool, list(every.values()), some, list(simpler.values()))

    def _views(self, name: str, question: Question) -> dict[int, str]:
        """How each rule is asked in few words: a tool writes out the text of its checks, which may take it longer than
        asking them."""
        with connections["owner"].cursor() as cursor:
            for rule, looks in self.rules.items():
                cursor.execute(f"CREATE OR REPLACE VIEW {name}_{rule} AS {question(self.asked, looks)}")
        return {rule: f"SELECT segment FROM {name}_{rule}" for rule in self.rules}


def make_table() -> None:
    """A table of the figures as such tools like it best: plain numbers, in the order and with the index they need."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(FILL)
    connections["owner"].set_autocommit(True)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE, FREEZE) {TABLE}")


def _answered(tool: Tool, *questions: list[str]) -> Answered | str:
    try:
        with installed(tool) as folder:
            taken = ask(tool, folder, {"table": TABLE, "questions": questions, **_addresses()})
    except NotInstalled as problem:
        return f"{tool.name} cannot be installed here: {problem}"
    every, some, simpler = (seconds for seconds, _ in taken)
    return Answered(tool.name, len(questions[0]), every, some, simpler)


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
