"""What guards the tables is registered once, by names that nothing else has."""

import pgtrigger
import pytest
from django.apps import apps
from pgtrigger import registry

from truthgov.models import Person

GUARD = pgtrigger.Protect(name="guard_of_a_test", operation=pgtrigger.Delete)


def test_every_trigger_of_a_model_is_registered() -> None:
    named = {trigger.get_pgid(model) for model in apps.get_models() for trigger in getattr(model._meta, "triggers", [])}
    assert len(named) > 200
    assert registry._registry.pg_function_names == named
    assert {trigger.get_pgid(model) for model, trigger in registry.registered()} == named


def test_a_name_is_given_once_and_is_free_again_when_its_trigger_is_gone() -> None:
    with GUARD.register(Person):
        with pytest.raises(KeyError, match="already used"):
            pgtrigger.Protect(name=GUARD.name, operation=pgtrigger.Update).register(Person)
        assert registry.registered(GUARD.get_uri(Person)) == [(Person, GUARD)]
    assert GUARD not in Person._meta.triggers
    with GUARD.register(Person):
        pass


def test_no_other_trigger_is_named_anew_for_the_sake_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    named = []
    get_pgid = pgtrigger.Trigger.get_pgid
    monkeypatch.setattr(pgtrigger.Trigger, "get_pgid", lambda self, model: named.append(self) or get_pgid(self, model))
    with GUARD.register(Person):
        assert set(named) == {GUARD}
