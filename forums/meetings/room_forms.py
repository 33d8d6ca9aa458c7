"""The smaller acts of a meeting's one screen, as empty forms."""

from django import forms

from forums.agendas.forms import SubjectForm
from forums.meetings.forms import DelegateForm, EscalationForm, PersonForm, delegates, members_away
from forums.models import Meeting


def acts_in(meeting: Meeting) -> dict[str, forms.Form]:
    """By the name under which the screen shows them."""
    return {
        "arrival_form": PersonForm(people=members_away(meeting)),
        "delegate_form": DelegateForm(people=delegates(meeting)),
        "escalation_form": EscalationForm(),
        "subject_form": SubjectForm(meeting=meeting),
    }
