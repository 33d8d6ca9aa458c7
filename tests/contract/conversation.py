"""Requests made of the schema by schemathesis, sent in-process, and what in their answers breaks the contract."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as contract

from config.wsgi import application
from tests.contract.callers import Caller, callers
from tests.factories.world import World
from truthgov.periods import Grain, Period

KEPT = [
    checks.not_a_server_error, contract.status_code_conformance, contract.content_type_conformance,
    contract.response_headers_conformance, contract.response_schema_conformance,
]  # fmt: skip
OURS = ("ETag", "Link", "Location", "Retry-After", "WWW-Authenticate", "RateLimit", "RateLimit-Policy", "X-Request-ID",
        "Idempotency-Replayed", "Preference-Applied")  # fmt: skip
"""Headers that programs act on."""
MODES = [GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
DECIDING = ["truth owner", "lead", "administrator"]
IN_A_ROW = 6
LAST_VERSION = 4
KNOWING = 0.7
"""How many of the requests name records that exist, and the state that these are in."""
NAMES = {
    "contradictions": "case", "feeds": "feed", "attestations": "attestation", "absences": "absence",
    "actions": "action", "decisions": "decision", "meetings": "held_meeting", "restatements": "restatement",
    "observation-batches": "submission", "measures": "measure",
    "observations": "observation", "dictionary-imports": "import",
    "functions": "function", "journeys": "journey", "sources": "source",
    "uploads": "upload",
    "rules": "rule", "questions": "question", "objections": "objection", "items": "item", "forums": "forum",
}  # fmt: skip
"""What stands in a resource's address, by the names of the world."""


class Conversation:
    """Callers who ask of everything that the schema names, in an order of chance; `answers` are counted by status."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.chance, self.callers = world, random.Random(number), callers(world)
        self.answers: Counter[int] = Counter()
        self.asked: set[str] = set()
        self.faults: dict[str, str] = {}
        schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
        self.operations = [found.ok() for found in schema.get_all_operations()]

    def hold(self, requests: int) -> None:
        """Make at least so many requests, one of everything first."""
        for operation in self.chance.sample(self.operations, len(self.operations)):
            self._ask(operation, self._caller(operation), GenerationMode.POSITIVE, times=1)
        while self.answers.total() < requests:
            for operation in self.chance.sample(self.operations, len(self.operations)):
                if self.answers.total() < requests:
                    self._ask(operation, self._caller(operation), self.chance.choice(MODES))

    def unread(self) -> set[str]:
        """What can be read, and gives nobody who asks for what there is an answer of 200."""
        reads = [operation for operation in self.operations if operation.method == "get"]
        return {operation.label for operation in reads if not any(map(self._is_read, self._sound_cases(operation)))}

    def _is_read(self, case: Any) -> bool:
        answers = (case.call(headers=dict(each.headers), cookies=dict(each.cookies)) for each in self.callers)
        return any(answer.status_code == 200 for answer in answers)

    def _sound_cases(self, operation: Any) -> Iterator[Any]:
        for version in range(1, LAST_VERSION + 1):
            names = self._names(operation.path) | {"version": str(version)}
            named = {name: names[name] for name in _placeholders(operation.path) if name in names}
            yield operation.Case(path_parameters=named)
            if "version" not in named:
                return

    def _caller(self, operation: Any) -> Caller:
        """Anybody; for what changes something mostly somebody who may."""
        if operation.method == "get" or self.chance.random() > KNOWING:
            return self.chance.choice(self.callers)
        meant = ["a program"] if operation.path.endswith("/observation-batches") else DECIDING
        return self.chance.choice([caller for caller in self.callers if caller.name in meant])

    def _ask(self, operation: Any, caller: Caller, mode: GenerationMode, times: int = IN_A_ROW) -> None:
        @seed(self.chance.randrange(2**32))
        @settings(
            max_examples=times, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            self._send(case, caller)

        try:
            ask()
        except Unsatisfiable:
            if mode is not GenerationMode.NEGATIVE:  # nothing unsound can be said to a resource that takes nothing
                raise

    def _send(self, case: Any, caller: Caller) -> None:
        names = self._names(case.operation.path)
        if names and self.chance.random() < KNOWING:
            case.path_parameters = {**(case.path_parameters or {}), **names}
        if "If-Match" in (case.headers or {}) and self.chance.random() < KNOWING:
            case.headers["If-Match"] = self._tag(case, caller)
        if isinstance(case.body, dict) and self.chance.random() < KNOWING:
            case.body = self._sound(case.body)
        if caller.headers and case.headers:
            case.headers.pop("Authorization", None)  # what was made up; the caller brings their own
        response = case.call(headers=dict(caller.headers), cookies=dict(caller.cookies))
        self.asked.add(case.operation.label)
        self.answers[response.status_code] += 1
        described = case.operation.definition.raw["responses"].get(str(response.status_code), {}).get("headers", {})
        if unnamed := [name for name in OURS if name.lower() in response.headers and name not in described]:
            self._note(case, response, caller, f"sends {', '.join(unnamed)}, which it does not describe")
        try:
            case.validate_response(response, checks=KEPT)
        except (Failure, FailureGroup) as fault:
            told = fault.exceptions if isinstance(fault, FailureGroup) else [fault]
            self._note(case, response, caller, type(told[0]).__name__, f": {fault}\n{told[0]}")

    def _note(self, case: Any, response: Any, caller: Caller, what: str, detail: str = "") -> None:
        key = f"{case.operation.label} {response.status_code} {what}"
        self.faults.setdefault(key, f"--- {key}, by {caller.name}{detail}")

    def _tag(self, case: Any, caller: Caller) -> str:
        """That of what an act is on, as its caller reads it: the resource itself, or the one above it."""
        browser = Client(headers=dict(caller.headers))
        browser.cookies.load(dict(caller.cookies))
        path = case.formatted_path
        answers = (browser.get(each) for each in (path, path.rpartition("/")[0]))
        return next((answer["ETag"] for answer in answers if "ETag" in answer), '"unread"')

    def _names(self, path: str) -> dict[str, Any]:
        """What stands in an address, of what there is."""
        resource = path.removeprefix("/api/v1/").partition("/")[0]
        own = self.world.names.get(NAMES.get(resource, ""))
        names = {"id": own, "code": own, "version": self.chance.randint(1, LAST_VERSION),
                 "period": self.world.names["period"], "run": self.world.names["feed_run"],
                 "public_id": self.world.names["other_key"], "number": self.world.names["entry"]}  # fmt: skip
        return {name: str(names[name]) for name in _placeholders(path) if names[name] is not None}

    def _sound(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The same body, with names and days that there are in the place of those made up."""
        last = Period.parse(self.world.names["period"], Grain.MONTH)
        there = {"measure": self.world.names["measure"], "source": "crm", "segment": {}, "period": last.code,
                 "starts_on": str(last.shift(2).start), "first": last.shift(-1).code, "last": last.code}  # fmt: skip
        match body.get("rows"):
            case [Mapping() as row, *_]:
                body = {**body, "rows": [self._sound(row)]}
        return dict(body) | {name: value for name, value in there.items() if name in body}


def _placeholders(path: str) -> Iterator[str]:
    return (part[1:-1] for part in path.split("/") if part.startswith("{"))
