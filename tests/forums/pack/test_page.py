"""Whoever reads the audit takes the pack of a sealed meeting from the page of its minutes."""

from io import BytesIO
from zipfile import ZipFile

from django.urls import reverse

from tests.forums.pack.conftest import verified
from truthgov import checkpoints


def test_the_auditor_takes_a_pack_that_holds(as_person, auditor, sealed, tmp_path):
    page = as_person(auditor).get(reverse("forums:minutes", args=[sealed.pk]))
    address = reverse("forums:evidence_pack", args=[sealed.pk])
    assert address in page.text
    answer = as_person(auditor).get(address)
    assert answer["Content-Disposition"] == f'attachment; filename="evidence-pack-{sealed.pk}.zip"'
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as packed:
        packed.extractall(tmp_path / "taken")
    assert verified(tmp_path / "taken", key=checkpoints.public_key()).returncode == 0


def test_who_does_not_read_the_audits_data_takes_none(as_person, sealed, executive, outsider):
    for person, status in ((executive, 403), (outsider, 404)):
        reader = as_person(person)
        assert reader.get(reverse("forums:evidence_pack", args=[sealed.pk])).status_code == status, person
        assert "evidence-pack" not in reader.get(reverse("forums:minutes", args=[sealed.pk])).text, person


def test_a_meeting_that_still_sits_has_none(as_person, auditor, sitting):
    answer = as_person(auditor).get(reverse("forums:evidence_pack", args=[sitting.meeting_id]))
    assert answer.status_code == 409
    assert "Only a sealed meeting has an evidence pack" in answer.text
