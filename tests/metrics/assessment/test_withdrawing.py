"""What was found in a figure that is no longer known is taken back, also where nothing came in after it."""

from collections.abc import Callable

from metrics.assessment import assess
from metrics.detection.batch import Verdict
from metrics.figures.withdrawing import Unknown, make_unknown
from metrics.models import Judgement, Link, Reading, Signal
from tests.metrics.assessment.conftest import AUGUST, CLOCKWORK
from truthgov.periods import Grain, Period


def test_a_finding_falls_with_the_figure_that_it_was_made_in(go_bad: Callable[..., None], link: Link) -> None:
    go_bad(2, first="2026-07")
    assert Signal.objects.filter(withdrawal__isnull=True, period_start=AUGUST).exists()
    gone = Reading.objects.select_related("series__segment").filter(
        series__measure=link.to_measure, period_start__gte="2026-07-01"
    )
    cells = [
        Unknown(link.to_measure, each.series.segment, Period.containing(each.period_start, Grain.MONTH), "Lost.",
                each.series_id, each.observation_id)
        for each in gone
    ]  # fmt: skip
    make_unknown(cells, by=CLOCKWORK)
    assess()
    assert not Signal.objects.filter(withdrawal__isnull=True).exists()
    said = Judgement.objects.filter(kind="divergence", period_start=AUGUST)
    assert {verdict for each in said for verdict in each.cells["verdict"].tolist()} == {Verdict.MISSING}
