"""A measure's process as a document: what its page shows, as data for a template, and the same bytes each time."""

from datetime import UTC, datetime, time
from typing import Any

from forums.measures.process_page import ProcessPage
from metrics.figures.courses import Course
from metrics.models import Measure
from truthgov import pdf
from truthgov.dates import day
from truthgov.svg import Chart, draw_chart

TEMPLATE = "forums/processes/process.typ"
WIDTH = 640
FOR_THE = {"good": "better", "bad": "worse"}


def process_document(measure: Measure, page: ProcessPage, course: Course, chart: Chart) -> bytes:
    """The document of a process that has figures; its hash is that of everything else it says."""
    told = _told(measure, page, chart)
    ended = datetime.combine(course.points[-1].period.end, time(), UTC)
    last = max([ended, *(each.decided_at for each in page.decisions), *(each.proposed_at for each in page.rebasings)])
    return pdf.render(TEMPLATE, told | {"digest": pdf.digest(told)}, as_of=last)


def _told(measure: Measure, page: ProcessPage, chart: Chart) -> dict[str, Any]:
    standing = page.standing
    scope = str(page.segment) if page.segment and page.segment.values else "All"
    provisional = ", provisional limits" if page.is_provisional else ""
    return {
        "title": f"{measure.name} as a process",
        "subject": f"{measure.code}, {scope}. Variation: {page.variation}. Assurance: {page.assurance}{provisional}.",
        "figure": f"{standing.figure.text}, {standing.words} ({standing.period})",
        "says": list(page.says),
        "chart": str(draw_chart(chart, width=WIDTH)),
        "chart_alt": f"{chart.title}. {chart.description}",
        "special": [[str(row.point.period), row.figure.text, FOR_THE[row.tone], row.words] for row in page.special],
        "stretches": [
            [f"{each.first} to {each.last}" + (", provisional" if each.is_provisional else ""),
             f"{each.lower.text} to {each.upper.text}" if each.has_limits else "too few figures",
             each.centre.text, str(each.figures), each.because]
            for each in page.stretches
        ],
        "multiples": [
            {"title": part.title, "note": part.note, "drawing": str(part.wide),
             "alt": "; ".join(map(": ".join, part.standing))}
            for part in page.multiples
        ],
        "bearing": [
            *([day(each.decided_at), each.wording, "decided, expected to move it"] for each in page.decisions),
            *([str(point.period), "The figure was restated.", "restated"] for point in page.restated),
            *([day(each.starts_on), each.reason, f"new limits, {each.get_status_display()}"]
              for each in page.rebasings),
        ],
    }  # fmt: skip
