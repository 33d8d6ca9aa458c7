"""From a text to a formula, by recursive descent: nothing of it is ever run as a program."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

LONGEST = 500
"""Characters of a formula."""
DEEPEST = 20
"""Brackets within brackets."""
SHARE = "share"
EXPECTED = "a measure's code, a number or an opening bracket"
_TOKEN = re.compile(
    r'\s*(?:(?P<number>\d{1,12}(?:\.\d{1,6})?)(?![\w.])|(?P<name>[^\W\d][\w.]*)|"(?P<quoted>[^"\n]+)"|(?P<sign>[-+*/(),]))'
)


class FormulaError(ValueError):
    """What is wrong with a formula, worded for its writer; `at` is the character (from 1) where it shows."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(f"At character {at}: {message}")
        self.at = at


@dataclass(frozen=True, slots=True)
class Number:
    """A constant: it has no unit."""

    value: Decimal
    at: int = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """Another measure, by its code."""

    code: str
    at: int = 1


@dataclass(frozen=True, slots=True)
class Operation:
    """Two formulas joined by `+`, `-`, `*` or `/`."""

    sign: str
    left: "Formula"
    right: "Formula"
    at: int = 1


Formula = Number | Reference | Operation


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


@lru_cache(maxsize=1024)
def read_formula(text: str) -> Formula:
    """The formula that a text says; FormulaError where it says none."""
    if len(text) > LONGEST:
        raise FormulaError(LONGEST + 1, f"a formula has at most {LONGEST} characters; derive a part of it by itself.")
    return _Reading(list(_tokens(text))).whole()


def references(formula: Formula) -> Iterator[Reference]:
    """The measures that a formula names, in the order in which they stand; one as often as it is named."""
    if isinstance(formula, Reference):
        yield formula
    elif isinstance(formula, Operation):
        yield from references(formula.left)
        yield from references(formula.right)


def codes_in(text: str) -> tuple[str, ...]:
    """The codes that a sound formula names, each once."""
    return tuple(dict.fromkeys(each.code for each in references(read_formula(text))))


def codes_read(text: str) -> tuple[str, ...]:
    """The same, and none where a formula cannot be read: `fault` says why."""
    return () if fault(text) else codes_in(text)


def fault(text: str) -> str:
    """Why a formula cannot be read; empty where it can."""
    try:
        read_formula(text)
    except FormulaError as error:
        return str(error)
    return ""


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise FormulaError(at + 1, f"{EXPECTED} is expected, and {_said(text[at:])} is none of them.")
        yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup) + 1)
        at = found.end()
    yield _Token("end", "", len(text) + 1)


def _said(rest: str) -> str:
    return repr(rest.split()[0][:20])


class _Reading:
    """The tokens of a formula, read from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def whole(self) -> Formula:
        formula = self.sum()
        if self.next.kind != "end":
            self._refuse("+, -, *, / or the end")
        return formula

    def sum(self) -> Formula:
        return self._chain("+-", self.product)

    def product(self) -> Formula:
        return self._chain("*/", self.factor)

    def factor(self) -> Formula:
        token = self.next
        if token.kind == "number":
            self.place += 1
            return Number(Decimal(token.text), token.at)
        if token.kind == "name" and token.text == SHARE and self.tokens[self.place + 1].text == "(":
            return self._share()
        if token.kind in ("name", "quoted"):
            self.place += 1
            return Reference(token.text, token.at)
        if token.text != "(":
            self._refuse(EXPECTED)
        return self._bracketed()

    def _chain(self, signs: str, part: Callable[[], Formula]) -> Formula:
        formula = part()
        while self.next.kind == "sign" and self.next.text in signs:
            sign = self._take()
            formula = Operation(sign.text, formula, part(), sign.at)
        return formula

    def _bracketed(self) -> Formula:
        self._open()
        formula = self.sum()
        self._close()
        return formula

    def _share(self) -> Formula:
        at = self._take().at
        self._open()
        part = self.sum()
        self._expect(",", "a comma and the rest of the whole")
        rest = self.sum()
        self._close()
        return Operation("/", part, Operation("+", part, rest, at), at)

    def _open(self) -> None:
        at = self._take().at
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(at, f"brackets stand at most {DEEPEST} deep; derive a part of it by itself.")

    def _close(self) -> None:
        self._expect(")", "+, -, *, / or a closing bracket")
        self.depth -= 1

    def _expect(self, text: str, what: str) -> None:
        if self.next.kind != "sign" or self.next.text != text:
            self._refuse(what)
        self.place += 1

    def _take(self) -> _Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def _refuse(self, expected: str) -> None:
        token = self.next
        stands = "the formula ends" if token.kind == "end" else f"{token.text!r} stands"
        raise FormulaError(token.at, f"{expected} is expected, and {stands} here.")
