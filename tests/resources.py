"""Who passes which door of the API: every resource, every method, every role; as `tests.routes` does for pages."""

from dataclasses import dataclass, field

from tests.routes import (
    ADMINISTRATOR,
    ANSWERING,
    EVERYBODY,
    LEAD,
    NOBODY,
    OWNER,
    RECORDING,
    RULING,
    SECRETARY,
    SITTING,
    SPONSOR,
    TRUTH_OWNER,
    only,
)


@dataclass(frozen=True)
class Resource:
    """An address of the API and its methods: read by keys and by sessions unless it is for one of them only.

    `acts` names whose session passes the door of what changes something; no key does, but for what is for keys only.
    `reads` names whose session reads it.
    """

    name: str
    methods: tuple[str, ...] = ("GET",)
    at: dict[str, str] = field(default_factory=dict)
    acts: frozenset[str] = NOBODY
    reads: frozenset[str] = EVERYBODY
    keys_only: bool = False
    people_only: bool = False
    unseen_by_keys: bool = False

    @property
    def changing(self) -> tuple[str, ...]:
        return tuple(method for method in self.methods if method != "GET")


def read(name: str, **at: str) -> Resource:
    return Resource(f"metrics:api:{name}", at=at)


def act(name: str, *acts: frozenset[str], **at: str) -> Resource:
    return Resource(f"metrics:api:{name}", ("POST",), at, frozenset().union(*acts))


