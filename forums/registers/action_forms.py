"""What an owner shows for an action being done."""

from django import forms

from forums.cases.forms import FilesField
from truthgov.intake import MAX_ATTACHED, MOST_ATTACHED
from truthgov.texts import LONGEST_TEXT


class ProofForm(forms.Form):
    proof = forms.CharField(
        label="What proves that it is done", widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST_TEXT,
        help_text="Name a figure, a paper, a place where it can be seen.",
    )  # fmt: skip
    attachments = FilesField(
        label="Files", required=False, help_text=f"Up to {MOST_ATTACHED}: PDF, PNG, JPEG, XLSX, CSV or TXT, of up to "
        f"{MAX_ATTACHED // 1024 // 1024} MB each. Everybody who may read the action may read them.",
    )  # fmt: skip
