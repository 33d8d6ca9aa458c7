"""Feeds that truthgov pulls by itself, and their runs."""

from rest_framework import serializers

from metrics.api.fields import CodeField, Form, SpanField
from metrics.models import Feed, FeedRun
from truthgov.rest.views import PageQuery


class FeedQuery(PageQuery):
    status = serializers.ChoiceField(Feed.Status.choices, required=False)
    source = serializers.CharField(required=False, help_text="Code of a source.")  # type: ignore[assignment]


class FeedForm(serializers.ModelSerializer[Feed]):
    source = CodeField()  # type: ignore[assignment]
    function = CodeField()
    owner = serializers.CharField(source="owner.name", help_text="Who answers for it when it is late.")
    mapping = serializers.DictField(child=serializers.CharField(), help_text="Where each field of a row stands.")
    headers = serializers.DictField(child=serializers.CharField())
    has_secret = serializers.SerializerMethodField(help_text="A secret is kept encrypted and shown to nobody.")
    standing = serializers.ChoiceField(["active", "paused", "retired", "parked", "late"])

    class Meta:
        model = Feed
        fields = ["id", "name", "source", "function", "owner", "format", "url", "query", "rows_path", "mapping",
                  "secret_header", "has_secret", "headers", "pages", "page_parameter", "cursor_path", "first_page",
                  "page_size", "lenient", "grain", "days_after", "hour", "status", "standing",
                  "next_run_at"]  # fmt: skip

    def get_has_secret(self, feed: Feed) -> bool:
        return bool(feed.sealed_token)


class FeedRunForm(serializers.ModelSerializer[FeedRun]):
    period = SpanField()
    batch = serializers.UUIDField(source="submission_id", allow_null=True)
    refusals = serializers.ListField(
        child=serializers.JSONField(), help_text="The first rows that were refused, and why."
    )

    class Meta:
        model = FeedRun
        fields = ["id", "kind", "period", "status", "slot", "attempts", "retry_at", "started_at", "ended_at", "message",
                  "pages", "bytes", "offered", "accepted", "restated", "unchanged", "refused", "refusals",
                  "batch"]  # fmt: skip


class RunQuery(PageQuery):
    status = serializers.ChoiceField(FeedRun.Status.choices, required=False)


class RangeForm(Form):
    """The periods to ask a feed for, in the short form of its grain."""

    first = serializers.CharField(max_length=10, help_text="Such as 2026-01.")
    last = serializers.CharField(max_length=10)
