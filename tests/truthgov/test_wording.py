"""Every code that the product records has its wording, and every wording its code."""

import ast
import re

import pytest

from forums.models import Amendment
from forums.models.ending import ENDED
from metrics.models import ContradictionEvent
from tests.test_layering import modules, named, nodes
from truthgov import wording

pytestmark = pytest.mark.xdist_group("layering")  # the worker that has read the modules
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
ANSWERED = set(Amendment.Status.values) - {Amendment.Status.PROPOSED}
COMPOSED = {
    *(f"contradiction.{code}" for code in ContradictionEvent.Code.values),
    *(f"amendment.{status}" for status in ANSWERED),
    *(f"charter.{ending}" for ending in ENDED),
}
"""Codes put together: of a case's events by the case itself, of what became of an amendment or a charter by these."""


def recorded() -> dict[str, str]:
    """Each code handed to `audit.record` anywhere, with a file that does; only texts that stand there in full."""
    return {
        code.value: named(path)
        for path in modules()
        for call in nodes(path)[ast.Call] if _records(call) and call.args
        for code in ast.walk(call.args[0]) if isinstance(code, ast.Constant) and isinstance(code.value, str)
        if CODE.fullmatch(code.value)
    }  # fmt: skip


def _records(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and (function.value.id, function.attr) == ("audit", "record")
    )


def mentioned() -> set[str]:
    """Every text in the code, wherever it stands: a code may reach `record` through a variable."""
    return {
        node.value for path in modules() if path.name != "wording.py"
        for node in nodes(path)[ast.Constant] if isinstance(node.value, str)
    }  # fmt: skip


def test_every_recorded_code_has_its_wording():
    missing = {code: path for code, path in recorded().items() if code not in wording.PHRASES}
    assert not missing
    assert set(wording.PHRASES) >= COMPOSED


def test_every_wording_has_its_code():
    assert set(wording.PHRASES) <= mentioned() | COMPOSED


def test_a_code_names_its_subject_and_what_became_of_it():
    assert all(CODE.fullmatch(code) for code in wording.PHRASES)


def test_a_code_of_an_older_version_is_shown_as_it_is():
    assert wording.phrase("thing.renamed_long_ago") == "thing.renamed_long_ago"
