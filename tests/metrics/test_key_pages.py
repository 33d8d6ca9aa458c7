from tests.factories.metrics import SourceFactory
from truthgov.models import Key


def test_a_key_is_shown_once_and_revoked(as_person, administrator, sales):
    client = as_person(administrator)
    source = SourceFactory(code="crm")
    form = client.get("/keys/").context["form"]
    given = {"name": "Nightly push", "functions": [sales.pk], "sources": [source.pk],
             "expires_on": form.initial["expires_on"]}  # fmt: skip
    issued = client.post("/keys/", given)
    key = Key.objects.get()
    assert issued.status_code == 201
    assert f"tgv_live_{key.public_id}_" in issued.context["text"]
    assert issued.context["text"] not in client.get("/keys/").content.decode()
    assert client.post(f"/keys/{key.public_id}/revocation/").status_code == 302
    assert client.post(f"/keys/{key.public_id}/revocation/").status_code == 409


def test_only_administrators_issue_and_revoke_keys(as_person, truth_owner, administrator, sales):
    client = as_person(truth_owner)
    assert "No key yet" in client.get("/keys/").content.decode()
    assert client.post("/keys/", {"name": "x"}).status_code == 403
    assert client.post("/keys/unknown/revocation/").status_code == 404
