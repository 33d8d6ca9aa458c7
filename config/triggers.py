"""pgtrigger's app, as quick with hundreds of triggers as with ten."""

from typing import Any

from pgtrigger import registry
from pgtrigger.apps import PGTriggerConfig


class Registry(registry._Registry):
    """Keeps the names in use. Pgtrigger's own computes all of them anew for each trigger: a tenth of every start."""

    def __init__(self) -> None:
        self.functions: set[str] = set()
        self.triggers: dict[tuple[str, str], Any] = {}
        super().__init__()

    @property
    def pg_function_names(self) -> set[str]:
        return self.functions

    @property
    def by_db_table(self) -> dict[tuple[str, str], Any]:
        return self.triggers

    def __setitem__(self, uri: str, registered: Any) -> None:
        super().__setitem__(uri, registered)
        model, trigger = registered
        self.functions.add(trigger.get_pgid(model))
        self.triggers[model._meta.db_table, trigger.name] = trigger

    def __delitem__(self, uri: str) -> None:
        model, trigger = self[uri]
        super().__delitem__(uri)
        self.functions.discard(trigger.get_pgid(model))
        self.triggers.pop((model._meta.db_table, trigger.name), None)


class TriggersConfig(PGTriggerConfig):
    def ready(self) -> None:
        registry._registry = Registry()
        super().ready()
