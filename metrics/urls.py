from django.urls import URLPattern, URLResolver, include, path

from metrics.views import feeds, files, keys, reminders, sheets, submissions, trust

app_name = "metrics"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("metrics.api.urls")),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/<uuid:pk>/", submissions.submission, name="submission"),
    path("submissions/<int:scope>/<str:code>/", sheets.sheet, name="sheet"),
    path("submissions/<int:scope>/<str:code>/preview/", sheets.preview, name="preview"),
    path("submissions/<int:scope>/<str:code>/delivery/", sheets.delivery, name="delivery"),
    path("submissions/<int:scope>/<str:code>/draft/removal/", sheets.draft_removal, name="draft_removal"),
    path("submissions/<int:scope>/<str:code>/file/", files.file, name="file"),
    path("submissions/<int:scope>/<str:code>/template.csv", files.csv_template, name="csv_template"),
    path("submissions/<int:scope>/<str:code>/template.xlsx", files.xlsx_template, name="xlsx_template"),
    path("submissions/<int:scope>/<str:code>/attestation/", sheets.attestation, name="attestation"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("figures/due/", sheets.due_figures, name="due"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/new/", feeds.new_feed, name="new_feed"),
    path("feeds/<int:pk>/", feeds.feed, name="feed"),
    path("feeds/<int:pk>/correction/", feeds.correction, name="feed_correction"),
    path("feeds/<int:pk>/pause/", feeds.pause, name="feed_pause"),
    path("feeds/<int:pk>/resumption/", feeds.resumption, name="feed_resumption"),
    path("feeds/<int:pk>/next-run/", feeds.next_run, name="feed_next_run"),
    path("feeds/<int:pk>/retirement/", feeds.retirement, name="feed_retirement"),
    path("feeds/<int:pk>/backfill/", feeds.backfill, name="feed_backfill"),
    path("feeds/<int:pk>/runs/<int:run>/", feeds.run, name="feed_run"),
    path("feeds/<int:pk>/runs/<int:run>/retry/", feeds.retry, name="feed_run_retry"),
    path("feeds/<int:pk>/runs/<int:run>/withdrawal/", feeds.withdrawal, name="feed_run_withdrawal"),
    path("trust/", trust.trust, name="trust"),
    path("trust/measures/<code:code>/", trust.of_measure, name="measure_trust"),
    path("trust/functions/<slug:code>/", trust.of_function, name="function_trust"),
    path("trust/journeys/<slug:code>/", trust.of_journey, name="journey_trust"),
    path("keys/", keys.listed_keys, name="keys"),
    path("keys/<slug:public_id>/revocation/", keys.revocation, name="key_revocation"),
]
