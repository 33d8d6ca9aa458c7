"""The register of restatements: filters in the address, the latest first, each with what relied on the old figure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms
from django.db.models import QuerySet

from forums.restatements.reliance import RELIED, Cited, cited, with_relied
from forums.restatements.sealed_periods import SealedPeriods, sealed_only, with_sealed
from metrics.figures.restatements import LATEST_FIRST, Asked, Changed, Restatement, is_material, restated, told
from metrics.models import Measure, Observation
from metrics.models.submission import sender_named
from truthgov.forms import DateInput
from truthgov.keyset import Page, turn_to
from truthgov.models import Function
from truthgov.periods import Grain, Period, periods_named

PAGE = 30
PART = 1_000
SIZES = [("", "Of any size"), ("true", "Material"), ("false", "Smaller")]
SEALS = [("", "Before or after"), ("true", "After the review"), ("false", "Not reviewed before")]
COLUMNS = (
    "restatement", "measure", "name", "function", "period", "segment", "source", "old", "new", "difference", "share",
    "material", "sealed", "days_late", "by", "received_at", "entry", "reason", "decisions", "frozen_views", "signals",
)  # fmt: skip


class RestatementFilter(forms.Form):
    measure = forms.CharField(
        required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search", "placeholder": "Code or name"})
    )
    function = forms.ModelChoiceField(
        Function.objects.all(), required=False, to_field_name="code", empty_label="Every function"
    )
    period = forms.CharField(
        required=False, max_length=10, widget=forms.TextInput(attrs={"placeholder": "Such as 2026-10"})
    )
    material = forms.ChoiceField(required=False, label="Size", choices=SIZES)
    sealed = forms.ChoiceField(required=False, label="Reviewed", choices=SEALS)
    since = forms.DateField(required=False, label="Came in from", widget=DateInput)
    until = forms.DateField(required=False, label="To", widget=DateInput)
    batch = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_measure(self) -> Measure | None:
        text = self.cleaned_data["measure"].strip()
        if not text:
            return None
        exact = Measure.objects.filter(code=text).first()
        alike = [exact] if exact else list(Measure.objects.filter(name__icontains=text)[:2])
        if len(alike) != 1:
            raise forms.ValidationError(
                f"{'More than one' if alike else 'No'} measure is called so; write its code, such as sales.conversion."
            )
        return alike[0]

    def clean_period(self) -> tuple[Period, ...]:
        text = self.cleaned_data["period"].strip()
        periods = tuple(periods_named(text))
        if text and not periods:
            raise forms.ValidationError("Write a period such as 2026-10, 2026-W41, 2026-10-05 or 2026-Q4.")
        return periods

    def narrow(self) -> QuerySet[Observation]:
        """What a valid form asks for."""
        given = self.cleaned_data
        asked = Asked(
            measure=given["measure"], function=given["function"], periods=given["period"], since=given["since"],
            until=given["until"], batch=given["batch"], material=_said(given["material"]),
        )  # fmt: skip
        rows, sealed = restated(asked), _said(given["sealed"])
        return rows if sealed is None else sealed_only(rows, sealed)


def _said(choice: str) -> bool | None:
    return {"true": True, "false": False}.get(choice)


@dataclass(frozen=True)
class Row:
    """A restatement with what relied on the old figure."""

    restatement: Restatement
    is_sealed: bool
    cited: Cited


@dataclass(frozen=True)
class Register:
    rows: list[Row]
    page: Page[Observation]


def register(found: QuerySet[Observation], cursor: str) -> Register:
    """A page of the register; five queries."""
    page = turn_to(cursor, found, LATEST_FIRST, size=PAGE)
    return Register(with_reliance(page.rows), page)


def with_reliance(rows: Iterable[Observation]) -> list[Row]:
    """Rows of `restated`, each with what relied on the figure that it restates; four queries."""
    restatements = told(rows)
    frozen, relied = SealedPeriods.standing(), cited({each.restates for each in restatements})
    return [Row(each, frozen.hold(each), relied[each.restates]) for each in restatements]


def sheet(found: QuerySet[Observation]) -> Iterator[tuple[Any, ...]]:
    """Restatements as the rows of a sheet, with `COLUMNS`; one query, read as it is sent: many cost no memory."""
    rows = with_relied(with_sealed(found)).order_by(*LATEST_FIRST).values_list(*READ, named=True)
    code = cache(lambda start, grain: Period.containing(start, Grain(grain)).code)
    return (_line(row, code(row.period_start, row.definition__grain)) for row in rows.iterator(chunk_size=PART))


READ = (
    "pk", "series__measure__code", "series__measure__name", "series__measure__function__name", "period_start",
    "definition__grain", "series__segment__key", "series__source__code", "old", "value", "notices", "is_sealed",
    "first_at", "submission__person__name", "submission__key__name", "submission__received_at", "submission__entry",
    "reason", "submission__reason", *RELIED,
)  # fmt: skip


def _line(row: Any, period: str) -> tuple[Any, ...]:
    change, received_at = Changed(row.old, row.value), row.submission__received_at
    return (
        row.pk, row.series__measure__code, row.series__measure__name, row.series__measure__function__name or "",
        period, row.series__segment__key, row.series__source__code, row.old, row.value,
        change.difference, change.share, _word(is_material(row.notices)), _word(row.is_sealed),
        (received_at - row.first_at).days, sender_named(row.submission__person__name or row.submission__key__name),
        received_at.isoformat(), row.submission__entry, row.reason or row.submission__reason, _listed(row.decisions),
        _listed(row.views), _listed(row.signals),
    )  # fmt: skip


def _word(holds: bool) -> str:
    return "yes" if holds else "no"


def _listed(numbers: list[int]) -> str:
    return " ".join(map(str, numbers))
