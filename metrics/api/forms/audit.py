"""Entries of the audit, and its signed checkpoints."""

from typing import Any

from rest_framework import serializers

from metrics.api.fields import Form
from truthgov.rest.views import PageQuery


class AuditQuery(PageQuery):
    code = serializers.CharField(required=False, help_text="What was done, such as decision.made.")
    record_kind = serializers.CharField(required=False, help_text="Such as forums.decision.")
    record = serializers.CharField(required=False, help_text="Its id; with record_kind.")
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False, help_text="That day included.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "record" in attrs and "record_kind" not in attrs:
            raise serializers.ValidationError({"record_kind": "Say of which kind the record is."})
        return attrs


class AuditEntryForm(Form):
    """One act, chained to the one before."""

    number = serializers.IntegerField(source="entry.number", help_text="The moment of knowledge; there is no gap.")
    at = serializers.DateTimeField(source="entry.at")
    who = serializers.CharField()
    role = serializers.CharField(help_text="Under which appointment, or empty.")
    code = serializers.CharField(source="entry.code")
    what = serializers.CharField(help_text="The same in words.")
    record_kind = serializers.CharField(source="entry.subject_kind")
    record = serializers.CharField(source="entry.subject_id")
    actor = serializers.DictField(allow_null=True, help_text="null to who may not read data.")
    data = serializers.DictField(allow_null=True, help_text="null to who may not read it.")  # type: ignore[assignment]
    previous_hash = serializers.CharField(source="entry.previous_hash")
    hash = serializers.CharField(source="entry.hash")


class CheckpointForm(Form):
    """The head of the chain at a moment, signed with Ed25519 (RFC 8032)."""

    number = serializers.IntegerField()
    hash = serializers.CharField()
    at = serializers.CharField()
    public_key = serializers.CharField(help_text="Hexadecimal; compare it with the one that you were given.")
    signature = serializers.CharField(help_text="Over the rest as JSON with sorted names and no spaces.")
