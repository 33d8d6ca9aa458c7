"""The components that pages are built from; docs/components.md shows each in use."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.http import QueryDict
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from truthgov.badges import ASSURANCES, SEVERITIES, STATES, TRUST, VARIATIONS, VERDICTS, Badge, badge_for
from truthgov.figures import Figure, word_figure
from truthgov.navigation import Place, standing_sections
from truthgov.svg import Chart, JourneyMap, Radar, Svg, draw_chart, draw_journey, draw_radar, tabulate

register = template.Library()

BADGE = "components/badge.html"
PHONE = 326  # pixels inside a panel on a screen of 390
WIDGET_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.CheckboxSelectMultiple, "tg-choices"),
    (forms.RadioSelect, "tg-choices"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


# --- standings -------------------------------------------------------------------------------------------------------
@register.simple_tag
def verdict(code: str, word: str = "") -> SafeString:
    """Show a journey's or an outcome's verdict; `word` replaces the usual wording."""
    return _badge(badge_for(code, VERDICTS), word)


@register.simple_tag
def severity(code: str) -> SafeString:
    """Show how severe a contradiction is."""
    return _badge(badge_for(code, SEVERITIES))


@register.simple_tag
def state(code: str, word: str = "") -> SafeString:
    """Show where a record stands in its life."""
    return _badge(badge_for(code, STATES), word)


@register.simple_tag
def variation(code: str) -> SafeString:
    """Show what the latest figure says of a process."""
    return _badge(badge_for(code, VARIATIONS))


@register.simple_tag
def assurance(code: str) -> SafeString:
    """Show whether a process, going on as it is, meets its target."""
    return _badge(badge_for(code, ASSURANCES))


@register.inclusion_tag(BADGE)
def trust(code: str, why: str = "") -> dict[str, Any]:
    """Show how far figures can be relied on, with the reason written beside it."""
    return {"badge": badge_for(code, TRUST), "why": why}


@lru_cache(maxsize=256)
def _badge(badge: Badge, word: str = "") -> SafeString:
    # A register shows the same few badges on every row: each is rendered once, not once a row.
    return render_to_string(BADGE, {"badge": badge, "word": word})


# --- figures, periods, moments ---------------------------------------------------------------------------------------
@register.inclusion_tag("components/figure.html")
def figure(value: Figure | Decimal | None, unit: str = "") -> dict[str, Figure]:
    """Show one figure, exact on hover. Word wide tables beforehand and write `{{ figure.text }}` there."""
    return {"figure": value if isinstance(value, Figure) else word_figure(value, unit)}


@register.inclusion_tag("components/moment.html")
def moment(value: date | datetime | None, shown: str = "") -> dict[str, Any]:
    """Show a date in the reader's zone, with the exact time on hover; `shown="time"` writes the time out."""
    return {"value": value, "timed": isinstance(value, datetime), "shown": shown}


# --- drawings --------------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/chart.html")
def chart(given: Chart, width: int = 960, panel_height: int = 150) -> dict[str, Any]:
    """Draw a chart for wide and for narrow screens, with its figures as a table below."""
    drawn = {"wide": draw_chart(given, width, panel_height), "narrow": draw_chart(given, PHONE, 120)}
    return {**drawn, "table": tabulate(given)}


@register.inclusion_tag("components/drawing.html")
def radar(given: Radar, width: int = 380) -> dict[str, Svg]:
    """Draw shares on spokes, for wide and for narrow screens; the words beside it say the same."""
    return {"wide": draw_radar(given, width), "narrow": draw_radar(given, PHONE)}


@register.inclusion_tag("components/drawing.html")
def journey_map(given: JourneyMap, width: int = 960) -> dict[str, Svg]:
    """Draw a journey's stages and handoffs, for wide and for narrow screens."""
    return {"wide": draw_journey(given, width), "narrow": draw_journey(given, PHONE)}


# --- pages and their parts -------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def navigation(context: RequestContext) -> SafeString:
    """List the pages of this installation, the current one marked."""
    path = context["request"].path
    return _navigation(
        tuple((title, tuple((place, place.holds(path)) for place in places)) for title, places in standing_sections())
    )


@lru_cache(maxsize=64)
def _navigation(sections: tuple[tuple[str, tuple[tuple[Place, bool], ...]], ...]) -> SafeString:
    # Twice on every page, and the same wherever the same entry is marked.
    return render_to_string("components/navigation.html", {"sections": sections})


