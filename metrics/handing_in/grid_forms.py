"""The grid in which a function's figures of a period are typed or pasted."""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django import forms

from metrics.forms import source_field
from metrics.handing_in import attesting, blocks
from metrics.handing_in.preview import Line
from metrics.handing_in.sheet_template import FIGURES
from metrics.handing_in.sheets import Cell, Sheet
from metrics.handing_in.typed import NOT_AVAILABLE
from metrics.models import Definition
from truthgov.figures import Figure, plain, word_figure

COLUMNS = (*FIGURES, "note")
MOVED = "What is on record here changed since you opened this page: look at it, and preview again."
DRAFTED_ELSEWHERE = "You drafted “{}” here in another window meanwhile; preview again to have what stands here instead."
REFUSED = "Some figures are refused; nothing was stored. Correct them and look again."
Entries = dict[str, dict[str, str]]


class CellForm(forms.Form):
    """One figure of the grid: its value, or the parts it is made of, and what is said of it.

    A page may be open for long, in two windows at once: `shown` says what was filled in, from the record and from the
    draft, and comes back with it. What was left so is left alone, whatever came in or was drafted meanwhile, and does
    not ask to have it back.
    """

    value = forms.CharField(required=False, max_length=60)
    numerator = forms.CharField(required=False, max_length=60)
    denominator = forms.CharField(required=False, max_length=60)
    note = forms.CharField(required=False, max_length=1_000)

    def __init__(
        self, cell: Cell, data: Any = None, *, note: str = "", drafted: Mapping[str, str] | None = None
    ) -> None:
        self.recorded, self.drafted = _recorded(cell, note), dict(drafted or {})
        self.why_again, self.is_of_elsewhere = "", False
        if data is not None and f"{cell.key}-shown" in data:
            data = self._since_shown(cell, data)
        super().__init__(data, prefix=cell.key, initial=self.filled)
        self.cell = cell
        self.fields = {name: self.fields[name] for name in self.recorded}
        for name, bound in self.fields.items():
            described = f"{cell.measure.name}, {cell.segment}: {name}"
            bound.widget.attrs |= {"aria-label": described, "class": "form-control", "autocomplete": "off"}
            if name != "note":
                bound.widget.attrs["inputmode"] = "decimal"

    def clean(self) -> None:
        if self.why_again:
            self.add_error("value", self.why_again)

    def _since_shown(self, cell: Cell, data: Any) -> Any:
        """What was sent; what stands now, where nobody touched it on a page on which something else stood."""
        record, _, draft = data[f"{cell.key}-shown"].partition(".")
        now_record, _, now_draft = self.shown.partition(".")
        sent = _digest(_sent(cell, data))
        standing = {f"{cell.key}-{name}": text for name, text in self.filled.items()}
        if record != now_record:
            if sent == record:
                return standing
            self.why_again = MOVED
        elif draft != now_draft and sent == (draft or record):
            self.is_of_elsewhere = bool(now_draft)
            return standing
        elif now_draft not in ("", draft, sent):
            self.why_again = DRAFTED_ELSEWHERE.format(", ".join(filter(None, self.filled.values())))
        return data

    @property
    def filled(self) -> dict[str, str]:
        """What stands in the fields of a page that is opened now."""
        return {name: self.drafted.get(name, text) for name, text in self.recorded.items()}

    @property
    def shown(self) -> str:
        """Tells what is filled in: what is on record, and after a point what is drafted, if anything is."""
        return _digest(self.recorded) + (f".{_digest(self.filled)}" if self.drafted else "")

    @property
    def columns(self) -> list[forms.BoundField | None]:
        """The fields in the order of the grid's columns; a count has no parts."""
        return [self[name] if name in self.fields else None for name in COLUMNS]

    @property
    def last(self) -> Figure | None:
        return word_figure(self.cell.last.value, self.cell.unit) if self.cell.last else None

    @property
    def on_record(self) -> Figure | None:
        return word_figure(self.cell.reading.value, self.cell.unit) if self.cell.reading else None

    @property
    def entry(self) -> dict[str, str]:
        """What was given, where it says something else than what is on record."""
        given = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return given if _digest(given) != _digest(self.recorded) and any(given.values()) else {}


