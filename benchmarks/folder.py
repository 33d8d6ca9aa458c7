"""The files of a folder of labelled figures, read by the names of their columns. No database.

What is left out or read otherwise is told in `Notes`; a folder that cannot be read at all is a `FolderFault`.
"""

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

Row = dict[str, str]
NAMED = 3
"""How many of those that a note is about are named."""
OF_FIGURES = ("measure_code", "period_start", "period_end", "value")
OF_LINKS, OF_PAIRS = ("from_measure", "to_measure"), ("kpi", "outcome")


class FolderFault(Exception):  # noqa: N818 - said of the folder, not of a failure
    """The folder cannot be scored as it stands; each of `problems` says why."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems


class Notes:
    """What was left out or read otherwise: each sentence once, with what it is said of or the number of rows."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, None]] = {}
        self._rows: Counter[str] = Counter()

    def tell(self, sentence: str, *, of: str) -> None:
        self._of.setdefault(sentence, {})[of] = None

    def count(self, sentence: str, rows: int = 1) -> None:
        self._rows[sentence] += rows

    def lines(self) -> Iterator[str]:
        for sentence, subjects in self._of.items():
            named = ", ".join(list(subjects)[:NAMED])
            more = f" and {len(subjects) - NAMED} more" if len(subjects) > NAMED else ""
            yield f"note: {named}{more}: {sentence}"
        for sentence, rows in self._rows.items():
            yield f"note: {rows} rows: {sentence}"


@dataclass(frozen=True)
class Folder:
    """Where the sheets of a folder are; a folder may have no sheet of links."""

    path: Path
    measures: Path
    observations: Path
    links: Path | None

    @classmethod
    def at(cls, path: Path) -> Self:
        """The folder with its sheets and their headers looked at; FolderFault where one cannot be used."""
        measures, observations = (_either(path, name, f"{name}.gz") for name in ("measures.csv", "observations.csv"))
        if not (measures and observations):
            raise FolderFault(f"{path} does not hold both measures.csv and observations.csv (or observations.csv.gz).")
        folder = cls(path, measures, observations, _either(path, "links.csv", "pairs.csv"))
        if problems := list(folder._problems()):
            raise FolderFault(*problems)
        return folder

    def _problems(self) -> Iterator[str]:
        yield from _lacking(self.measures, ("code",))
        yield from _lacking(self.observations, OF_FIGURES)
        if self.links and not set(OF_PAIRS) <= set(header_of(self.links)):
            yield from _lacking(self.links, OF_LINKS)


def header_of(path: Path) -> list[str]:
    """The names of the columns of a sheet: `Period start` is period_start. FolderFault where it cannot be read."""
    with _lines(path) as lines:
        return _names(next(lines, []))


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a sheet, plain or packed, by the names of its columns; what a short line lacks is empty.

    FolderFault where the file cannot be read.
    """
    with _lines(path) as lines:
        names = _names(next(lines, []))
        for cells in lines:
            if any(cells):
                yield dict(zip(names, [*cells, *[""] * (len(names) - len(cells))], strict=False))


def name_of(text: str) -> str:
    """A name as the dictionary takes it: one line of at most 200 characters, without spaces around it."""
    line = " ".join(text.split())
    return "".join(filter(str.isprintable, line))[:200].strip()


def code_of(text: str) -> str:
    """A measure's code as the dictionary takes it: without the slashes that addresses are made of."""
    return name_of(text).replace("/", "|")


def _either(path: Path, *names: str) -> Path | None:
    return next((path / name for name in names if (path / name).is_file()), None)


def _lacking(path: Path, names: tuple[str, ...]) -> Iterator[str]:
    if missing := [name for name in names if name not in header_of(path)]:
        yield f"{path.name} has no column {', '.join(missing)}."


def _names(header: list[str]) -> list[str]:
    return ["_".join(name.casefold().split()) for name in header]


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[list[str]]]:
    try:
        with _opened(path) as file:
            yield csv.reader(file)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise FolderFault(f"{path.name} cannot be read: {error}.") from error


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
