"""The API keeps to its schema, whatever is sent: no failure of ours, and no answer that the schema does not describe.

In the suite one of everything and some more; `.ci/checks` makes 5,000 (SCHEMA_REQUESTS), by another seed each time
(SCHEMA_SEED), which it prints.
"""

import json
import os
from datetime import timedelta
from importlib.resources import files

import jsonschema
import pytest
from django.core.management import call_command
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from metrics import keys
from metrics.models import Source
from tests.contract.conversation import Conversation
from tests.factories.world import everything
from truthgov import clock
from truthgov.actor import Actor

REQUESTS = int(os.environ.get("SCHEMA_REQUESTS", "150"))
SEED = int(os.environ.get("SCHEMA_SEED", "1"))


@pytest.fixture
def world(own_database, settings, sponsor, truth_owner, sales_lead, delivery_lead, journey_owner, executive, auditor,
          administrator, outsider, sales, delivery, journey):  # fmt: skip
    settings.API_REQUESTS_A_MINUTE = 10**6
    people = {"sponsor": sponsor, "truth owner": truth_owner, "lead": sales_lead, "other lead": delivery_lead,
              "journey owner": journey_owner, "executive": executive, "auditor": auditor,
              "administrator": administrator, "outsider": outsider}  # fmt: skip
    made = everything(people, sales, delivery, journey)
    other, _ = keys.issue(
        "To be revoked", functions=[sales], sources=[Source.objects.get(code="crm")],
        expires_at=clock.now() + timedelta(days=1), by=Actor(person=administrator),
    )  # fmt: skip
    made.names["other_key"] = other.public_id
    return made


@pytest.mark.parametrize("seed", [SEED])
def test_every_answer_is_one_that_the_schema_describes(world, seed):
    conversation = Conversation(world, seed)
    conversation.hold(REQUESTS)
    assert conversation.asked == {operation.label for operation in conversation.operations}
    assert not conversation.faults, "\n\n".join(conversation.faults.values())
    assert conversation.answers[200]
    assert conversation.answers[401]


def test_whatever_can_be_read_is_read_by_somebody(world):
    """What only changes something is done in the tests of its room: by chance nobody does it soundly."""
    assert Conversation(world, SEED).unread() == set()


def test_it_describes_each_resource_without_a_doubt(tmp_path):
    """Two forms of one name would describe one another's resources, and are warned of."""
    written = tmp_path / "schema.json"
    call_command("spectacular", file=str(written), format="openapi-json", fail_on_warn=True)
    schema = json.loads(written.read_text())
    assert schema["openapi"] == "3.1.0"
    _validate(schema)
    with pytest.raises(jsonschema.ValidationError, match="'everywhere'} is not valid"):
        _validate(schema | {"paths": {"/sheets": {"get": {"parameters": [{"name": "id", "in": "everywhere"}]}}}})


def _validate(schema):
    """As `spectacular --validate` does, but for looking through all of OpenAPI again at each of its references."""
    form = json.loads(files("drf_spectacular.validation").joinpath("openapi_3_1_schema.json").read_text())
    looked_through = Registry().with_resource(form["$id"], DRAFT202012.create_resource(form)).crawl()
    jsonschema.validate(schema, form, registry=looked_through)
