"""Modules of others that are imported when something of them is first asked for.

A process pays for what it imports each time it starts. SQLAlchemy, scipy and openpyxl took a quarter of that, and most
processes never pull a database, compute a chance or write a workbook.
"""

from importlib import import_module
from types import ModuleType
from typing import Any


class Deferred(ModuleType):
    """Stands for the module of its name. Unlike importlib's LazyLoader it may be met by several threads at once."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self.__name__), name)
        setattr(self, name, found)  # the next one who asks need not come here
        return found

    def import_now(self) -> None:
        """Import it now: what is about to be forked imports it for all its forks."""
        import_module(self.__name__)