class GridForm(forms.Form):
    """The figures of a sheet, with what is on record and what was drafted filled in."""

    source = source_field()
    block = forms.CharField(
        label="Paste a block from a spreadsheet",
        required=False,
        strip=False,
        max_length=blocks.LONGEST,
        widget=forms.Textarea({"rows": 4, "class": "form-control tg-code", "spellcheck": "false"}),
        help_text="Lines in the order of the grid, with columns value, numerator, denominator, note (an empty line "
        "leaves its figure alone); or each line begins with the figure’s name or code, and its segment where there are "
        "several.",
    )

    def __init__(
        self, sheet: Sheet, data: Any = None, *, notes: Mapping[str, str], drafted: Entries, source: str = ""
    ) -> None:
        super().__init__(data, initial={"source": source})
        self.cells = [
            CellForm(cell, data, note=notes.get(cell.key, ""), drafted=drafted.get(cell.key)) for cell in sheet.cells
        ]
        if all(cell.source for cell in sheet.cells):
            del self.fields["source"]

    @property
    def groups(self) -> list[tuple[Cell, list[CellForm]]]:
        """The figures of each measure, under the first of them."""
        by_measure = groupby(self.cells, lambda form: form.cell.measure.pk)
        return [(forms_of[0].cell, forms_of) for forms_of in (list(group) for _, group in by_measure)]

    @property
    def refused(self) -> list[tuple[Cell, forms.BoundField]]:
        """Each figure that is refused, with the field at which it says why."""
        return [(form.cell, form[name]) for form in self.cells for name in form.errors]

    def clean(self) -> None:
        if any(cell.errors for cell in self.cells):
            self.add_error(None, REFUSED)

    def clean_block(self) -> Entries:
        named = [blocks.Named(form.cell.key, (form.cell.measure.code, form.cell.measure.name), str(form.cell.segment))
                 for form in self.cells]  # fmt: skip
        try:
            return blocks.spread(self.cleaned_data["block"], named)
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault

    def entries(self) -> Entries:
        """What was typed, and laid over it what was pasted as a block, by the key of its cell."""
        typed = {form.cell.key: form.entry for form in self.cells if form.entry}
        pasted = self.cleaned_data["block"]
        return typed | {key: typed.get(key, {}) | entry for key, entry in pasted.items()}

    @property
    def source_code(self) -> str:
        source = self.cleaned_data.get("source")
        return source.code if source else ""

    @property
    def of_elsewhere(self) -> int:
        """How many figures were drafted in another window since the page was opened, and left alone in this one."""
        return sum(form.is_of_elsewhere for form in self.cells)

    def refuse(self, lines: Iterable[Line], *, kept: Entries) -> None:
        """Show each refusal at its figure; `kept` is the draft that the page is shown with from now on."""
        by_key = {form.cell.key: form for form in self.cells}
        for key, form in by_key.items():
            form.drafted = kept.get(key, {})
        for line in lines:
            form = by_key[line.cell.key]
            form.add_error(line.at if line.at in form.fields else "value", line.why)
        self.add_error(None, REFUSED)


class HandingInForm(forms.Form):
    """That a preview was seen, and whether whoever confirms it stands behind the figures."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    attested = forms.BooleanField(
        required=False,
        label=attesting.WORDINGS[attesting.VERSION],
        help_text="It covers every figure of the period as it then stands, also those that are not listed above. "
        "You can also attest later.",
    )


class AttestationForm(forms.Form):
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


def _recorded(cell: Cell, note: str) -> dict[str, str]:
    """What is on record of a cell, as it is filled in; a count is shown without parts."""
    given = dict.fromkeys(_columns(cell), "") | {"note": note}
    if cell.absence:
        return given | {"value": NOT_AVAILABLE, "note": cell.absence.reason}
    figures = {name: getattr(cell.reading, name, None) for name in FIGURES if name in given}
    return given | {name: plain(figure) for name, figure in figures.items() if figure is not None}


def _columns(cell: Cell) -> tuple[str, ...]:
    return ("value", "note") if cell.definition.unit == Definition.Unit.COUNT else COLUMNS


def _sent(cell: Cell, data: Any) -> dict[str, str]:
    return {name: data.get(f"{cell.key}-{name}", "") for name in _columns(cell)}


def _digest(given: Mapping[str, str]) -> str:
    """Tells what is filled in from anything else; spaces apart, since a browser keeps no line breaks."""
    words = ("".join(given[name].split()) for name in sorted(given))
    return hashlib.sha256("\t".join(words).encode()).hexdigest()[:16]
