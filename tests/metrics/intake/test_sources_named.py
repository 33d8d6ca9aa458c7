"""Which source a row means: by its code or its name, in one question to the database."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.models import Observation
from tests.factories.metrics import SourceFactory

PERIODS = ("2026-07", "2026-08", "2026-09", "2026-10")


def test_a_source_is_known_by_its_code_or_its_name_in_one_query_and_by_its_code_first(give):
    survey = SourceFactory(code="survey", name="Guest survey")
    desk = SourceFactory(code="guest-desk", name="survey")
    called = ("crm", "Guest survey", "guest-desk", "survey")
    with CaptureQueriesContext(connection) as queries:
        give(
            *({"period": period, "value": "0.2", "source": name} for period, name in zip(PERIODS, called, strict=True))
        )
    assert sum('FROM "metrics_source"' in query["sql"] for query in queries) == 1
    found = Observation.objects.order_by("period_start").values_list("series__source__code", flat=True)
    assert list(found) == ["crm", survey.code, desk.code, survey.code]
