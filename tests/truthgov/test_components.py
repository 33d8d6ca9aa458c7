"""The components: shown as agreed, tied together for screen readers, and within the strict content policy."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.views.csrf import csrf_failure

from tests.factories.charts import evidence, journey
from truthgov.errors import InvalidInput
from truthgov.svg.elements import PENS

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
STYLES = "".join(path.read_text() for path in Path(settings.BASE_DIR, "static").glob("*.css"))
FORBIDDEN = re.compile(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|<script(?![^>]*\ssrc=)")
COLOURS = dict(re.findall(r"--tg-([a-z-]+): light-dark\(([^)]*)\)", STYLES))

SHOWN = {
    "verdict": '{% verdict "failing" %}',
    "severity": '{% severity "critical" %}',
    "state": '{% state "in_remedy" %}',
    "trust": '{% trust "untrusted" "late by three days" %}',
    "figure": '{% figure share "fraction" %}',
    "moment": '{% moment when "time" %}{% moment day %}{% moment nothing %}',
    "chart": "{% chart chart %}",
    "journey_map": "{% journey_map journey %}",
    "page_header": '{% page_header "Contradictions" subtitle="All" back="/" %}<a href="/">Act</a>{% endpage_header %}',
    "panel": '{% panel "Evidence" id="evidence" %}<p>Text</p>{% endpanel %}',
    "empty_state": '{% empty_state "Nothing yet" %}<p>The chair starts it.</p>{% endempty_state %}',
    "definitions": "{% definitions pairs %}",
    "timeline": "{% timeline events %}",
    "column": '{% column "Age" "age" number=True %}{% column "Plain" %}',
    "pagination": '{% pagination next_cursor="n" previous_cursor="p" note="30 of 112" %}',
    "filter_bar": '{% filter_bar target="#queue" %}{% field form.kind %}{% endfilter_bar %}',
    "field": "{% for bound in form %}{% field bound %}{% endfor %}",
    "problem_summary": "{% problem_summary form %}",
    "navigation": "{% navigation %}",
}


class DecisionForm(forms.Form):
    kind = forms.ChoiceField(choices=[("fund", "Fund")])
    reason = forms.CharField(widget=forms.Textarea, help_text="What the minutes will say.")
    force = forms.BooleanField(required=False)
    vote = forms.ChoiceField(widget=forms.RadioSelect, choices=[("for", "For")], required=False)


def show(source: str, **context) -> str:
    given = {
        "request": RequestFactory().get("/contradictions/", {"sort": "age", "kind": "handoff", "cursor": "old"}),
        "share": Decimal("0.444"),
        "when": datetime(2026, 10, 5, 12, 30, tzinfo=UTC),
        "day": date(2026, 10, 5),
        "nothing": None,
        "chart": evidence(),
        "journey": journey(),
        "pairs": [("Scope", "City Hotel"), ("Due", None)],
        "events": [{"at": datetime(2026, 10, 5, tzinfo=UTC), "title": "Opened", "by": "assessment"}],
        "form": DecisionForm({"kind": "bribe"}),
    }
    return Template("{% load truthgov %}" + source).render(Context({**given, **context}))


@pytest.mark.parametrize("name", SHOWN)
def test_a_component_keeps_the_strict_content_policy(name):
    shown = show(SHOWN[name])
    assert shown.strip()
    assert not FORBIDDEN.search(shown)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_a_template_compiles_and_keeps_the_strict_content_policy(path):
    assert get_template(str(path.relative_to(Path(settings.BASE_DIR, "templates"))))
    assert not FORBIDDEN.search(path.read_text())


def test_every_asset_of_the_frame_exists():
    frame = Path(settings.BASE_DIR, "templates/base.html").read_text()
    named = re.findall(r"{% static '([^']+)' %}", frame)
    assert len(named) >= 6
    assert [name for name in named if not finders.find(name)] == []


def test_the_sign_in_page_stands_in_the_frame_without_its_navigation(client, db):
    page = client.get("/accounts/login/").content.decode()
    assert '<main class="tg-main tg-account" id="content"' in page
    assert 'aria-label="Main"' not in page
    assert not FORBIDDEN.search(page)


@pytest.mark.parametrize("name", ["verdict", "severity", "state", "trust"])
def test_a_standing_is_a_word_and_a_shape_beside_its_colour(name):
    shown = show(SHOWN[name])
    assert re.search(r'class="tg-shape tg-shape-\w+" aria-hidden="true"></i>[A-Z]\w+', shown)


def test_a_standing_nobody_worded_is_still_shown():
    assert "On hold" in show('{% state "on_hold" %}')


def test_nothing_follows_a_figure_in_a_sentence_but_its_full_stop():
    assert show('{% figure share "fraction" %}.').endswith("</span>.")
    assert show("{% moment day %}.").endswith("</time>.")


def test_a_moment_shows_the_day_and_tells_the_exact_time():
    shown = show("{% moment when %}")
    assert 'datetime="2026-10-05T' in shown
    assert "5 Oct 2026</time>" in shown


def test_sorting_turns_round_and_keeps_the_filters_but_not_the_place_in_the_list():
    shown = show('{% column "Age" "age" %}')
    assert 'aria-sort="ascending"' in shown
    assert "?sort=-age&amp;kind=handoff" in shown
    assert "cursor" not in shown


def test_the_next_page_keeps_filters_and_order():
    assert "?sort=age&amp;kind=handoff&amp;cursor=n" in show('{% pagination next_cursor="n" %}')


def test_an_only_page_has_no_page_links():
    assert not show("{% pagination %}").strip()


def test_a_field_names_its_help_and_its_error():
    shown = show("{% field form.reason %}")
    assert 'aria-describedby="id_reason_helptext id_reason_error"' in shown
    assert 'id="id_reason_helptext"' in shown
    assert 'id="id_reason_error"' in shown
    assert 'aria-invalid="true"' in shown


def test_choices_stand_in_a_fieldset_under_their_legend():
    assert re.search(r"<fieldset[^>]*>\s*<legend", show("{% field form.vote %}"))


def test_the_summary_links_to_each_faulty_field():
    shown = show("{% problem_summary form %}")
    assert 'href="#id_kind"' in shown
    assert 'href="#id_reason"' in shown
    assert 'href="#id_force"' not in shown


def test_a_form_without_faults_has_no_summary():
    assert not show("{% problem_summary form %}", form=DecisionForm()).strip()


def test_what_people_write_is_escaped():
    hostile = "<b>Sales</b>"
    shown = show("{% definitions pairs %}{% panel title %}x{% endpanel %}", pairs=[("Name", hostile)], title=hostile)
    assert hostile not in shown
    assert "&lt;b&gt;" in shown


def test_an_empty_header_keeps_no_place_for_actions():
    assert "tg-actions" not in show('{% page_header "Desk" %} {% endpage_header %}')


def test_a_refusal_says_its_sentence_and_names_each_faulty_field():
    refusal = InvalidInput("Give a date.", {"due": "This is in the past."})
    for template in ("components/_refusal.html", "409.html"):
        shown = render_to_string(template, {"refusal": refusal})
        assert "Give a date." in shown
        assert "This is in the past." in shown
        assert shown.count('id="problem"') == 1


@pytest.mark.parametrize("code", [400, 403, "403_csrf", 404, 500])
def test_an_error_page_says_what_to_do_next(code):
    shown = render_to_string(f"{code}.html")
    assert 'id="problem"' in shown
    assert re.search(r"\b(Go back|Check|Ask|Reload)\b", shown)


def test_a_form_from_an_ended_session_is_answered_in_our_words():
    refused = csrf_failure(RequestFactory().post("/decisions/"))
    assert refused.status_code == 403
    assert "Your session on this page has ended" in refused.content.decode()


def test_every_colour_of_a_drawing_follows_the_page():
    assert [role for role in PENS if not re.search(rf"\.tg-{role}\b", STYLES)] == []


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("tone", ["ink", "muted", "link", "good", "bad", "warn", "info"])
def test_text_keeps_its_contrast(tone, scheme):
    surfaces = ["paper", "ground", "raised", *([f"{tone}-wash"] if f"{tone}-wash" in COLOURS else [])]
    assert [name for name in surfaces if contrast(tone, name, scheme) < 4.5] == []


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_edge_of_a_control_can_be_seen(scheme):
    assert contrast("control", "paper", scheme) >= 3


def contrast(one: str, other: str, scheme: int) -> float:
    """The contrast of two named colours as WCAG 2.2 defines it."""
    brighter, darker = sorted((luminance(COLOURS[name].split(", ")[scheme]) for name in (one, other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
