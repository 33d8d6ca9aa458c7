"""Keys of programs; their text is shown once, when they are issued, and never here."""

from rest_framework import serializers

from metrics.api.fields import Form
from truthgov import clock
from truthgov.models import Key


class KeyForm(Form):
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
        return "expired" if key.expires_at <= clock.now() else "active"
