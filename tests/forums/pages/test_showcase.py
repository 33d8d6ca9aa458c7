from metrics.models import Contradiction, Reading


def test_the_showcase_stands(shown):
    assert Contradiction.objects.count() == 7
    assert Reading.objects.count() > 1000
