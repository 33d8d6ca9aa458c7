"""Who passes which door: every address of the product, every method, every role. What is not listed is refused.

A route is tried on `tests.factories.world`: the lead of Sales is accused in its cases, owns its action and its figures;
the journey owner owns its journey. Words in capitals name who gets past the door of a method; the others are answered
403, or 404 where they may not know that it exists.
"""

from dataclasses import dataclass, field

ROLES = ("sponsor", "truth owner", "lead", "other lead", "journey owner", "executive", "secretary", "auditor",
         "administrator", "outsider")  # fmt: skip
EVERYBODY = frozenset(ROLES)
NOBODY: frozenset[str] = frozenset()


def only(*roles: str) -> frozenset[str]:
    return frozenset(roles)


ADMINISTRATOR, SPONSOR, TRUTH_OWNER = only("administrator"), only("sponsor"), only("truth owner")
AUDITOR, LEAD, OWNER, SECRETARY = only("auditor"), only("lead"), only("journey owner"), only("secretary")
RULING = SPONSOR | TRUTH_OWNER
APPOINTING = RULING | ADMINISTRATOR
MEMBERS = only("truth owner", "lead", "other lead", "journey owner", "executive")
ANSWERING = only("truth owner", "lead", "other lead", "journey owner")
SITTING = MEMBERS | SECRETARY
RECORDING = TRUTH_OWNER | SECRETARY
APPOINTED = EVERYBODY - only("outsider")


@dataclass(frozen=True)
class Route:
    """A named address: `at` says which of the world's names stand in it, `get` and `post` who passes the door."""

    name: str
    get: frozenset[str] | None = None
    post: frozenset[str] | None = None
    at: dict[str, str] = field(default_factory=dict)

    @property
    def methods(self) -> dict[str, frozenset[str] | None]:
        return {"GET": self.get, "POST": self.post, "PUT": None, "PATCH": None, "DELETE": None}

    @property
    def changing(self) -> tuple[str, ...]:
        return ("POST",) if self.post else ()


def route(name: str, *, get: frozenset[str] | None = None, post: frozenset[str] | None = None, **at: str) -> Route:
    return Route(name, get, post, at)