RULE = {"pk": "rule", "version": "rule_version"}
VERSION = {"code": "measure", "version": "definition"}
MANAGING = LEAD | ADMINISTRATOR
API = [
    Resource("metrics:api:batches", ("POST",), keys_only=True),
    read("batch", pk="submission"),
    read("observations"),
    Resource("metrics:api:notes", ("GET", "POST"), {"pk": "observation"}, LEAD),
    read("readings"),
    read("trust"),
    read("due_figures"),
    read("function_sheet", code="function", period="period"),
    act("function_sheet_attestation", LEAD, code="function", period="period"),
    act("function_sheet_absences", LEAD, code="function", period="period"),
    Resource("metrics:api:journey_sheet", at={"code": "journey", "period": "period"}, unseen_by_keys=True),
    act("journey_sheet_attestation", OWNER, code="journey", period="period"),
    act("journey_sheet_absences", OWNER, code="journey", period="period"),
    *(
        Resource(
            f"metrics:api:{kind}_sheet_{noun}",
            methods,
            {"code": kind, "period": "period"},
            whose,
            whose,
            people_only=True,
        )
        for kind, whose in (("function", LEAD), ("journey", OWNER))
        for noun, methods in (
            ("template", ("GET",)),
            ("draft", ("GET", "PUT", "DELETE")),
            ("delivery", ("POST",)),
            ("uploads", ("POST",)),
        )
    ),
    Resource("metrics:api:uploads", people_only=True),
    *(
        Resource(f"metrics:api:{name}", methods, {"pk": "upload"}, LEAD, LEAD, people_only=True)
        for name, methods in (
            ("upload", ("GET",)),
            ("upload_confirmation", ("POST",)),
            ("upload_cancellation", ("POST",)),
            ("upload_refused_rows", ("GET",)),
            ("upload_restated_rows", ("GET",)),
        )
    ),
    Resource("metrics:api:reminders", people_only=True),
    Resource("metrics:api:reminder_switch", ("GET", "PUT"), acts=EVERYBODY, people_only=True),
    read("attestations"),
    read("attestation", pk="attestation"),
    read("absences"),
    read("absence", pk="absence"),
    read("measures"),
    read("measure", code="measure"),
    Resource("metrics:api:definitions", ("GET", "POST"), {"code": "measure"}, TRUTH_OWNER | LEAD),
    read("roll_ups", code="measure"),
    act("retirement", TRUTH_OWNER | LEAD, code="measure"),
    Resource("forums:api:lineage", at={"code": "measure"}),
    read("definition", **VERSION),
    Resource("forums:api:definition_impact", at=VERSION),
    act("definition_review", TRUTH_OWNER | LEAD, **VERSION),
    act("definition_approval", TRUTH_OWNER | LEAD, **VERSION),
    act("definition_rejection", TRUTH_OWNER | LEAD, **VERSION),
    act("definition_withdrawal", TRUTH_OWNER | LEAD, **VERSION),
    Resource("metrics:api:definition_comments", ("GET", "POST"), VERSION, SITTING | SPONSOR),
    read("dictionary"),
    Resource("metrics:api:dictionary_imports", ("GET", "POST"), acts=ANSWERING, people_only=True),
    Resource("metrics:api:dictionary_import", at={"pk": "import"}, people_only=True),
    *(
        Resource(f"metrics:api:dictionary_import_{noun}", ("POST",), {"pk": pk}, acts, people_only=True)
        for noun, pk, acts in (
            ("proposal", "import_draft", LEAD),
            ("approval", "import", RULING),
            ("ending", "import", RULING | LEAD),
        )
    ),
    Resource("metrics:api:rules", ("GET", "POST"), acts=ANSWERING),
    read("rule", pk="rule"),
    Resource("metrics:api:rule_versions", ("GET", "POST"), {"pk": "rule"}, ANSWERING),
    read("rule_version", **RULE),
    read("rule_back_test", **RULE),
    act("rule_version_approval", ANSWERING, **RULE),
    act("rule_version_rejection", ANSWERING, **RULE),
    act("rule_version_withdrawal", ANSWERING, **RULE),
    read("functions"),
    read("function", code="function"),
    read("journeys"),
    read("journey", code="journey"),
    read("sources"),
    read("source", code="source"),
    Resource("metrics:api:feeds", ("GET", "POST"), acts=only("lead", "other lead", "administrator")),
    act("feed_test_run", only("lead", "other lead", "administrator")),
    act("feed_corrected_test_run", MANAGING, pk="feed"),
    Resource("metrics:api:feed", ("GET", "PUT"), {"pk": "feed"}, MANAGING),
    act("feed_pause", MANAGING, pk="feed"),
    act("feed_resumption", MANAGING, pk="feed"),
    act("feed_retirement", MANAGING, pk="feed"),
    act("feed_next_run", MANAGING, pk="feed"),
    act("feed_backfill", MANAGING, pk="feed"),
    read("feed_runs", pk="feed"),
    read("feed_run", pk="feed", run="feed_run"),
    act("feed_run_retry", MANAGING, pk="feed", run="feed_run"),
    act("feed_run_withdrawal", MANAGING, pk="feed", run="feed_run"),
    read("audit_entries"),
    read("audit_entry", number="entry"),
    read("audit_checkpoints"),
    Resource("metrics:api:keys", ("GET", "POST"), acts=ADMINISTRATOR, people_only=True),
    Resource("metrics:api:key", at={"public_id": "key"}, people_only=True),
    Resource("metrics:api:key_revocation", ("POST",), {"public_id": "key"}, ADMINISTRATOR, people_only=True),
    read("contradictions"),
    read("contradiction", pk="case"),
    Resource("metrics:api:challenges", ("GET", "POST"), {"pk": "case"}, TRUTH_OWNER),
    Resource("metrics:api:positions", ("GET", "POST"), {"pk": "case"}, LEAD | OWNER),
    Resource("forums:api:agenda", ("GET", "PUT"), {"pk": "meeting"}, RECORDING, people_only=True),
    Resource("forums:api:publications", ("GET", "POST"), {"pk": "meeting"}, RECORDING, people_only=True),
    Resource("forums:api:replies", ("GET", "POST"), {"pk": "meeting"}, SITTING, people_only=True),
    Resource("forums:api:actions"),
    Resource("forums:api:action", at={"pk": "action"}, unseen_by_keys=True),
    Resource("forums:api:action_proof", ("POST",), {"pk": "action"}, LEAD),
    Resource("forums:api:action_verification", ("POST",), {"pk": "action"}, SITTING),
    Resource("forums:api:action_return", ("POST",), {"pk": "action"}, SITTING),
    Resource("forums:api:view"),
    Resource("forums:api:decisions"),
    Resource("forums:api:decision", at={"pk": "decision"}),
    Resource("forums:api:meetings", people_only=True),
    Resource("forums:api:meeting", at={"pk": "meeting"}, people_only=True),
    Resource("forums:api:minutes", at={"pk": "held_meeting"}, people_only=True),
    Resource("forums:api:restatements"),
    Resource("forums:api:forums"),
    Resource("forums:api:forum", at={"code": "forum"}),
    Resource("forums:api:charters", ("GET", "POST"), {"code": "forum"}, RULING | SECRETARY),
    Resource("forums:api:charter", at={"code": "forum", "version": "charter"}),
    *(
        Resource(f"forums:api:charter_{noun}", ("POST",), {"code": "forum", "version": "charter"}, acts)
        for noun, acts in (("approval", RULING), ("rejection", RULING), ("withdrawal", TRUTH_OWNER))
    ),
    Resource("forums:api:decision_rights"),
    Resource("forums:api:item_motions", ("POST",), {"pk": "item"}, TRUTH_OWNER, people_only=True),
    Resource("forums:api:question", at={"pk": "question"}, people_only=True),
    *(
        Resource(f"forums:api:question_{noun}", ("POST",), {"pk": "question"}, acts, people_only=True)
        for noun, acts in (
            ("objections", SITTING),
            ("votes", SITTING),
            ("closing", TRUTH_OWNER),
            ("withdrawal", TRUTH_OWNER),
            ("decision", TRUTH_OWNER),
        )
    ),
    Resource("forums:api:objection_withdrawal", ("POST",), {"pk": "objection"}, only("executive"), people_only=True),
    Resource("forums:api:objection_overruling", ("POST",), {"pk": "objection"}, TRUTH_OWNER, people_only=True),
    Resource("forums:api:restatement", at={"pk": "restatement"}),
]