@register.simple_block_tag
def page_header(
    content: SafeString, title: str, subtitle: str = "", back: str = "", back_label: str = ""
) -> SafeString:
    """Open a page with its one h1; what stands inside the block are its actions."""
    parts = {"title": title, "subtitle": subtitle, "back": back, "back_label": back_label}
    return render_to_string("components/page_header.html", {**parts, "actions": content})


@register.simple_block_tag
def panel(content: SafeString, title: str, id: str = "", note: str = "", flush: bool = False) -> SafeString:
    """Frame a part of a page under an h2; `flush` lets a table reach the edges, `id` serves links and htmx."""
    return render_to_string(
        "components/panel.html", {"title": title, "id": id, "note": note, "flush": flush, "content": content}
    )


@register.simple_block_tag
def empty_state(content: SafeString, title: str) -> SafeString:
    """Say what belongs on an empty page and who can start it."""
    return render_to_string("components/empty_state.html", {"title": title, "content": content})


@register.inclusion_tag("components/definitions.html")
def definitions(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """List terms with what they are."""
    return {"pairs": pairs}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """List events, latest first as given; each has `at`, `title`, and may have `by`, `text` and `tone`."""
    return {"events": events}


# --- tables ----------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def column(
    context: RequestContext, label: str, key: str = "", number: bool = False, falling: bool = False, usual: bool = False
) -> SafeString:
    """Head a column; with a key it sorts by `?sort=key`, and backwards by `?sort=-key`, which `falling` puts first.

    `usual` marks the column by which the list is in order where the address asks for none.
    """
    if not key:
        return _column(conditional_escape(label), number=number)
    query: QueryDict = context["request"].GET.copy()
    first, second = (f"-{key}", key) if falling else (key, f"-{key}")
    current = query.get("sort", "") or (first if usual else "")
    query["sort"] = second if current == first else first
    query.pop("cursor", None)
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return _column(conditional_escape(label), query.urlencode(), order, number=number)


@lru_cache(maxsize=256)
def _column(label: SafeString, query: str = "", order: str = "", *, number: bool) -> SafeString:
    return render_to_string(
        "components/column.html", {"label": label, "query": query, "order": order, "number": number}
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(
    context: RequestContext, next_cursor: str = "", previous_cursor: str = "", note: str = ""
) -> dict[str, Any]:
    """Link to the next and previous rows, keeping the filters."""
    return {
        "next": _with_cursor(context, next_cursor),
        "previous": _with_cursor(context, previous_cursor),
        "note": note,
    }


def _with_cursor(context: RequestContext, cursor: str) -> str:
    query: QueryDict = context["request"].GET.copy()
    query["cursor"] = cursor
    return query.urlencode() if cursor else ""


@register.simple_block_tag(takes_context=True)
def filter_bar(context: RequestContext, content: SafeString, target: str = "") -> SafeString:
    """Frame the filters of a register as a GET form; with a target, htmx replaces just that part of the page."""
    request = context["request"]
    parts = {"content": content, "path": request.path, "filtered": bool(request.GET), "target": target}
    return render_to_string("components/filter_bar.html", parts)


# --- forms -----------------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/field.html")
def field(bound: forms.BoundField) -> dict[str, Any]:
    """Show a form's field: label, control, help and errors, tied together for screen readers."""
    return {
        "bound": bound,
        "control": _control(bound),
        "ticked": isinstance(bound.field.widget, forms.CheckboxInput),
        "grouped": bound.use_fieldset,
    }


@register.inclusion_tag("components/control.html")
def control(bound: forms.BoundField) -> dict[str, Any]:
    """Show a field in a table whose headings name it already; its label is for screen readers."""
    return {"bound": bound, "control": _control(bound)}


def _control(bound: forms.BoundField) -> SafeString:
    widget = bound.field.widget
    styled = next(name for kind, name in WIDGET_CLASSES if isinstance(widget, kind))
    given = widget.attrs.get("class", "")
    invalid = " is-invalid" if bound.errors else ""
    return bound.as_widget(attrs={"class": f"{styled} {given}{invalid}".replace("  ", " ").strip()})


@register.filter
def unbroken(sentence: str) -> str:
    """A sentence whose figures keep their percent sign on their line."""
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")


@register.inclusion_tag("components/problem_summary.html")
def problem_summary(form: forms.BaseForm) -> dict[str, Any]:
    """Say above a form what is wrong with it, with a link to each field."""
    fields = [(bound, bound.errors) for bound in form.visible_fields() if bound.errors]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return {"fields": fields, "general": [*form.non_field_errors(), *hidden]}
