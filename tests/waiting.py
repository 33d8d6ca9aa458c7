"""Who waits for a lock in the database of a test: workers share a server, and at any moment others wait there too."""

from django.db import connection

# A row's lock names a transaction and no database: where its waiter is, its other locks say. Asked of `pg_locks`, for
# `pg_stat_activity` stands still within a transaction.
WAITERS = """
    SELECT pid FROM pg_locks GROUP BY pid HAVING bool_or(NOT granted)
    AND bool_or(database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


def waiters() -> list[int]:
    """The process numbers of the sessions that wait for another one's lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute(WAITERS)
        return [pid for (pid,) in cursor.fetchall()]
