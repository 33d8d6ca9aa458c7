"""Migrations that render of the models no more than they change.

Django renders a model anew with all that stand in relation to it, which is nearly everything: two thirds of what a new
database takes. A trigger, a constraint or an index changes no field; a new field or model changes no other model. What
runs Python is given everything rendered anew, as Django does wherever it has put something off.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

Act = Callable[..., None]


@contextmanager
def rendering_what_changes() -> Iterator[None]:
    """While it lasts, migrations of this process render so."""
    changing: list[tuple[type, str, Act]] = [
        (AddTrigger, "state_forwards", _tell_rendered), (RemoveTrigger, "state_forwards", _tell_rendered),
        (ProjectState, "_append_option", _tell_rendered), (ProjectState, "_remove_option", _tell_rendered),
        (ProjectState, "add_model", _render_alone), (ProjectState, "add_field", _render_alone),
        (ProjectState, "remove_field", _render_alone),
    ]  # fmt: skip
    with ExitStack() as replaced:
        for owner, name, reload in changing:
            replaced.enter_context(_replaced(owner, name, _reloading_by(reload, getattr(owner, name))))
        yield


@contextmanager
def _replaced(owner: type, name: str, act: Act) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, act)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _reloading_by(reload: Act, act: Act) -> Act:
    def acted(*arguments: Any) -> None:
        with _replaced(ProjectState, "reload_model", reload):
            act(*arguments)

    return acted


def _tell_rendered(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in vars(state):  # rendered before
        told, options = state.apps.get_model(app_label, model_name)._meta, state.models[app_label, model_name.lower()]
        told.indexes, told.constraints = options.options["indexes"], options.options["constraints"]


def _render_alone(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in vars(state):
        state.is_delayed = True
        state._reload({(app_label, model_name)})
