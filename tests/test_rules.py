"""The page that says which tests hold the rules of governance names tests that there are."""

import ast
import re
from functools import cache

from tests.config.processes import ROOT

NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def test_every_test_that_holds_a_rule_is_there() -> None:
    named = NAMED.findall((ROOT / "docs/rules.md").read_text())
    assert len(named) > 30
    assert [f"{file}::{test}" for file, test in named if test not in _tests_of(file)] == []


@cache
def _tests_of(file: str) -> set[str]:
    path = ROOT / "tests" / file
    body = ast.parse(path.read_text()).body if path.exists() else []
    return {each.name for each in body if isinstance(each, ast.FunctionDef)}
