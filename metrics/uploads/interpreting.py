"""From what stands in a large file to rows as the one door takes them. Pure.

Most files hold plain figures: a column is looked at as a whole, and cell by cell only where something in it is not.
"""

import json
import re
from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from metrics.handing_in import typed
from metrics.handing_in.sheet_template import FIGURES, IS_A_DATE, LONGEST, PART, TOO_LONG
from metrics.ingestion.notation import canonical_column
from metrics.models.source import DERIVED
from metrics.uploads.columns import named
from metrics.uploads.vocabulary import Vocabulary
from truthgov.periods import Grain, Period
from truthgov.spreadsheets import Batch, Kind, day_of
from truthgov.spreadsheets.pieces import Heading

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
SPOKEN = {"reason": "note"}
SAY_ELSEWHERE = (
    "{}: leave the row without a figure here, and say in the grid of its period that there is none, and why."
)
NOWHERE = {
    "": ("measure", "Say in a column source where it is from."),
    DERIVED: ("measure", "It is computed by a formula; leave it out, and give the figures that it is computed from."),
}
"""At which column, and why, a row is refused whose figure comes from no source that somebody hands in from."""
_PLAIN = re.compile(r"[-0-9\n]*+")
_PLAIN_WITH_POINTS = re.compile(r"[-0-9.\n]*+")
_THREE_DECIMALS = re.compile(r"^-?[1-9]\d{0,2}\.\d{3}$", re.ASCII | re.MULTILINE)
"""Thousands to some, and what hardly anybody counts."""
_LABEL = re.compile(r".*\(([^()]+)\)")
COLUMNS = ("measure", "period", "segment", *FIGURES, "source", "reason")


class Fault(NamedTuple):
    """Why a row of a file is refused, at which column, and what stands in it."""

    row: int
    column: str
    why: str
    said: list[str]


class Interpreted(NamedTuple):
    """Rows in the columns of the one door, the number of each in the file, and those that cannot be read."""

    numbers: list[int]
    columns: list[list[str]]
    faults: list[Fault]


class Interpreter:
    """Reads the batches of one file; `source` is where figures come from of which nothing says it."""

    def __init__(self, heading: Heading, vocabulary: Vocabulary, *, source: str) -> None:
        self.names = named(heading.header, vocabulary.dimensions)
        self.words, self.points_are_decimal = vocabulary, heading.points_are_decimal
        self.parts = [name for name in self.names if name.startswith(PART)]
        self.dimensions = [vocabulary.dimensions[name.removeprefix(PART)] for name in self.parts]
        self._measures: Meanings[str, str] = Meanings(lambda text: vocabulary.measures.get(text.casefold(), text))
        self._periods = Meanings(self._period)
        self._segments = Meanings(self._segment)
        self._sources: Meanings[tuple[str, str], str] = Meanings(lambda told: vocabulary.source_of(*told) or source)

    def read(self, batch: Batch) -> Interpreted:
        """The rows of a batch in which a figure is given."""
        empty = [""] * len(batch.numbers)
        texts = dict.fromkeys(COLUMNS, empty) | dict(zip(self.names, batch.columns, strict=True))
        kinds = dict(zip(self.names, batch.kinds, strict=True)) if batch.kinds else {}
        rows = Lot(batch.numbers, texts, kinds)
        rows.drop_empty()
        texts["measure"] = list(map(self._measures.__getitem__, rows.texts["measure"]))
        for name in FIGURES:
            self._read_figures(rows, name)
        self._read_periods(rows)
        if self.parts:
            cuts = zip(*(rows.texts[name] for name in self.parts), strict=True)
            rows.texts["segment"] = list(map(self._segments.__getitem__, cuts))
        self._read_sources(rows)
        rows.refuse_long("reason")
        return rows.interpreted()

    def _read_figures(self, rows: "Lot", name: str) -> None:
        column, kinds = rows.texts[name], rows.kinds.get(name)
        plain, joined = _PLAIN_WITH_POINTS if self.points_are_decimal else _PLAIN, "\n".join(column)
        if kinds is None and plain.fullmatch(joined) and not _THREE_DECIMALS.search(joined):
            # While the next piece is being read there is time for it, and the door finds it done, twice.
            canonical, faults = canonical_column(column)
            rows.texts[name] = column if faults else canonical
            return
        rows.refuse_long(name)
        measures = rows.texts["measure"]
        for place, text in enumerate(column):
            kind = kinds[place] if kinds else Kind.TEXT
            if not text or kind is Kind.NUMBER:
                continue
            try:
                column[place] = self._figure(measures[place], name, text, kind)
            except ValueError as fault:
                rows.refuse(place, name, str(fault))

    def _figure(self, measure: str, name: str, text: str, kind: Kind) -> str:
        """The plain notation of a figure; ValueError where it is none, or can be read in two ways."""
        words, is_value = self.words, name == "value"
        if kind is Kind.DATE:
            raise ValueError(IS_A_DATE.format(text))
        if typed.is_unavailable(text):
            raise ValueError(SAY_ELSEWHERE.format(text))
        if (not self.points_are_decimal or measure in words.counts) and (asked := typed.ambiguity(text)):
            raise ValueError(asked)
        currency = words.currencies.get(measure, "" if is_value else None)
        return typed.plain(text, is_share=is_value and measure in words.shares, currency=currency)

    def _read_periods(self, rows: "Lot") -> None:
        if "period" in self.names:
            kinds = rows.kinds.get("period") or [Kind.TEXT] * len(rows)
            told: Iterable[tuple[str, str, Kind]] = zip(rows.texts["measure"], rows.texts["period"], kinds, strict=True)
            rows.texts["period"] = list(map(self._periods.__getitem__, told))
        else:
            bounds = zip(rows.texts["period_start"], rows.texts["period_end"], strict=True)
            rows.texts["period"] = [_between(first, last) for first, last in bounds]

    def _period(self, told: tuple[str, str, Kind]) -> str:
        """As the door takes it: the code out of the template's label, and of a day the period that it lies in."""
        measure, text, kind = told
        if kind is Kind.NUMBER and (day := day_of(text)):
            text = day.isoformat()
        if match := _LABEL.fullmatch(text):
            return match[1]
        grain = self.words.grains.get(measure, Grain.DAY)
        if grain is Grain.DAY or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return text
        try:
            return Period.containing(date.fromisoformat(text), grain).code
        except ValueError:
            return text

    def _segment(self, cut: tuple[str, ...]) -> str:
        return json.dumps({name: text for name, text in zip(self.dimensions, cut, strict=True) if text})

    def _read_sources(self, rows: "Lot") -> None:
        given, known = rows.texts["source"], self.words.sources
        if not all(given):
            told = zip(given, rows.texts["measure"], rows.texts["period"], strict=True)
            given = rows.texts["source"] = [text or self._sources[measure, period] for text, measure, period in told]
        for wrong in set(given) - known:
            column, why = NOWHERE.get(wrong, ("source", f"{wrong[:80]} is no source that is known here."))
            for place, text in enumerate(given):
                if text == wrong:
                    code = rows.texts["measure"][place]
                    is_known = wrong or code in self.words.grains
                    rows.refuse(place, column, why if is_known else f"{code[:80]} is no measure that is defined here.")


