"""What somebody says of the figures that they hand in, kept beside the ledger."""

from datetime import datetime

from django.db import connection

NOTE = """
    INSERT INTO metrics_figurenote (observation_id, text, person_id, noted_at)
    SELECT observation_id, reason, %s, %s FROM staging WHERE reason IS NOT NULL ORDER BY row
"""


def keep(person: int, at: datetime) -> int:
    """Keep, of what was appended in this transaction, what somebody says of each figure; answers of how many."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [person, at])
        return cursor.rowcount
