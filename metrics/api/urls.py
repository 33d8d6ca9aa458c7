from django.urls import URLPattern, path

from metrics.api.documentation import documentation, schema
from metrics.api.views import (
    cases,
    definitions,
    dictionary,
    dictionary_files,
    feed_trials,
    feeds,
    figures,
    keys,
    notes,
    organisation,
    roll_ups,
    rules,
    sheets,
    trust,
)

RULE_VERSION = "rules/<int:pk>/versions/<int:version>"
IMPORT = "dictionary-imports/<int:pk>"
DEFINITION = "measures/<code:code>/definitions/<int:version>"


def _sheets(kind: str) -> list[URLPattern]:
    """The sheets of functions, or of journeys."""
    at = f"{kind}s/<code:code>/sheets/<code:period>"
    return [
        path(at, sheets.SheetOne.as_view(kind=kind), name=f"{kind}_sheet"),
        path(f"{at}/attestation", sheets.SheetAttestation.as_view(kind=kind), name=f"{kind}_sheet_attestation"),
        path(f"{at}/absences", sheets.SheetAbsences.as_view(kind=kind), name=f"{kind}_sheet_absences"),
    ]


app_name = "api"
urlpatterns = [
    path("observation-batches", figures.Batches.as_view(), name="batches"),
    path("observation-batches/<uuid:pk>", figures.Batch.as_view(), name="batch"),
    path("observations", figures.Observations.as_view(), name="observations"),
    path("observations/<int:pk>/notes", notes.Notes.as_view(), name="notes"),
    path("readings", figures.Readings.as_view(), name="readings"),
    path("trust", trust.Trust.as_view(), name="trust"),
    path("due-figures", sheets.DueFigures.as_view(), name="due_figures"),
    *_sheets("function"),
    *_sheets("journey"),
    path("attestations", sheets.Attestations.as_view(), name="attestations"),
    path("attestations/<int:pk>", sheets.AttestationOne.as_view(), name="attestation"),
    path("absences", sheets.Absences.as_view(), name="absences"),
    path("absences/<int:pk>", sheets.AbsenceOne.as_view(), name="absence"),
    path("measures", dictionary.Measures.as_view(), name="measures"),
    path("measures/<code:code>", dictionary.MeasureOne.as_view(), name="measure"),
    path("measures/<code:code>/definitions", definitions.Definitions.as_view(), name="definitions"),
    path("measures/<code:code>/roll-ups", roll_ups.RollUps.as_view(), name="roll_ups"),
    path("measures/<code:code>/retirement", definitions.Retirements.as_view(), name="retirement"),
    path(DEFINITION, dictionary.DefinitionOne.as_view(), name="definition"),
    path(f"{DEFINITION}/review", definitions.Review.as_view(), name="definition_review"),
    path(f"{DEFINITION}/approval", definitions.Approval.as_view(), name="definition_approval"),
    path(f"{DEFINITION}/rejection", definitions.Rejection.as_view(), name="definition_rejection"),
    path(f"{DEFINITION}/withdrawal", definitions.Withdrawal.as_view(), name="definition_withdrawal"),
    path(f"{DEFINITION}/comments", definitions.Comments.as_view(), name="definition_comments"),
    path("dictionary", dictionary_files.Dictionary.as_view(), name="dictionary"),
    path("dictionary-imports", dictionary_files.DictionaryImports.as_view(), name="dictionary_imports"),
    path(IMPORT, dictionary_files.DictionaryImportOne.as_view(), name="dictionary_import"),
    path(f"{IMPORT}/proposal", dictionary_files.ImportProposal.as_view(), name="dictionary_import_proposal"),
    path(f"{IMPORT}/approval", dictionary_files.ImportApproval.as_view(), name="dictionary_import_approval"),
    path(f"{IMPORT}/ending", dictionary_files.ImportEnding.as_view(), name="dictionary_import_ending"),
    path("rules", rules.Rules.as_view(), name="rules"),
    path("rules/<int:pk>", rules.RuleOne.as_view(), name="rule"),
    path("rules/<int:pk>/versions", rules.RuleVersions.as_view(), name="rule_versions"),
    path(RULE_VERSION, rules.RuleVersionOne.as_view(), name="rule_version"),
    path(f"{RULE_VERSION}/back-test", rules.BackTests.as_view(), name="rule_back_test"),
    path(f"{RULE_VERSION}/approval", rules.RuleApproval.as_view(), name="rule_version_approval"),
    path(f"{RULE_VERSION}/rejection", rules.RuleRejection.as_view(), name="rule_version_rejection"),
    path(f"{RULE_VERSION}/withdrawal", rules.RuleWithdrawal.as_view(), name="rule_version_withdrawal"),
    path("functions", organisation.Functions.as_view(), name="functions"),
    path("functions/<code:code>", organisation.FunctionOne.as_view(), name="function"),
    path("journeys", organisation.Journeys.as_view(), name="journeys"),
    path("journeys/<code:code>", organisation.JourneyOne.as_view(), name="journey"),
    path("sources", organisation.Sources.as_view(), name="sources"),
    path("sources/<code:code>", organisation.SourceOne.as_view(), name="source"),
    path("feeds", feeds.Feeds.as_view(), name="feeds"),
    path("feeds/test-run", feed_trials.TestRun.as_view(), name="feed_test_run"),
    path("feeds/<int:pk>/test-run", feed_trials.CorrectedTestRun.as_view(), name="feed_corrected_test_run"),
    path("feeds/<int:pk>", feeds.FeedOne.as_view(), name="feed"),
    path("feeds/<int:pk>/pause", feeds.Pause.as_view(), name="feed_pause"),
    path("feeds/<int:pk>/resumption", feeds.Resumption.as_view(), name="feed_resumption"),
    path("feeds/<int:pk>/retirement", feeds.Retirement.as_view(), name="feed_retirement"),
    path("feeds/<int:pk>/next-run", feeds.NextRun.as_view(), name="feed_next_run"),
    path("feeds/<int:pk>/backfill", feeds.Backfill.as_view(), name="feed_backfill"),
    path("feeds/<int:pk>/runs", feeds.FeedRuns.as_view(), name="feed_runs"),
    path("feeds/<int:pk>/runs/<int:run>", feeds.FeedRunOne.as_view(), name="feed_run"),
    path("feeds/<int:pk>/runs/<int:run>/retry", feeds.Retry.as_view(), name="feed_run_retry"),
    path("feeds/<int:pk>/runs/<int:run>/withdrawal", feeds.RunWithdrawal.as_view(), name="feed_run_withdrawal"),
    path("keys", keys.Keys.as_view(), name="keys"),
    path("keys/<code:public_id>", keys.KeyOne.as_view(), name="key"),
    path("keys/<code:public_id>/revocation", keys.Revocation.as_view(), name="key_revocation"),
    path("contradictions", cases.Contradictions.as_view(), name="contradictions"),
    path("contradictions/<int:pk>", cases.ContradictionOne.as_view(), name="contradiction"),
    path("contradictions/<int:pk>/challenges", cases.Challenges.as_view(), name="challenges"),
    path("contradictions/<int:pk>/positions", cases.Positions.as_view(), name="positions"),
    path("schema", schema, name="schema"),
    path("docs", documentation, name="docs"),
]
