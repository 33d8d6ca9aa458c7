"""Reminders by e-mail of figures that are due: those that the caller was sent, and their switch."""

from rest_framework import serializers

from metrics.api.fields import Form, NamedPeriodField
from metrics.api.forms.sheets import ScopeForm
from metrics.models import Reminder


class ReminderForm(serializers.ModelSerializer[Reminder]):
    scope = ScopeForm()
    period = NamedPeriodField()

    class Meta:
        model = Reminder
        fields = ["id", "scope", "period", "kind", "sent_at"]


class SwitchForm(Form):
    on = serializers.BooleanField(allow_null=False)
