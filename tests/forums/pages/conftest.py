import pytest

from tests.showcase import Showcase, showcase


@pytest.fixture
def shown(db: None) -> Showcase:
    """The hotel with its figures and its contradictions."""
    return showcase()
