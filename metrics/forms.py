from collections.abc import Iterable
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import Any

from django import forms
from django.db.models import QuerySet

from metrics.due import Cell, Sheet
from metrics.ingestion import RowError, Rows
from metrics.models import Definition, Feed, Reading, Source
from metrics.sources.mapping import FIELDS
from truthgov.forms import DateInput
from truthgov.models import Function

ATTESTATION = "I have checked these figures against their source and stand behind them."
FIGURES = ("value", "numerator", "denominator")
RATIO_PLACES = Decimal("1e-6")
AT = {"unknown_measure": "value", "reason_missing": "reason", "part_exceeds_whole": "numerator"}
"""At which field of its row a refusal is shown; at the value where nothing is said here."""


class CellForm(forms.Form):
    """One figure of a sheet: its value, or the parts it is made of, and why it changes where one is on record."""

    value = forms.CharField(required=False, max_length=60)
    numerator = forms.CharField(required=False, max_length=60)
    denominator = forms.CharField(required=False, max_length=60)
    reason = forms.CharField(required=False, max_length=1_000, label="Reason for the change")

    def __init__(self, cell: Cell, data: Any = None) -> None:
        super().__init__(data, prefix=cell.key, initial=_on_record(cell.reading))
        self.cell = cell
        if cell.definition.unit == Definition.Unit.COUNT:
            del self.fields["numerator"], self.fields["denominator"]
        for name, bound in self.fields.items():
            described = f"{cell.measure.name}, {cell.segment}: {bound.label or name}"
            bound.widget.attrs |= {"aria-label": described, "class": "form-control", "autocomplete": "off"}
            if name != "reason":
                bound.widget.attrs["inputmode"] = "decimal"

    @property
    def columns(self) -> list[forms.BoundField | None]:
        """The fields in the order of the sheet's columns; a count has no parts."""
        return [self[name] if name in self.fields else None for name in (*FIGURES, "reason")]

    @property
    def is_given(self) -> bool:
        """Was a figure typed in or kept?"""
        return any(self.cleaned_data.get(name) for name in FIGURES)

    def record(self, period: str, source: str) -> dict[str, str]:
        """The row that the one door takes; a value that was left empty follows from its parts."""
        given = self.cleaned_data
        value = given["value"] or _ratio(given.get("numerator", ""), given.get("denominator", ""))
        return (
            given
            | self._unshown()
            | {
                "measure": self.cell.measure.code,
                "period": period,
                "segment": self.cell.segment.key,
                "source": self.cell.source.code if self.cell.source else source,
                "value": value,
            }
        )

    def _unshown(self) -> dict[str, str]:
        """The parts on record of a count that stays as it is: without them it would be another figure."""
        stays = self.cleaned_data["value"] == self.initial.get("value")
        return {name: part for name, part in self.initial.items() if stays and name not in self.fields}

    def refuse(self, error: RowError) -> None:
        place = AT.get(error.code, "value")
        self.add_error(place if place in self.fields else "value", error.message)


class SheetForm(forms.Form):
    """The figures of a sheet, sent as one submission that its sender attests."""

    source = forms.ModelChoiceField(Source.objects.all(), help_text="Where the figures come from.")
    attested = forms.BooleanField(label=ATTESTATION)

    def __init__(self, sheet: Sheet, data: Any = None) -> None:
        super().__init__(data)
        self.sheet = sheet
        self.cells = [CellForm(cell, data) for cell in sheet.cells]
        if all(cell.source for cell in sheet.cells):
            del self.fields["source"]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(cell.is_valid() for cell in self.cells)])

    def clean(self) -> dict[str, Any]:
        if not any(cell.is_valid() and cell.is_given for cell in self.cells):
            raise forms.ValidationError("No figure is given; type at least one.")
        return self.cleaned_data

    @property
    def given(self) -> list[CellForm]:
        return [cell for cell in self.cells if cell.is_given]

    def rows(self) -> Rows:
        source = self.cleaned_data.get("source")
        return Rows.of(cell.record(self.sheet.period.code, source.code if source else "") for cell in self.given)

    def refuse(self, refusals: Iterable[RowError]) -> None:
        """Show each refusal at its figure."""
        given = self.given
        for error in refusals:
            given[error.row].refuse(error)
        self.add_error(None, "Some figures are refused; nothing was stored. Correct them below and send again.")


def _on_record(reading: Reading | None) -> dict[str, str]:
    if reading is None:
        return {}
    figures = {name: getattr(reading, name) for name in FIGURES}
    return {name: format(figure.normalize(), "f") for name, figure in figures.items() if figure is not None}


def _ratio(numerator: str, denominator: str) -> str:
    """The value that parts give; empty where they give none, for the door to refuse."""
    try:
        return str((Decimal(numerator) / Decimal(denominator)).quantize(RATIO_PLACES))
    except (InvalidOperation, DivisionByZero):
        return ""


class FeedForm(forms.Form):
    """Where a feed stands, how it is read, how often. The token is write-only."""

    name = forms.CharField(max_length=200)
    source = forms.ModelChoiceField(Source.objects.all())
    function = forms.ModelChoiceField(Function.objects.none(), help_text="Whose figures it brings.")
    url = forms.URLField(
        label="Address", max_length=500, assume_scheme="https",
        help_text="{period} in it stands for the last complete month, such as 2026-10.",
    )  # fmt: skip
    token = forms.CharField(
        required=False, max_length=2_000, widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="Sent as a bearer token, kept encrypted, shown to nobody again. Empty: the one there is.",
    )  # fmt: skip
    format = forms.ChoiceField(choices=Feed.Format.choices)
    rows_path = forms.CharField(
        label="Path of the rows", required=False, max_length=200, help_text="JSON only: the JMESPath of their list."
    )
    every_minutes = forms.TypedChoiceField(
        label="How often", coerce=int, initial=1440,
        choices=[(60, "every hour"), (1440, "every day"), (10080, "every week")],
    )  # fmt: skip

    def __init__(self, functions: QuerySet[Function], data: Any = None, *, feed: Feed | None = None) -> None:
        super().__init__(data, initial=_described(feed) if feed else None)
        self.fields["function"].queryset = functions  # type: ignore[attr-defined]
        for name in FIELDS:
            self.fields[f"at_{name}"] = forms.CharField(
                label=f"Where the {name} stands", required=name in ("measure", "period", "value"), max_length=200
            )
        self.fields[
            "at_measure"
        ].help_text = "A JMESPath in JSON, a column in CSV. A text after = is taken as it is: =sales.conversion."

    def description(self) -> dict[str, Any]:
        """What a feed is connected or corrected with."""
        mapping = {name: self.cleaned_data[f"at_{name}"] for name in FIELDS if self.cleaned_data[f"at_{name}"]}
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("at_")}
        return given | {"mapping": mapping}


def _described(feed: Feed) -> dict[str, Any]:
    names = ("name", "source", "function", "url", "format", "rows_path", "every_minutes")
    return {name: getattr(feed, name) for name in names} | {f"at_{name}": at for name, at in feed.mapping.items()}


class KeyForm(forms.Form):
    """What a key is for: the functions and sources whose figures it may push, and until when."""

    name = forms.CharField(max_length=200, help_text="After the program that will use it.")
    functions = forms.ModelMultipleChoiceField(
        Function.objects.all(), widget=forms.CheckboxSelectMultiple, help_text="Whose figures it may push."
    )
    sources = forms.ModelMultipleChoiceField(Source.objects.all(), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label="Last day", widget=DateInput(), help_text="Within a year.")