class Lot:
    """A batch on its way: its columns by name, and what is refused of it."""

    def __init__(self, numbers: list[int], texts: dict[str, list[str]], kinds: dict[str, list[Kind]]) -> None:
        self.numbers, self.texts, self.kinds = numbers, texts, kinds
        self.faults: dict[int, tuple[str, str]] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def drop_empty(self) -> None:
        """Leave out the rows without a figure: whoever fills in a template leaves some."""
        if all(self.texts["value"]):
            return
        given = list(map(any, zip(*(self.texts[name] for name in FIGURES), strict=True)))
        self.numbers = _those(self.numbers, given)
        for columns in (self.texts, self.kinds):
            columns |= {name: _those(column, given) for name, column in columns.items()}

    def refuse(self, place: int, column: str, why: str) -> None:
        """The first fault of a row is told."""
        self.faults.setdefault(place, (SPOKEN.get(column, column), why))

    def refuse_long(self, name: str) -> None:
        most = LONGEST[SPOKEN.get(name, name)]
        if len(max(self.texts[name], key=len, default="")) > most:
            for place, text in enumerate(self.texts[name]):
                if len(text) > most:
                    self.refuse(place, name, TOO_LONG.format(most))

    def interpreted(self) -> Interpreted:
        columns = [self.texts[name] for name in COLUMNS]
        if not self.faults:
            return Interpreted(self.numbers, columns, [])
        sound = [place not in self.faults for place in range(len(self))]
        faults = [Fault(self.numbers[place], *self.faults[place], [column[place] for column in columns])
                  for place in sorted(self.faults)]  # fmt: skip
        return Interpreted(_those(self.numbers, sound), [_those(column, sound) for column in columns], faults)


class Meanings(dict[K, V]):
    """What items mean, each distinct one worked out once."""

    def __init__(self, find: Callable[[K], V]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, item: K) -> V:
        found = self[item] = self._find(item)
        return found


def _those(column: list[V], kept: list[bool]) -> list[V]:
    return [item for item, is_kept in zip(column, kept, strict=True) if is_kept]


def _between(first: str, last: str) -> str:
    """Half-open, from a first and a last day; what cannot be read is passed on, for the door to refuse."""
    try:
        return f"{first}/{date.fromisoformat(last) + timedelta(days=1)}"
    except (ValueError, OverflowError):
        return f"{first}/{last}"
