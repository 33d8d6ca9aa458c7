import subprocess
import sys

from tests.config.processes import ROOT
from truthgov.deferred import Deferred

LOADED = """
import gc, sys
import config.wsgi, config.management.commands.load_demonstration
few = "openpyxl", "scipy.special", "sqlalchemy", "config.demo.loading"
print(sorted(name for name in few if name in sys.modules))
print(gc.isenabled(), gc.get_threshold()[0], gc.get_freeze_count() > 100_000)
"""


def test_a_deferred_module_is_the_module_itself():
    decimal = Deferred("decimal")

    assert decimal.Decimal is sys.modules["decimal"].Decimal
    assert not hasattr(decimal, "nothing_like_it")


def test_a_deferred_module_is_loaded_before_it_is_asked_for_where_that_is_wanted(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    Deferred("colorsys").import_now()

    assert "colorsys" in sys.modules


def test_what_few_processes_need_is_not_loaded_at_the_start_and_what_is_loaded_is_not_looked_through():
    told = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout == "[]\nTrue 50000 True\n"
