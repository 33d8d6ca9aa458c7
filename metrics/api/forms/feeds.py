"""Feeds that truthgov pulls by itself, and their runs."""

from rest_framework import serializers

from metrics.api.fields import CodeField, Form, SpanField
from metrics.models import Feed, FeedRun
from truthgov.periods import Grain
from truthgov.rest.views import PageQuery


class FeedQuery(PageQuery):
    status = serializers.ChoiceField(Feed.Status.choices, required=False)
    source = serializers.CharField(required=False, help_text="Code of a source.")  # type: ignore[assignment]


class FeedForm(serializers.ModelSerializer[Feed]):
    source = CodeField()  # type: ignore[assignment]
    function = CodeField()
    owner = serializers.IntegerField(source="owner_id", help_text="The person who answers for it when it is late.")
    owner_name = serializers.CharField(source="owner.name")
    mapping = serializers.DictField(child=serializers.CharField(), help_text="Where each field of a row stands.")
    headers = serializers.DictField(child=serializers.CharField())
    has_secret = serializers.SerializerMethodField(help_text="A secret is kept encrypted and shown to nobody.")
    standing = serializers.ChoiceField(["active", "paused", "retired", "parked", "late"])

    class Meta:
        model = Feed
        fields = ["id", "name", "source", "function", "owner", "owner_name", "format", "url", "query", "rows_path",
                  "mapping", "secret_header", "has_secret", "headers", "pages", "page_parameter", "cursor_path",
                  "first_page", "page_size", "lenient", "grain", "days_after", "hour", "status", "standing",
                  "next_run_at"]  # fmt: skip

    def get_has_secret(self, feed: Feed) -> bool:
        return bool(feed.sealed_token)


class TermsForm(Form):
    """How a feed is connected, or what it is corrected to: what is left out is as for a new one."""

    name = serializers.CharField(max_length=200)
    source = serializers.CharField(help_text="Code of a source.")  # type: ignore[assignment]
    function = serializers.CharField(
        help_text="Code of the function whose figures it brings. Outcomes that no function supplies come too, where "
        "their journey's owner or an administrator has connected or corrected the feed last."
    )
    owner = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31,
        help_text="The person who answers for it when it is late. Left out: who does already, or who connects it.",
    )  # fmt: skip
    format = serializers.ChoiceField(Feed.Format.choices)
    url = serializers.CharField(max_length=500, help_text="May hold {period}, {period_start} and {period_end}.")
    token = serializers.CharField(
        max_length=4000, default="", allow_blank=True, write_only=True,
        help_text="The secret; kept encrypted and shown never again. Left out: the one there is.",
    )  # fmt: skip
    query = serializers.CharField(max_length=20_000, default="", allow_blank=True, help_text="SQL only: one SELECT.")
    secret_header = serializers.CharField(max_length=60, default="Authorization")
    headers = serializers.DictField(child=serializers.CharField(max_length=1000), default=dict)
    rows_path = serializers.CharField(max_length=200, default="", allow_blank=True)
    mapping = serializers.DictField(child=serializers.CharField(max_length=200))
    lenient = serializers.BooleanField(default=False, allow_null=False)
    pages = serializers.ChoiceField(Feed.Pages.choices, default="", allow_blank=True)
    page_parameter = serializers.CharField(max_length=60, default="", allow_blank=True)
    cursor_path = serializers.CharField(max_length=200, default="", allow_blank=True)
    first_page = serializers.IntegerField(min_value=0, max_value=1, default=1)
    page_size = serializers.IntegerField(min_value=0, max_value=1_000_000, default=0)
    grain = serializers.ChoiceField([grain.value for grain in Grain], default=Grain.MONTH.value)
    days_after = serializers.IntegerField(min_value=0, max_value=60, default=1)
    hour = serializers.IntegerField(min_value=0, max_value=23, default=6)


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
