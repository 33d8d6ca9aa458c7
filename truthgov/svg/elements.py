"""The few SVG elements that our charts are made of, as strings.

A stroke or fill is named by its role. The role is written twice: as presentation attributes in the light colours, so
that the same string stands alone in a PDF, and as a class, so that the page's style sheet may recolour it (dark mode).
Presentation attributes yield to any style sheet and need no inline style, which the Content-Security-Policy forbids.
"""

import re
from html import escape

FONT = "Inter Variable, Inter, Source Sans Pro, Liberation Sans, sans-serif"

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

INK, MUTED, FAINT, RULE, PAPER = "#171717", "#5c5c5c", "#8a8a8a", "#e2e2e2", "#ffffff"
SERIES_COLOURS = ("#0b5cad", "#b3470f", "#0a6e52", "#7a3fa0")
SERIES_DASHES = ("", "7 3", "2 3", "9 3 2 3")

ROLES: dict[str, str] = {
    "ink": f'fill="{INK}"',
    "muted": f'fill="{MUTED}"',
    "faint": f'fill="{FAINT}"',
    "good": 'fill="#17663a"',
    "bad": 'fill="#b42318"',
    "grid": f'stroke="{RULE}" stroke-width="1"',
    "outline": f'fill="none" stroke="{RULE}" stroke-width="1"',
    "axis": f'stroke="{FAINT}" stroke-width="1"',
    "target": f'fill="none" stroke="{INK}" stroke-width="1.25" stroke-dasharray="6 4"',
    "centre": f'fill="none" stroke="{MUTED}" stroke-width="1" stroke-dasharray="1 3"',
    "limit": f'fill="none" stroke="{FAINT}" stroke-width="1" stroke-dasharray="3 3"',
    "band": 'fill="#e9f0f8" stroke="none"',
    "highlight": 'fill="#fbe9e7" stroke="none"',
    "break": f'fill="none" stroke="{MUTED}" stroke-width="1.25" stroke-dasharray="8 3 2 3"',
    "decision-mark": 'fill="#0a6e52" stroke="#0a6e52" stroke-width="1.5"',
    "rebased": f'fill="none" stroke="{INK}" stroke-width="1.5" stroke-dasharray="2 2"',
    "special": f'fill="{MUTED}" stroke="{PAPER}" stroke-width="1"',
    "special-bad": f'fill="#b3470f" stroke="{PAPER}" stroke-width="1"',
    "special-good": f'fill="{PAPER}" stroke="#0b5cad" stroke-width="1.75"',
    "whisker": f'stroke="{MUTED}" stroke-width="1.25"',
    "seen": 'fill="#0b5cad" stroke="#0b5cad" stroke-width="1.5"',
    "unseen": f'fill="{PAPER}" stroke="{MUTED}" stroke-width="1.5"',
    "missing": f'fill="none" stroke="{FAINT}" stroke-width="1.25"',
    "signal": f'fill="#b42318" stroke="{PAPER}" stroke-width="1"',
    "restated": f'fill="{PAPER}" stroke="#7a3fa0" stroke-width="1.75"',
    "box": f'fill="{PAPER}" stroke="#b8b8b8" stroke-width="1"',
    "box-bad": 'fill="#fdf3f2" stroke="#b42318" stroke-width="1.5"',
    "box-unknown": f'fill="{PAPER}" stroke="{FAINT}" stroke-width="1.25" stroke-dasharray="4 3"',
    "arrow": f'fill="none" stroke="{MUTED}" stroke-width="1.5"',
    "arrow-bad": 'fill="none" stroke="#b42318" stroke-width="1.75" stroke-dasharray="5 3"',
    "head": f'fill="{MUTED}" stroke="none"',
    "head-bad": 'fill="#b42318" stroke="none"',
}
for _index, (_colour, _dash) in enumerate(zip(SERIES_COLOURS, SERIES_DASHES, strict=True)):
    _dashed = f' stroke-dasharray="{_dash}"' if _dash else ""
    ROLES[f"line-{_index}"] = f'fill="none" stroke="{_colour}" stroke-width="2" stroke-linejoin="round"{_dashed}'
    ROLES[f"dot-{_index}"] = f'fill="{_colour}" stroke="none"'

PENS = {role: f'class="tg-{role}" {attributes}' for role, attributes in ROLES.items()}


class Svg(str):
    """A finished drawing: every text in it is escaped already, so a template shows it as it stands."""

    __slots__ = ()

    def __html__(self) -> "Svg":
        return self


def number(value: float) -> str:
    """Write a coordinate with at most one decimal, so that the same chart is the same bytes everywhere."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def drawing(width: float, height: float, title: str, description: str, body: list[str]) -> Svg:
    """Wrap a body as an image with a name and a description for whoever does not see it."""
    size = f'viewBox="0 0 {number(width)} {number(height)}" width="{number(width)}" height="{number(height)}"'
    return Svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tg-svg" role="img" {size} font-family="{FONT}" font-size="11">'
        f"<title>{clean(title)}</title><desc>{clean(description)}</desc>{''.join(body)}</svg>"
    )


def text(
    x: float, y: float, content: str, role: str = "muted", *, anchor: str = "start", size: float = 11, weight: int = 400
) -> str:
    """Write one line of text with its baseline at y."""
    heavy = f' font-weight="{weight}"' if weight != 400 else ""
    sized = f' font-size="{number(size)}"' if size != 11 else ""
    anchored = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{number(x)}" y="{number(y)}"{anchored}{sized}{heavy} {PENS[role]}>{clean(content)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, role: str) -> str:
    """Draw a straight line."""
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f"<line {ends} {PENS[role]}/>"


def box(x: float, y: float, width: float, height: float, role: str, *, radius: float = 0) -> str:
    """Draw a rectangle, rounded where a radius is given."""
    rounded = f' rx="{number(radius)}"' if radius else ""
    corner = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f"<rect {corner}{rounded} {PENS[role]}/>"


def path(commands: str, role: str, *, note: str = "") -> str:
    """Draw a path from finished commands; the note is what a pointer resting on it reads."""
    if note:
        return f'<path d="{commands}" {PENS[role]}><title>{clean(note)}</title></path>'
    return f'<path d="{commands}" {PENS[role]}/>'


def dot(x: float, y: float, radius: float, role: str) -> str:
    """Draw a filled circle."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" {PENS[role]}/>'


def dots(places: list[tuple[float, float, str]], radius: float, role: str) -> str:
    """Draw many circles of one role, each with the note that a pointer resting on it reads."""
    size = number(radius)
    circles = "".join(
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{size}"><title>{clean(note)}</title></circle>'
        for x, y, note in places
    )
    return f"<g {PENS[role]}>{circles}</g>"


def clean(content: str) -> str:
    """Escape a text and drop the characters that XML cannot carry."""
    return escape(UNWRITABLE.sub("", content))


def wrapped(content: str, columns: int, most: int) -> list[str]:
    """Break a text into at most so many lines of about so many characters; what is cut ends in an ellipsis."""
    rows: list[str] = [""]
    for word in content.split():
        candidate = f"{rows[-1]} {word}".strip()
        if len(candidate) <= columns or not rows[-1]:
            rows[-1] = candidate
        else:
            rows.append(word)
    rows = [row if len(row) <= columns else row[: columns - 1] + "…" for row in rows]
    if len(rows) > most:
        rows = [*rows[: most - 1], rows[most - 1][: columns - 1].rstrip() + "…"]
    return rows
