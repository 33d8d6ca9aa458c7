import pytest
from django.db import IntegrityError, connection, transaction

from truthgov import audit
from truthgov.actor import Actor
from truthgov.models import AuditEntry, Scope

BY = Actor(clockwork="test")


def test_an_act_that_fails_leaves_no_entry_and_no_gap(db):
    with audit.act():
        audit.record("scope.named", Scope.objects.create(kind="organisation", name="A"), by=BY)
    with pytest.raises(IntegrityError), audit.act():
        name_a_second_organisation()
    with audit.act():
        audit.record("scope.named", Scope(pk=2), by=BY)
    assert list(AuditEntry.objects.values_list("number", flat=True)) == [2, 1]


def name_a_second_organisation() -> None:
    """Recorded first, refused by the database afterwards."""
    audit.record("scope.named", Scope(pk=1), by=BY)
    Scope.objects.create(kind="organisation", name="B")


def test_an_entry_cannot_be_changed_by_the_application_role(db):
    with audit.act():
        audit.record("scope.named", Scope(pk=1), by=BY)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE truthgov_auditentry SET code = 'x'")
