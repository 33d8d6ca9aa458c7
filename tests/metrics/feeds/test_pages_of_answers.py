import pytest

from metrics.models import FeedRun, Observation
from metrics.sources import fetching, pull
from metrics.sources.mapping import rows_from_json
from metrics.sources.paging import Page, Paging, same_origin
from tests.metrics.feeds.conftest import answer, row
from truthgov.egress import Unreachable
from truthgov.errors import InvalidInput

AT = "https://crm.example.org/kpi"


@pytest.mark.parametrize(
    ("link", "following"),
    [
        ('<https://crm.example.org/kpi?page=2>; rel="next"', "https://crm.example.org/kpi?page=2"),
        ("</kpi?page=2>; rel=next", "https://crm.example.org/kpi?page=2"),
        ('<?p=0>; rel="prev", <?p=2>; title="a, b"; rel="last next"', "https://crm.example.org/kpi?p=2"),
        ('<?p=9>; rel="last"', None),
        ('<?p=9>; rel="next-but-one"', None),
        ("", None),
    ],
)
def test_the_next_link_of_a_header(link, following):
    assert Paging("link").after(Page(AT, 0, link, None, 3)) == following


def test_numbers_count_up_until_a_page_is_not_full():
    pages = Paging("page", "page", first=1, size=2)
    assert pages.start(f"{AT}?of=2025-10") == f"{AT}?of=2025-10&page=1"
    assert pages.after(Page(f"{AT}?page=1", 0, "", None, 2)) == f"{AT}?page=2"
    assert pages.after(Page(f"{AT}?page=2", 1, "", None, 1)) is None
    rows = Paging("offset", "skip")
    assert rows.after(Page(f"{AT}?skip=40", 3, "", None, 20)) == f"{AT}?skip=60"
    assert rows.after(Page(f"{AT}?skip=60", 4, "", None, 0)) is None


def test_a_server_is_known_by_scheme_name_and_port():
    assert same_origin(AT, "https://crm.example.org:443/other")
    assert not same_origin(AT, "http://crm.example.org/kpi")
    assert not same_origin(AT, "https://crm.example.org.evil.example/kpi")


def test_every_page_is_read_and_the_secret_sent_with_each(connect, site):
    connect(pages="cursor", page_parameter="cursor", cursor_path="data.next")
    site.answers = [
        (200, '{"data": {"rows": [{"kpi": "sales.conversion", "month": "2025-09", "rate": 0.1}], "next": "b c"}}'),
        answer(row()),
    ]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, run.pages, run.offered, Observation.objects.count()) == ("done", 2, 2, 2)
    assert [path for path, _ in site.asked] == ["/kpi", "/kpi?cursor=b+c"]
    assert all(headers["Authorization"] == "Bearer s3cret" for _, headers in site.asked)


@pytest.mark.parametrize(("pause", "status"), [("0", "done"), ("61", "due")])
def test_a_short_pause_between_pages_is_waited_for(connect, site, pause, status):
    """Begun anew, it would meet the same limit at the same page; a long one is waited for by nobody's worker."""
    connect(pages="link")
    first = answer(row("2025-09"), Link='</kpi?page=2>; rel="next"')
    site.answers = [first, (429, "", {"Retry-After": pause}), answer(row())]
    pull.pull_due()
    assert FeedRun.objects.get().status == status


def test_a_page_that_fails_leaves_nothing_of_those_before(connect, site):
    connect(pages="link")
    site.answers = [answer(row(), Link='</kpi?page=2>; rel="next"'), (503, "")]
    pull.pull_due()
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("due", 0)


def test_pages_that_lead_in_a_circle_are_not_followed(connect, site):
    connect(pages="link")
    site.answers = [answer(row(), Link='</kpi>; rel="next"')]
    pull.pull_due()
    assert "lead back" in FeedRun.objects.get().message
    assert len(site.asked) == 1


def test_the_secret_is_not_sent_to_another_server_that_a_page_names(connect, site):
    connect(pages="link")
    site.answers = [answer(row(), Link='<https://evil.example/kpi>; rel="next"')]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, "another server" in run.message, len(site.asked)) == ("parked", True, 1)


def test_more_pages_than_are_reasonable_are_refused(connect, site, monkeypatch):
    monkeypatch.setattr(pull, "fetch", lambda feed, period: fetching.fetch(feed, period, pages=3))
    connect(pages="page", page_parameter="page")
    site.answers = [answer(row())]
    pull.pull_due()
    assert "more than 3 pages" in FeedRun.objects.get().message


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"pages": "page"}, "page_parameter"),
        ({"pages": "cursor", "page_parameter": "c"}, "cursor_path"),
        ({"pages": "cursor", "page_parameter": "c", "cursor_path": "a", "format": "csv"}, "pages"),
        ({"headers": {"Host": "x"}}, "headers"),
        ({"headers": {"X": "a\r\nCookie: b"}}, "headers"),
        ({"secret_header": "a b"}, "secret_header"),
        ({"url": "https://crm.example.org/{month}"}, "url"),
    ],
)
def test_what_cannot_work_is_refused_at_its_field(connect, fields, named):
    with pytest.raises(InvalidInput) as refused:
        connect(**fields)
    assert named in refused.value.errors


@pytest.mark.parametrize(
    ("paging", "page"),
    [
        (Paging("link"), Page(AT, 0, '<https://crm.example.org:port/kpi>; rel="next"', None, 3)),
        (Paging("cursor", "cursor", "length(next)"), Page(AT, 0, "", {"next": None}, 3)),
        (Paging("cursor", "cursor", "next"), Page(AT, 0, "", {"next": "x" * 70_000}, 3)),
        (Paging("cursor", "cursor", "[::0]"), Page(AT, 0, "", [1], 3)),
    ],
)
def test_a_next_page_that_cannot_be_told_is_a_fault_over_there(paging, page):
    with pytest.raises(Unreachable, match="next page"):
        paging.after(page)


@pytest.mark.parametrize(
    ("rows_path", "measure"), [("sort_by(data, &month)", "kpi"), ("[::0]", "kpi"), ("rows", "kpi > `1`")]
)
def test_a_path_that_does_not_fit_the_answer_is_said_so(rows_path, measure):
    with pytest.raises(InvalidInput, match="correct the path"):
        rows_from_json({"data": None, "rows": [{"kpi": "x"}]}, rows_path, {"measure": measure})
