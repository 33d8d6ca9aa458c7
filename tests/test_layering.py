"""The walls of the house: imports and foreign keys run rightwards only, and a few habits hold everywhere."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

pytestmark = pytest.mark.xdist_group("layering")  # one worker reads the modules
ROOT = Path(__file__).parent.parent
ROOMS = ("config", "forums", "metrics", "journeys", "truthgov")
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
FORBIDDEN_NAMES = {"services", "utils", "helpers", "common", "managers"}
BROAD = {"Exception", "BaseException"}
PRUNED = {"migrations", "__pycache__"}


def modules() -> list[Path]:
    paths = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted(path for path in paths if not PRUNED & set(path.parts))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported_rooms(node: ast.AST) -> Iterator[str]:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names.append(node.module)
    yield from (name.partition(".")[0] for name in names if name.partition(".")[0] in ROOMS)


@cache
def nodes(path: Path) -> dict[type[ast.AST], list[Any]]:
    """All of a module by their kind: a module is read and walked once for all its rules."""
    found: dict[type[ast.AST], list[Any]] = defaultdict(list)
    for node in ast.walk(ast.parse(path.read_text())):
        found[type(node)].append(node)
    return found


def imports(path: Path) -> list[ast.Import | ast.ImportFrom]:
    return nodes(path)[ast.Import] + nodes(path)[ast.ImportFrom]


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return nodes(path)[ast.FunctionDef] + nodes(path)[ast.AsyncFunctionDef]


def offending(found: Callable[[Path], list[Any]]) -> dict[str, list[Any]]:
    """What breaks a rule, by module."""
    return {named(path): broken for path in modules() if (broken := found(path))}


def test_imports_run_rightwards_only():
    def upward(path: Path) -> list[str]:
        place = ROOMS.index(path.relative_to(ROOT).parts[0])
        return [target for node in imports(path) for target in imported_rooms(node)
                if ROOMS.index(target) < place]  # fmt: skip

    assert not offending(upward)


def test_nothing_is_imported_inside_a_function():
    assert not offending(
        lambda path: [
            node.lineno for function in functions(path) for node in imports(path)
            if function.lineno <= node.lineno <= (function.end_lineno or 0)
        ]
    )  # fmt: skip


def test_nothing_hangs_on_a_signal():
    signals = ("django.dispatch", "django.db.models.signals")
    assert not offending(
        lambda path: [
            node.lineno for node in nodes(path)[ast.ImportFrom] if (node.module or "").startswith(signals)
        ]
    )  # fmt: skip


def test_no_save_has_effects_of_its_own():
    assert not offending(lambda path: [function.lineno for function in functions(path) if function.name == "save"])


def test_no_exception_is_swallowed_whole():
    """A broad `except` may tidy up and raise again; it may not end there."""
    assert not offending(
        lambda path: [
            node.lineno for node in nodes(path)[ast.ExceptHandler]
            if (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in BROAD))
            and not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
        ]
    )  # fmt: skip


def test_files_stay_short():
    long = {named(path): lines for path in modules() if (lines := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert not long


def test_functions_stay_short():
    assert not offending(
        lambda path: [
            function.name for function in functions(path)
            if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
        ]
    )  # fmt: skip


def test_no_module_is_a_drawer_for_everything():
    assert not [named(path) for path in modules() if path.stem in FORBIDDEN_NAMES]


def test_a_status_is_moved_by_its_verb():
    """`record.status = …` outside `advance` would skip the compare-and-swap."""
    assert not offending(
        lambda path: [
            node.lineno for node in nodes(path)[ast.Assign]
            for target in node.targets for part in ast.walk(target)
            if isinstance(part, ast.Attribute) and part.attr == "status" and isinstance(part.ctx, ast.Store)
        ]
    )  # fmt: skip


def test_who_is_locked_may_still_be_named():
    """Whoever refers to a row asks for it at commit, holding the audit's chain: a lock against that is a deadlock."""
    assert not offending(
        lambda path: [
            node.lineno for node in nodes(path)[ast.Call]
            if isinstance(node.func, ast.Attribute) and node.func.attr == "select_for_update"
            and "no_key" not in {keyword.arg for keyword in node.keywords}
        ]
    )  # fmt: skip


def test_no_foreign_key_points_left():
    order = {room: place for place, room in enumerate(ROOMS)}
    leftward = [
        f"{field.model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True) if model._meta.app_label in order
        for field in model._meta.get_fields() if field.concrete and field.is_relation and field.related_model
        if order.get(field.related_model._meta.app_label, len(ROOMS)) < order[model._meta.app_label]
    ]  # fmt: skip
    assert not leftward


def test_no_migration_is_missing(db):
    output = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=output)
    except SystemExit:
        pytest.fail(output.getvalue())


def test_no_template_holds_a_script_or_a_style():
    held = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=")
    assert not [named(path) for path in (ROOT / "templates").rglob("*.html") if held.search(path.read_text())]


def test_a_fragment_is_named_as_one():
    """A template without a base is included by others; its name says so."""
    pages = [path for path in (ROOT / "templates").rglob("*.html")
             if path.parts[-2] in ROOMS or path.parts[-3] in ROOMS]  # fmt: skip
    unnamed = [named(path) for path in pages if not path.name.startswith("_") and "{% extends" not in path.read_text()]
    assert not unnamed
