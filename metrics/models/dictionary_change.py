import pgtrigger
from django.db import models

from truthgov.models import Fact

CHANGES_THE_DICTIONARY = pgtrigger.Trigger(
    name="a_change_of_the_dictionary_is_noted",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.After,
    func="""
        INSERT INTO metrics_dictionarychange (transaction) VALUES (pg_current_xact_id()::text::bigint)
        ON CONFLICT DO NOTHING;
        RETURN NULL;
    """,
)
"""Of every table that says what is judged, and how."""


class DictionaryChange(Fact):
    """A transaction in which something changed of what is judged, or how; written by the database itself.

    Whoever keeps what they have read of it see by these whether that still holds. Nobody waits for anybody: each
    transaction has a row of its own, which comes with its commit.
    """

    transaction = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"transaction {self.transaction}"
