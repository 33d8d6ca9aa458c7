"""Keys of programs; their text is shown once, in the answer that issues them."""

from rest_framework import serializers

from metrics.api.fields import DatedForm, Form, MomentField
from truthgov.models import Key


class IssueForm(Form):
    """What a key is for: the functions and sources whose figures it may push, and until when."""

    name = serializers.CharField(max_length=200, help_text="After the program that will use it.")
    functions = serializers.ListField(
        child=serializers.CharField(max_length=80), allow_empty=False, max_length=500, help_text="Their codes."
    )
    sources = serializers.ListField(
        child=serializers.CharField(max_length=80), allow_empty=False, max_length=500, help_text="Their codes."
    )
    expires_at = MomentField(help_text="Within a year.")


class KeyForm(DatedForm):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    functions = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)

    def get_functions(self, key: Key) -> list[str]:
        return [function.code for function in key.functions.all()]

    def get_sources(self, key: Key) -> list[str]:
        return [named.source.code for named in key.key_sources.all()]

    def get_state(self, key: Key) -> str:
        if key.revoked_at:
            return "revoked"
        return "expired" if key.expires_at <= self.moment else "active"


class IssuedForm(Form):
    """A new key, and its text: shown in this one answer, and kept nowhere."""

    key = KeyForm()
    text = serializers.CharField(help_text="tgv_live_…; what the program sends as Authorization: Bearer.")
