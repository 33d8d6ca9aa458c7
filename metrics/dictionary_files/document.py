"""A dictionary as a file says it: tables of rows, each with its place in the file, and what is wrong with it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from metrics.dictionary_files.fields import ALWAYS, KEYS, TABLES, Field, Said


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where in the file."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True)
class Entry:
    """A row of a table: what it says by column; what it does not say stays as it is."""

    place: str
    said: Said

    def text(self, name: str) -> str:
        """A column that holds a text; empty where the row does not say it."""
        return str(self.said.get(name) or "")


@dataclass
class Document:
    """What a file says, table by table, and the problems met in reading it."""

    tables: dict[str, list[Entry]] = field(default_factory=lambda: {name: [] for name in TABLES})
    problems: list[Problem] = field(default_factory=list)

    def take(self, table: str, place: str, texts: Mapping[str, str]) -> None:
        """Add a row of texts by column, or what is wrong with it."""
        said: Said = {}
        problems = []
        for each in _known(TABLES[table], texts):
            try:
                value = each.value(texts.get(each.name, ""))
                if value not in ("", None) or each.name not in ALWAYS:
                    said[each.name] = value
            except ValueError as error:
                problems.append(Problem(place, str(error)))
        if unknown := sorted(set(texts) - {each.name for each in TABLES[table]}):
            problems.append(Problem(place, f"{', '.join(unknown)}: no such column in {table}; remove it."))
        self.problems += problems
        if not problems:
            self.tables[table].append(Entry(place, said))

    def fault(self, place: str, message: str) -> None:
        self.problems.append(Problem(place, message))

    def refuse_repeated(self) -> None:
        """Note as problems the rows that say again what another row of the file says already."""
        for table, key in KEYS.items():
            first: dict[tuple[object, ...], str] = {}
            for entry in self.tables[table]:
                known = first.setdefault(tuple(entry.said.get(name) for name in key), entry.place)
                if known != entry.place:
                    named = " ".join(str(entry.said.get(name) or "") for name in key).strip()
                    self.fault(entry.place, f"{named} stands at {known} already; keep one of the two.")

    def by(self, table: str, column: str) -> dict[str, list[Entry]]:
        """The rows of a table by what they say in a column."""
        grouped: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.tables[table]:
            grouped[entry.text(column)].append(entry)
        return grouped


def _known(fields: Iterable[Field], texts: Mapping[str, str]) -> list[Field]:
    return [each for each in fields if each.name in texts or each.needed]