PAGES = [
    # --- people and authority
    route("truthgov:people", get=EVERYBODY, post=ADMINISTRATOR),
    route("truthgov:person", get=EVERYBODY, pk="person"),
    route("truthgov:deactivation", post=ADMINISTRATOR, pk="person"),
    route("truthgov:reactivation", post=ADMINISTRATOR, pk="person"),
    route("truthgov:new_appointment", get=APPOINTING, post=APPOINTING),
    route("truthgov:appointment", get=EVERYBODY, pk="proposed"),
    route("truthgov:confirmation", post=SPONSOR, pk="proposed"),
    route("truthgov:refusal", post=SPONSOR | ADMINISTRATOR, pk="proposed"),
    route("truthgov:end", post=RULING | LEAD, pk="held"),
    route("truthgov:deputies", post=LEAD, pk="held"),
    route("truthgov:functions", get=EVERYBODY, post=APPOINTING),
    route("truthgov:mandate", get=EVERYBODY, post=SPONSOR),
    route("truthgov:audit", get=EVERYBODY),
    route("truthgov:audit_sheet", get=EVERYBODY),
    route("truthgov:entry", get=EVERYBODY, number="entry"),
    route("truthgov:verification", get=EVERYBODY),
    # --- journeys
    route("journeys:new_journey", get=RULING, post=RULING),
    route("journeys:outline", get=TRUTH_OWNER | OWNER, post=TRUTH_OWNER | OWNER, code="journey"),
    route("journeys:stages", post=TRUTH_OWNER | OWNER, code="journey"),
    route("journeys:stage", post=TRUTH_OWNER | OWNER, code="journey", pk="stage"),
    route("journeys:stage_removal", post=TRUTH_OWNER | OWNER, code="journey", pk="stage"),
    route("journeys:handoffs", post=TRUTH_OWNER | OWNER, code="journey"),
    route("journeys:handoff", post=TRUTH_OWNER | OWNER, code="journey", pk="handoff"),
    route("journeys:handoff_removal", post=TRUTH_OWNER | OWNER, code="journey", pk="handoff"),
    # --- figures
    route("metrics:submissions", get=EVERYBODY),
    route("metrics:submission", get=EVERYBODY, pk="submission"),
    route("metrics:sheet", get=LEAD, post=LEAD, scope="supplier", code="period"),
    route("metrics:preview", get=LEAD, scope="supplier", code="period"),
    route("metrics:delivery", post=LEAD, scope="supplier", code="period"),
    route("metrics:file", get=LEAD, post=LEAD, scope="supplier", code="period"),
    route("metrics:csv_template", get=LEAD, scope="supplier", code="period"),
    route("metrics:xlsx_template", get=LEAD, scope="supplier", code="period"),
    route("metrics:upload", get=LEAD, pk="upload"),
    route("metrics:upload_confirmation", post=LEAD, pk="upload"),
    route("metrics:upload_cancellation", post=LEAD, pk="upload"),
    route("metrics:upload_restated", get=LEAD, pk="upload"),
    route("metrics:upload_refused", get=LEAD, pk="upload"),
    route("metrics:draft_removal", post=LEAD, scope="supplier", code="period"),
    route("metrics:attestation", get=EVERYBODY, post=LEAD, scope="supplier", code="period"),
    route("metrics:due", get=EVERYBODY),
    route("metrics:reminders", get=EVERYBODY, post=EVERYBODY),
    route("metrics:feeds", get=EVERYBODY),
    route("metrics:new_feed", get=only("lead", "other lead", "administrator"),
          post=only("lead", "other lead", "administrator")),
    route("metrics:feed", get=EVERYBODY, pk="feed"),
    route("metrics:feed_correction", get=LEAD | ADMINISTRATOR, post=LEAD | ADMINISTRATOR, pk="feed"),
    route("metrics:feed_pause", post=LEAD | ADMINISTRATOR, pk="feed"),
    route("metrics:feed_resumption", post=LEAD | ADMINISTRATOR, pk="feed"),
    route("metrics:feed_next_run", post=LEAD | ADMINISTRATOR, pk="feed"),
    route("metrics:feed_retirement", post=LEAD | ADMINISTRATOR, pk="feed"),
    route("metrics:feed_backfill", post=LEAD | ADMINISTRATOR, pk="feed"),
    route("metrics:feed_run", get=EVERYBODY, pk="feed", run="feed_run"),
    route("metrics:feed_run_retry", post=LEAD | ADMINISTRATOR, pk="feed", run="feed_run"),
    route("metrics:feed_run_withdrawal", post=LEAD | ADMINISTRATOR, pk="feed", run="feed_run"),
    route("metrics:trust", get=EVERYBODY),
    route("metrics:measure_trust", get=EVERYBODY, code="measure"),
    route("metrics:function_trust", get=EVERYBODY, code="function"),
    route("metrics:journey_trust", get=EVERYBODY, code="journey"),
    route("metrics:imports", get=EVERYBODY, post=ANSWERING),
    route("metrics:import", get=EVERYBODY, pk="import"),
    route("metrics:import_proposal", post=LEAD, pk="import_draft"),
    route("metrics:import_approval", post=RULING, pk="import"),
    route("metrics:import_ending", post=RULING | LEAD, pk="import"),
    route("metrics:dictionary_file", get=EVERYBODY, ending="ending"),
    route("metrics:keys", get=EVERYBODY, post=ADMINISTRATOR),
    route("metrics:key_revocation", post=ADMINISTRATOR, public_id="key"),
    # --- contradictions, the dictionary, journeys as they stand
    route("forums:contradictions", get=EVERYBODY),
    route("forums:contradiction_new", get=ANSWERING, post=ANSWERING),
    route("forums:contradiction", get=EVERYBODY, pk="case"),
    route("forums:challenges", post=TRUTH_OWNER, pk="case"),
    route("forums:positions", post=LEAD | OWNER, pk="case"),
    route("forums:case_agenda", post=RECORDING, pk="case"),
    route("forums:false_alarm", post=TRUTH_OWNER, pk="case"),
    route("forums:case_pdf", get=EVERYBODY, pk="case"),
    route("forums:position_file", get=EVERYBODY, pk="case", file="position_file"),
    route("forums:case_causes", post=TRUTH_OWNER, pk="case"),
    route("forums:case_snoozes", post=TRUTH_OWNER, pk="case"),
    route("forums:case_waking", post=TRUTH_OWNER, pk="case"),
    route("forums:case_joining", post=TRUTH_OWNER, pk="case"),
    route("forums:case_parts", post=TRUTH_OWNER, pk="case"),
    route("forums:case_links", post=ANSWERING, pk="case"),
    route("forums:root_causes", get=EVERYBODY, post=TRUTH_OWNER),
    route("forums:cause_retirement", post=TRUTH_OWNER, pk="root_cause"),
    route("forums:dictionary", get=EVERYBODY),
    route("forums:measure", get=EVERYBODY, code="measure"),
    route("forums:rules", get=EVERYBODY),
    route("forums:rule_new", get=ANSWERING, post=ANSWERING),
    route("forums:rule", get=EVERYBODY, pk="rule"),
    route("forums:rule_version_new", get=ANSWERING, post=ANSWERING, pk="rule"),
    route("forums:rule_version", get=EVERYBODY, pk="rule", version="rule_version"),
    route("forums:rule_version_approval", post=ANSWERING, pk="rule", version="rule_version"),
    route("forums:rule_version_rejection", post=ANSWERING, pk="rule", version="rule_version"),
    route("forums:rule_version_withdrawal", post=ANSWERING, pk="rule", version="rule_version"),
    route("forums:link", get=EVERYBODY, pk="link"),
    route("forums:process", get=EVERYBODY, code="measure"),
    route("forums:process_pdf", get=EVERYBODY, code="measure"),
    route("forums:rebasings", post=TRUTH_OWNER | LEAD, code="measure"),
    route("forums:rebasing_approval", post=TRUTH_OWNER | LEAD, code="measure", pk="rebasing"),
    route("forums:rebasing_rejection", post=TRUTH_OWNER | LEAD, code="measure", pk="rebasing"),
    route("forums:rebasing_withdrawal", post=TRUTH_OWNER | LEAD, code="measure", pk="rebasing"),
    route("forums:definition_new", get=TRUTH_OWNER | LEAD, post=TRUTH_OWNER | LEAD, code="measure"),
    route("forums:definition_approval", post=TRUTH_OWNER | LEAD, code="measure", version="definition"),
    route("forums:retirement_new", get=TRUTH_OWNER | LEAD, post=TRUTH_OWNER | LEAD, code="measure"),
    route("forums:definition_review", post=TRUTH_OWNER | LEAD, code="measure", version="definition"),
    route("forums:definition_rejection", post=TRUTH_OWNER | LEAD, code="measure", version="definition"),
    route("forums:definition_comments", post=SITTING | SPONSOR, code="measure", version="definition"),
    route("forums:definition_withdrawal", post=TRUTH_OWNER | LEAD, code="measure", version="definition"),
    route("forums:figure", get=EVERYBODY, code="measure", period="period"),
    route("forums:restatements", get=EVERYBODY),
    route("forums:restatements_sheet", get=EVERYBODY),
    route("forums:restatement", get=EVERYBODY, pk="restatement"),
    route("forums:journeys", get=EVERYBODY),
    route("forums:journey", get=EVERYBODY, code="journey"),
    # --- what everybody owes, and the executives' view
    route("forums:desk", get=EVERYBODY),
    route("forums:view", get=EVERYBODY),
    # --- forums and their meetings
    route("forums:forums", get=EVERYBODY),
    route("forums:new_forum", get=RULING, post=RULING),
    route("forums:matrix", get=EVERYBODY),
    route("forums:days_off", get=EVERYBODY, post=RULING | SECRETARY),
    route("forums:day_off_withdrawal", post=RULING | SECRETARY, pk="day_off"),
    route("forums:forum", get=EVERYBODY, code="forum"),
    route("forums:new_charter", get=RULING | SECRETARY, post=RULING | SECRETARY, code="forum"),
    route("forums:charter_approval", post=RULING, code="forum", version="charter"),
    route("forums:charter_rejection", post=RULING, code="forum", version="charter"),
    route("forums:charter_withdrawal", post=TRUTH_OWNER, code="forum", version="charter"),
    route("forums:meetings", get=EVERYBODY),
    route("forums:meeting", get=APPOINTED, pk="meeting"),
    route("forums:meeting_version", get=APPOINTED, pk="meeting"),
    route("forums:opening", post=TRUTH_OWNER, pk="meeting"),
    route("forums:closing", get=TRUTH_OWNER, post=TRUTH_OWNER, pk="meeting"),
    route("forums:agenda", get=APPOINTED, post=RECORDING, pk="meeting"),
    route("forums:agenda_sections", post=RECORDING, pk="meeting"),
    route("forums:replies", post=SITTING, pk="meeting"),
    route("forums:meeting_when", post=RECORDING, pk="meeting"),
    route("forums:calendar", get=EVERYBODY, post=EVERYBODY),
    route("forums:calendar_revocation", post=EVERYBODY),
    route("forums:publications", post=RECORDING, pk="meeting"),
    route("forums:pack", get=APPOINTED, pk="published_meeting"),
    route("forums:pack_of", get=APPOINTED, pk="published_meeting", number="publication"),
    route("forums:draft_pack", get=RECORDING, pk="meeting"),
    route("forums:item_place", post=RECORDING, pk="item"),
    route("forums:item_plan", post=RECORDING, pk="item"),
    route("forums:items", post=RECORDING, pk="meeting"),
    route("forums:arrivals", post=SITTING, pk="meeting"),
    route("forums:delegations", post=MEMBERS, pk="meeting"),
    route("forums:departures", post=SITTING, pk="meeting"),
    route("forums:item_in_hand", post=TRUTH_OWNER, pk="item"),
    route("forums:item_decisions", post=TRUTH_OWNER, pk="item"),
    route("forums:sentence", post=TRUTH_OWNER, pk="item"),
    route("forums:carry_over", post=TRUTH_OWNER, pk="item"),
    route("forums:notings", post=TRUTH_OWNER, pk="item"),
    route("forums:item_escalation", post=TRUTH_OWNER, pk="item"),
    route("forums:interests", post=SITTING, pk="item"),
    route("forums:recusals", post=SITTING, pk="item"),
    route("forums:question_objections", post=SITTING, pk="question"),
    route("forums:question_votes", post=SITTING, pk="question"),
    route("forums:question_closing", post=TRUTH_OWNER, pk="question"),
    route("forums:question_withdrawal", post=TRUTH_OWNER, pk="question"),
    route("forums:question_decision", post=TRUTH_OWNER, pk="question"),
    route("forums:objection_withdrawal", post=only("executive"), pk="objection"),
    route("forums:objection_overruling", post=TRUTH_OWNER, pk="objection"),
    route("forums:minutes", get=APPOINTED, pk="held_meeting"),
    route("forums:minutes_wording", post=RECORDING, pk="held_meeting"),
    route("forums:signatures", post=RECORDING, pk="held_meeting"),
    route("forums:circulation", post=RECORDING, pk="held_meeting"),
    route("forums:amendments", post=only("truth owner", "lead", "other lead", "executive"), pk="held_meeting"),
    route("forums:amendment_answer", post=RECORDING, pk="amendment"),
    route("forums:amendment_withdrawal", post=LEAD, pk="amendment"),
    route("forums:corrections", post=RECORDING, pk="sealed_meeting"),
    route("forums:countersignature", post=RECORDING, pk="correction"),
    route("forums:correction_withdrawal", post=TRUTH_OWNER, pk="correction"),
    route("forums:minutes_confirmation", post=TRUTH_OWNER, pk="minutes_item"),
    route("forums:evidence_pack", get=RULING | AUDITOR | ADMINISTRATOR, pk="held_meeting"),
    # --- what was decided, and what follows
    route("forums:decisions", get=EVERYBODY),
    route("forums:decisions_file", get=EVERYBODY, ending="register_ending"),
    route("forums:actions_file", get=EVERYBODY, ending="register_ending"),
    route("forums:decision", get=EVERYBODY, pk="decision"),
    route("forums:decision_agenda", post=RECORDING, pk="decision"),
    route("forums:dissents", post=SITTING, pk="decision"),
    route("forums:escalation", get=EVERYBODY, post=SPONSOR, pk="escalation"),
    route("forums:actions", get=EVERYBODY),
    route("forums:action", get=EVERYBODY, pk="action"),
    route("forums:proof", post=LEAD, pk="action"),
    route("forums:proof_file", get=EVERYBODY, pk="done_action", file="proof_file"),
    route("forums:action_verification", post=SITTING, pk="action"),
    route("forums:action_return", post=SITTING, pk="action"),
]  # fmt: skip

PUBLIC = ("health", "metrics:api:schema", "metrics:api:docs", "metrics:nowhere", "forums:invitation",
          "forums:calendar_feed")  # fmt: skip
"""For everybody, signed in or not: whether we are well, how the API is used, what a secret address opens."""
