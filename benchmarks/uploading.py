"""A large file through the browser's form, against the same rows by REST; and many programs that push at once."""

import csv
import http.client
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from statistics import mean
from time import monotonic, perf_counter, sleep

from celery import current_app
from django.conf import settings
from django.test import Client
from django.urls import reverse

from benchmarks import databases, processes, pushing
from benchmarks.contestants import CLOCKWORK
from benchmarks.declaring import APPROVER, FIRST_DAY, LONG_AGO, PROPOSER, Declared, declare
from benchmarks.expecting import expect
from benchmarks.organisation import Organisation, Size
from benchmarks.rows import FIRST_SOURCE, Batch, batches, months
from metrics import keys
from metrics.ingestion import Rows
from metrics.models import Observation, Upload
from truthgov import clock
from truthgov.models import Appointment, Person, Role

FULL = Size(functions=1, journeys=1, measures=107, segments=50, months=51, rules=0, two_sources=0)
"""One function with 80 KPIs: 200,000 figures in fifty months."""
TINY = Size(functions=1, journeys=1, measures=30, segments=10, months=26, rules=0, two_sources=0)
LEAD = "lena@bench.example"
COLUMNS = ("measure", "period", "segment", "value", "numerator", "denominator")
BOUNDARY, TOKEN = "a-line-that-no-row-holds", "t" * 32
PATIENCE = 300


@dataclass(frozen=True)
class Held:
    """Seconds of the same rows by file, and by REST, by how many batches at a time; and what the file's parser took of
    memory, in megabytes."""

    by_file: float
    by_rest: dict[int, float]
    peak: float


def held_against_rest(size: Size, before: date, name: str, senders: Sequence[int]) -> Held:
    """One function's figures by REST, sent by so many at a time each, and by file, right before and after.

    Each goes into an organisation that has none yet.
    """
    organisation = Organisation(size)
    rows = _of_the_function(organisation, before)
    bodies = [batch.as_json() for batch in _in_batches(rows, 10_000)]
    files = [_by_file(organisation, rows, before, name)]
    by_rest = {}
    for connections in senders:
        database = f"{name}_rest_{connections}"
        with databases.clone(database), processes.web(database) as (_, port):
            key = _key(declare(organisation), "one")
            by_rest[connections], counts = pushing.push(bodies, port, key, connections=connections)
            expect(counts["accepted"] == len(rows), f"{counts} of {len(rows)} rows")
    files.append(_by_file(organisation, rows, before, name))
    peak = max(upload.peak for _, upload in files)
    return Held(mean(seconds for seconds, _ in files), by_rest, peak / 1024 / 1024)


def _by_file(organisation: Organisation, rows: Rows, before: date, name: str) -> tuple[float, Upload]:
    """Seconds that the rows took as a file, and what became of it."""
    with databases.clone(f"{name}_file"):
        _appoint(declare(organisation))
        with processes.web(f"{name}_file") as (_, port), processes.worker(f"{name}_file"):
            wait_for_worker()
            by_file, upload = _sent(_as_csv(rows), months(1, before)[0].code, port)
        expect(Observation.objects.count() == len(rows), f"{upload.counts} of {len(rows)} rows: {upload.message}")
    return by_file, upload


def many_at_once(size: Size, before: date, name: str, programs: int, rows: int) -> list[float]:
    """Seconds that each of so many programs took to push so many rows, all at the same moment, each with its key."""
    organisation = Organisation(size)
    wanted = [batch for given in batches(organisation, before=before, which=slice(-1))
              for batch in _in_batches(given.rows, rows)][:programs]  # fmt: skip
    with databases.clone(name), processes.web(name) as (_, port):
        declared = declare(organisation)
        issued = [_key(declared, f"program {number}") for number in range(len(wanted))]
        taken = pushing.at_once([batch.as_json() for batch in wanted], port, issued)
        expect(Observation.objects.count() == sum(map(len, wanted)), f"{Observation.objects.count()} figures")
    return taken


def _of_the_function(organisation: Organisation, before: date) -> Rows:
    """All rows but those of the journey's outcomes, which a function's lead may not deliver."""
    kept = [row for batch in batches(organisation, before=before, which=slice(-1)) for row in _records(batch.rows)
            if row["measure"].startswith("kpi.")]  # fmt: skip
    return Rows.of(kept)


def _records(rows: Rows) -> Iterator[dict[str, str]]:
    for row in zip(*(getattr(rows, name) for name in COLUMNS), strict=True):
        yield dict(zip(COLUMNS, row, strict=True))


def _in_batches(rows: Rows, size: int) -> list[Batch]:
    records = list(_records(rows))
    return [Batch(FIRST_SOURCE, Rows.of(records[start : start + size])) for start in range(0, len(records), size)]


def _as_csv(rows: Rows) -> bytes:
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows(zip(*(getattr(rows, name) for name in COLUMNS), strict=True))
    return stream.getvalue().encode()


def _sent(content: bytes, code: str, port: int) -> tuple[float, Upload]:
    """Seconds from sending a file to its being stored, with the confirmation given at once."""
    lead = Person.objects.get(email=LEAD)
    client = Client()
    client.force_login(lead)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    address = reverse("metrics:file", args=[lead.appointments.get().scope_id, code])  # imports every page of ours
    started = perf_counter()
    _post(address, _form(content), port, session)
    upload = _waited_for(Upload.Status.READY)
    _post(reverse("metrics:upload_confirmation", args=[upload.pk]), _form(seen=upload.seen), port, session)
    stored = _waited_for(Upload.Status.DONE)
    return perf_counter() - started, stored


def wait_for_worker() -> None:
    """Until it listens: its start is no part of what is measured."""
    deadline = monotonic() + PATIENCE
    while not current_app.control.ping(timeout=1):
        expect(monotonic() < deadline, "no worker listens")


def _waited_for(status: str) -> Upload:
    deadline = monotonic() + PATIENCE
    while (upload := Upload.objects.latest("pk")).status != status:
        expect(upload.is_under_way and monotonic() < deadline, f"{upload.status}: {upload.message}")
        sleep(0.02)
    return upload


def _post(address: str, body: bytes, port: int, session: str) -> None:
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Host": "localhost",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}",
    }  # fmt: skip
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as line:
        line.request("POST", address, body, headers)
        answer = line.getresponse()
        text = answer.read()
    expect(answer.status == 302, f"{address}: {answer.status} {text[-3000:]!r}")


def _form(content: bytes = b"", **fields: str) -> bytes:
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode()
             for name, text in {"csrfmiddlewaretoken": TOKEN, **fields}.items()]  # fmt: skip
    if content:
        parts.append(b'Content-Disposition: form-data; name="file"; filename="years.csv"\r\n\r\n' + content)
    line = f"--{BOUNDARY}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def _appoint(declared: Declared) -> None:
    """Somebody who leads the function."""
    proposer, approver = (Person.objects.get(email=email) for email in (PROPOSER, APPROVER))
    Appointment.objects.create(
        person=Person.objects.create_user(LEAD, name="Lena"), role=Role.FUNCTION_LEAD,
        scope=declared.functions[0].scope, holds=(FIRST_DAY, None), status=Appointment.Status.CONFIRMED,
        proposed_by=proposer, confirmed_by=approver, confirmed_at=LONG_AGO,
    )  # fmt: skip


def _key(declared: Declared, name: str) -> str:
    _, text = keys.issue(
        name, functions=declared.functions, sources=declared.sources, expires_at=clock.now() + timedelta(days=1),
        by=CLOCKWORK,
    )  # fmt: skip
    return text
