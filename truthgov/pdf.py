"""Documents as PDF/UA: a typst template and what it is told, in; the same bytes for the same record, out.

What is told is data and never markup: nothing that somebody wrote is read as typst. Fonts come from wheels, and none
of the machine's own is looked at, so that a document is the same everywhere. PDF/UA allows no character that no font
has: such a one is written as its code point, [U+1F642], so that nothing is lost and every document comes.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import font_source_sans_pro
import typst

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
STANDARD: Final = "ua-1"
MEDIA_TYPE = "application/pdf"
UNSHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def render(template: str, told: Mapping[str, Any], *, as_of: datetime) -> bytes:
    """The document of a template (its path below the templates) with what it is told, dated `as_of`.

    The template reads it by `#let told = json(bytes(sys.inputs.told))`; drawings are SVG strings in it.
    """
    spelled: set[str] = set()
    while True:
        try:
            return _compiled(template, spell_out(told, spelled), as_of)
        except typst.TypstError as error:
            unshown = _unshown(error) - spelled
            if not unshown:
                raise
            # A mark that its letter's font lacks makes the letter fail with it: without the mark it may be shown.
            spelled |= {each for each in unshown if unicodedata.category(each).startswith("M")} or unshown


def spell_out(told: Any, unshown: Collection[str]) -> Any:
    """What is told, with the code points of the given characters in their place: [U+65E5 U+672C]."""
    if not unshown:
        return told
    run = re.compile(f"[{''.join(map(re.escape, sorted(unshown)))}]+")

    def spelled(part: Any) -> Any:
        if isinstance(part, Mapping):
            return {name: spelled(value) for name, value in part.items()}
        if isinstance(part, list | tuple):
            return [spelled(each) for each in part]
        return run.sub(_code_points, part) if isinstance(part, str) else part

    return spelled(told)


def _code_points(found: re.Match[str]) -> str:
    if not found[0].strip():
        return " "  # a tab that begins a line
    return f"[{' '.join(f'U+{ord(each):04X}' for each in found[0])}]"


def _unshown(error: typst.TypstError) -> set[str]:
    """The characters that an error says no font has; printable ASCII is had by all, and fails only beside others."""
    texts = UNSHOWN.findall(error.diagnostic)
    escaped = {chr(int(code, 16)) for text in texts for code in ESCAPED.findall(text)}
    tabs = {"\t"} if any(r"\t" in text for text in texts) else set()
    return escaped | tabs | {each for text in texts for each in text if not each.isascii()}


def _compiled(template: str, told: Mapping[str, Any], as_of: datetime) -> bytes:
    compiler = typst.Compiler(
        TEMPLATES / template, root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True,
        sys_inputs={"told": canonical(told)},
    )  # fmt: skip
    made = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=int(as_of.timestamp()))
    if not isinstance(made, bytes):
        raise TypeError("a document is one file")
    return made


def canonical(told: Mapping[str, Any]) -> str:
    """What a document is told, as JSON that is the same for the same record."""
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(told: Mapping[str, Any]) -> str:
    """SHA-256 of what a document is told, to be printed on it."""
    return hashlib.sha256(canonical(told).encode()).hexdigest()


@cache
def _fonts() -> typst.Fonts:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])
