"""Documents as PDF/UA: a typst template and what it is told, in; the same bytes for the same record, out.

What is told is data and never markup: nothing that somebody wrote is read as typst. Fonts come from a wheel, and none
of the machine's own is looked at, so that a document is the same everywhere.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import font_source_sans_pro
import typst

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
STANDARD: Final = "ua-1"
MEDIA_TYPE = "application/pdf"


def render(template: str, told: Mapping[str, Any], *, as_of: datetime) -> bytes:
    """The document of a template (its path below the templates) with what it is told, dated `as_of`.

    The template reads it by `#let told = json(bytes(sys.inputs.told))`; drawings are SVG strings in it.
    """
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
