from django.urls import URLPattern, URLResolver, include, path

from metrics.views import feeds, keys, submissions

app_name = "metrics"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("metrics.api.urls")),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/<uuid:pk>/", submissions.submission, name="submission"),
    path("submissions/<int:scope>/<str:code>/", submissions.sheet, name="sheet"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/new/", feeds.new_feed, name="new_feed"),
    path("feeds/<int:pk>/", feeds.feed, name="feed"),
    path("feeds/<int:pk>/correction/", feeds.correction, name="feed_correction"),
    path("feeds/<int:pk>/pause/", feeds.pause, name="feed_pause"),
    path("feeds/<int:pk>/resumption/", feeds.resumption, name="feed_resumption"),
    path("feeds/<int:pk>/next-run/", feeds.next_run, name="feed_next_run"),
    path("keys/", keys.listed_keys, name="keys"),
    path("keys/<slug:public_id>/revocation/", keys.revocation, name="key_revocation"),
]
