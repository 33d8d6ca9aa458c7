"""A meeting that sits, driven beside the plain model of its rules; what an example does is rolled back."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from forums.models import AgendaItem, Decision, Escalation, Meeting, Question, Subject
from forums.motions.acts import Ruling
from forums.motions.motion import Motion
from forums.packs.verifier.chain import Entry
from forums.packs.verifier.findings import Findings
from forums.packs.verifier.offices import Offices
from forums.packs.verifier.sitting import Sitting
from tests.forums.machine.conftest import Stage
from tests.forums.machine.matters import Asked, Item, Made
from truthgov import audit
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry, Mandate, Person

REFUSED = (Refusal, PermissionDenied, InvalidInput)
CAST = ("truth owner", "executive", "second executive", "sales lead", "delivery lead", "secretary", "sponsor",
        "outsider")  # fmt: skip
ANYBODY = st.sampled_from(CAST)
HOLDER = "whoever holds the right"
OFTEN_RIGHTLY = st.sampled_from((*[HOLDER] * len(CAST), *CAST))
MATTERS = st.sampled_from(["sales", "delivery"])
KINDS = st.sampled_from(["policy", "service_standard", "set_journey_priority", "fund", "approve_change"])


def motion(kind: str, **more: Any) -> Motion:
    return Motion(Ruling(kind), f"So be it: {kind}.", **more)


def taken(table: str, row: dict[str, Any]) -> bool:
    """Would the database take it, by SQL, from the application role? It is rolled back."""
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(row.values()))
        transaction.set_rollback(True)
        return True
    return False


class Session(RuleBasedStateMachine):
    """`did` counts what was tried in all examples, by what it was and whether it was done."""

    stage: Stage
    did: Counter[tuple[str, bool]]

    @initialize(may_force=st.sampled_from([True, True, True, False]))
    def begin(self, may_force: bool) -> None:
        self.savepoint = transaction.savepoint()
        self.model, self.meeting = self.stage.model(), Meeting.objects.get(pk=self.stage.meeting.pk)
        self.sat = [self.meeting.pk]
        self.items = self.agenda()
        self.questions: dict[str, Question] = {}
        self.decisions: list[Decision] = []
        self.escalations: list[Escalation] = []
        self.steps = 0
        if not may_force:
            self.model.may_be_forced = False
            self.stage.take_the_force(Mandate.objects.get())

    def teardown(self) -> None:
        """What stands are the decisions that the model has made, each as it says; whoever recomputes the meetings from
        the audit alone finds the same, and nothing wrong."""
        try:
            told = "item__subject__reference", "decision_type", "decided_by", "forced", "present", "recused"
            stored = list(Decision.objects.order_by("pk").values_list(*told))
            assert stored == [self._row(made) for made in self.model.made]
            standing = [each.pk for each, made in zip(self.decisions, self.model.made, strict=True) if made.stands]
            assert set(Decision.objects.standing().values_list("pk", flat=True)) == set(standing)
            assert self._found_by_the_verifier() == []
        finally:
            transaction.savepoint_rollback(self.savepoint)

    def tried(self, what: str, allowed: bool, act: Callable[[], object]) -> bool:
        """Whether it was done; the rules say whether it should be."""
        self.steps += 1
        try:
            with transaction.atomic():
                act()
            done, said = True, "done"
        except REFUSED as refusal:
            done, said = False, f"refused: {refusal}"
        assert done == allowed, f"{what} is {said}"
        self.did[what, done] += 1
        return done

    def slipped_in(self, table: str, row: dict[str, Any], *, allowed: bool) -> None:
        """Past the verbs: the database takes it where the rules do."""
        assert taken(table, row) == allowed
        self.did[f"{table} by SQL", allowed] += 1

    def agenda(self) -> dict[str, AgendaItem]:
        """The items as a page would hold them: read once, and stale from then on."""
        items = self.meeting.items.filter(subject__kind=Subject.Kind.CONTRADICTION)
        named = {case.pk: matter for matter, case in self.stage.cases.items()}
        read = items.select_related("meeting__charter", "meeting__forum", "subject")
        return {named[item.subject.reference]: item for item in read}

    def before_the_room(self, matter: str) -> tuple[str, Question]:
        """A question that was put, whatever became of it; of this matter, where one was."""
        matter = matter if matter in self.questions else next(iter(self.questions))
        return matter, self.questions[matter]

    def asked(self, item: Item) -> Asked:
        assert item.asked is not None
        return item.asked

    def acting(self, who: str, role: str = "truth_owner") -> str:
        """Who that is, where it is whoever holds a right."""
        return next(each.holder for each in self.model.offices if each.role == role) if who == HOLDER else who

    def named(self, person: Person) -> str:
        return next(name for name, each in self.stage.people.items() if each == person)

    def _row(self, made: Made) -> tuple[Any, ...]:
        return (self.stage.cases[made.matter].pk, made.kind, self.stage.people[made.by].pk, made.forced, made.present,
                made.recused)  # fmt: skip

    def _found_by_the_verifier(self) -> list[str]:
        findings = Findings()
        offices = Offices(findings)
        sittings = [Sitting(meeting, offices, findings) for meeting in self.sat]
        for row in AuditEntry.objects.order_by("number"):
            entry = Entry(*json.loads(audit.canonical(row)))
            offices.take(entry)
            for sitting in sittings:
                sitting.take(entry)
        assert sum(len(sitting.decisions) for sitting in sittings) == len(self.model.made)
        return findings.faults
