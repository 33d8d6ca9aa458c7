"""Rows of which the audit tells keep their digest whatever a later version adds to their tables."""

from collections.abc import Iterator

from django.apps import apps
from django.db.migrations import AddField, RemoveField, RenameField
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from truthgov.models.base import Accounted, Fact, Recorded

TOLD_SINCE = {"truthgov": "0007", "journeys": "0002", "metrics": "0046", "forums": "0042"}

TOLD_OTHERWISE = {
    "AuditEntry", "Observation", "Submission",  # by the chain, and by what `verify_figures` holds against it
    "Vote", "Tally",  # by their entries; the owner's own functions count
    "PositionFile", "ProofFile",  # by what the fact that rests on them states
    "DictionaryChange", "FigureNote", "RefusedFigure",  # written past the models; no decision leans on them
    "Invitation", "PackSending", "Reminder", "Told", "Uninviting",  # that something was sent, outside of any act
}  # fmt: skip


def later_operations() -> Iterator[tuple[str, Operation]]:
    """What migrations do that came after entries told of rows."""
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if app in TOLD_SINCE and name[:4] > TOLD_SINCE[app]:
            yield from ((app, operation) for operation in migration.operations)


def test_no_column_is_taken_away_and_a_new_one_may_be_empty() -> None:
    """Else every row from before would be told to be another: it has to be `off_record`, or told anew by an act."""
    told = {(model._meta.app_label, model._meta.model_name): model for model in apps.get_models()
            if issubclass(model, Recorded | Accounted)}  # fmt: skip
    for app, operation in later_operations():
        if isinstance(operation, AddField | RemoveField | RenameField) and (app, operation.model_name_lower) in told:
            model = told[app, operation.model_name_lower]
            assert isinstance(operation, AddField), (app, operation)
            assert operation.field.null or operation.name in getattr(model, "off_record", ()), (app, operation)


def test_every_fact_is_told_of_or_said_not_to_be() -> None:
    assert {model.__name__ for model in apps.get_models() if issubclass(model, Fact)} - TOLD_OTHERWISE == {
        model.__name__ for model in apps.get_models() if issubclass(model, Recorded)
    }
