"""What people write into minutes: prose beside a part, amendments and their answers, corrections."""

from collections.abc import Iterator
from typing import Any

from django import forms

from forums.meetings.forms import ReadForm
from forums.minutes.parts import Part
from forums.models import Minutes
from truthgov.texts import LONGEST_TEXT

FIRST_WORDS = 80


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def first_line(part: Part) -> str:
    return part["text"].partition("\n")[0].strip()[:FIRST_WORDS]


class ProseForm(ReadForm):
    """The prose beside each part, in one form."""

    def __init__(self, *args: Any, minutes: Minutes, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"read": minutes.text_hash})
        super().__init__(*args, **kwargs)
        self.parts = minutes.parts
        for part in self.parts:
            self.fields[f"beside-{part['key']}"] = forms.CharField(
                label=f"Beside “{first_line(part)}”", required=False, max_length=LONGEST_TEXT, widget=_lines(3),
                initial=minutes.prose.get(part["key"], ""),
            )  # fmt: skip

    def rows(self) -> Iterator[tuple[Part, forms.BoundField]]:
        """Each part with its field."""
        return ((part, self[f"beside-{part['key']}"]) for part in self.parts)

    def prose(self) -> dict[str, str]:
        return {part["key"]: self.cleaned_data[f"beside-{part['key']}"] for part in self.parts}


class AmendmentForm(forms.Form):
    """Prose that somebody who attended wants to stand beside a part."""

    prefix = "amendment"
    part = forms.ChoiceField(label="Beside which part")
    wording = forms.CharField(label="What should stand there", max_length=LONGEST_TEXT, widget=_lines(3))
    reason = forms.CharField(label="Why", max_length=LONGEST_TEXT, widget=_lines(2))

    def __init__(self, *args: Any, minutes: Minutes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [(part["key"], first_line(part)) for part in minutes.parts]
        self.fields["part"].choices = parts  # type: ignore[attr-defined]


class AmendmentAnswerForm(forms.Form):
    """Taken in or not, and why."""

    verdict = forms.ChoiceField(choices=[("accept", "Accept"), ("decline", "Decline")])
    answer = forms.CharField(label="Reason", max_length=LONGEST_TEXT, widget=_lines(2))


class CorrectionForm(forms.Form):
    """What holds in the place of a passage of sealed minutes."""

    prefix = "correction"
    passage = forms.CharField(
        label="Where it reads", widget=_lines(2), max_length=LONGEST_TEXT, strip=False,
        help_text="Quote the sealed text as it stands; it stays as it is.",
    )  # fmt: skip
    wording = forms.CharField(label="It holds that", max_length=LONGEST_TEXT, widget=_lines(2))
    reason = forms.CharField(label="Why", max_length=LONGEST_TEXT, widget=_lines(2))

    def clean_passage(self) -> str:
        """Browsers send lines ended by CR LF; what was sealed has LF."""
        return str(self.cleaned_data["passage"]).replace("\r\n", "\n").strip()
