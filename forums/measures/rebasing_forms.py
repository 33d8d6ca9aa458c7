"""What is said when the limits of a chart are set anew."""

from datetime import date
from typing import Any

from django import forms

from metrics.figures.courses import Course
from truthgov.texts import LONGEST_TEXT


class RebasingForm(forms.Form):
    """From which of the periods shown on, and why."""

    starts_on = forms.TypedChoiceField(label="From which period on", coerce=date.fromisoformat)
    reason = forms.CharField(
        label="What makes it another process", widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST_TEXT,
        help_text="Such as a change of policy, of price or of capacity, with its date. That the figures have been "
        "different for long is no reason.",
    )  # fmt: skip

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = [point.period for point in course.points[1:] if point.value is not None][::-1]
        self.fields["starts_on"].choices = [(each.start.isoformat(), str(each)) for each in later]  # type: ignore[attr-defined]
