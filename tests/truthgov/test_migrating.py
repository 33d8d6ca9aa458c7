"""Migrations render of the models what they change; what runs Python sees them all as they are."""

from django.db import migrations, models
from django.db.migrations.state import ProjectState

from truthgov.migrating import rendering_what_changes


def forwards(state, operation):
    operation.state_forwards("rooms", state)


def begun():
    """Two models that know nothing of each other, rendered."""
    state = ProjectState()
    for name in ("Forum", "Meeting"):
        forwards(state, migrations.CreateModel(name, [("id", models.AutoField(primary_key=True))]))
    assert state.apps
    return state


def add_relation(state):
    forwards(state, migrations.AddField("Meeting", "forum", models.ForeignKey("rooms.Forum", models.CASCADE)))


def test_a_new_field_leaves_the_model_that_it_points_to_as_it_was_rendered():
    state = begun()
    forum = state.apps.get_model("rooms", "Forum")
    with rendering_what_changes():
        add_relation(state)
    assert state.apps.get_model("rooms", "Forum") is forum
    assert state.apps.get_model("rooms", "Meeting")._meta.get_field("forum").related_model is forum


def test_what_runs_python_sees_both_ends_of_a_relation():
    state = begun()
    with rendering_what_changes():
        add_relation(state)
    state.clear_delayed_apps_cache()  # as RunPython does first
    forum, meeting = (state.apps.get_model("rooms", name) for name in ("Forum", "Meeting"))
    assert [each.related_model for each in forum._meta.related_objects] == [meeting]


def test_afterwards_everything_is_rendered_as_django_does():
    before = ProjectState.add_field, ProjectState.add_model, ProjectState.reload_model
    with rendering_what_changes():
        assert ProjectState.add_field is not before[0]
    assert (ProjectState.add_field, ProjectState.add_model, ProjectState.reload_model) == before
