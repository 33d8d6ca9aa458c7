import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, Any, Self

from django.db import connection, models, transaction
from django.db.models import F, Q
from django.urls import reverse

from metrics import wake
from metrics.models.submission import Submission
from truthgov import audit, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import Refusal
from truthgov.intake import base_name
from truthgov.lifecycle import advance, only_once
from truthgov.models import Appointment, Person, Scope

ATTEMPTS = 3
KEPT = timedelta(days=7)
"""How long a file that was read waits for its confirmation."""
PART = 1024 * 1024
QUICKLY = 1
"""How hard parts are packed: what is not sent to the database and written to its log is worth that much."""
LOCK = 20_261_122
"""The kind of advisory lock under which an upload is worked on."""
WAITS = "A file of yours is being read, or waits for you; confirm or cancel it first."
CHANGED = "What is on record changed since you looked; look at the counts again."
NOTHING_NEW = "Nothing in the file differs from what is on record."


class UploadQuerySet(models.QuerySet["Upload"]):
    def receive(
        self, file: IO[bytes], *, name: str, size: int, scope: Scope, code: str, source: str, by: Appointed
    ) -> "Upload":
        """Keep a file that is to be read by a worker; `source` is the code of where figures come from that name none.

        A Refusal where another of the same person is under way.
        """
        with audit.act():
            with only_once(WAITS):
                upload = self.create(
                    person=by.person, appointment=by.appointment, scope=scope, code=code, source=source,
                    filename=base_name(name)[:200] or "figures", size=size, received_at=clock.now(),
                )  # fmt: skip
            for number, content in enumerate(iter(lambda: file.read(PART), b"")):
                upload.parts.create(number=number, content=zlib.compress(content, QUICKLY))
            audit.record("upload.received", upload, by=by, name=upload.filename, size=size)
            transaction.on_commit(wake.uploads)
        return upload

    def under_way(self) -> Self:
        """Those that a worker has to do with."""
        return self.filter(status__in=(Upload.Status.WAITING, Upload.Status.PARSING, Upload.Status.STORING))

    def abandoned(self, *, at: datetime) -> Self:
        """Read, and not confirmed for a week."""
        return self.filter(status=Upload.Status.READY, received_at__lt=at - KEPT)


class Upload(models.Model):
    """A large file of figures on its way: kept here while a worker reads it, then stored whole, or not at all.

    The file lies in parts (`UploadPart`) until it is read, its rows in batches (`StagedRows`) until they are stored;
    what it would restate, and what of it is refused, is told row by row (`RestatedRow`, `RefusedRow`).
    `appointment` is the one under which its sender delivers. `peak` is what its parser took of memory, in bytes.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        PARSING = "parsing", "being read"
        READY = "ready", "ready to be confirmed"
        REFUSED = "refused"
        STORING = "storing", "being stored"
        DONE = "done", "stored"
        CANCELLED = "cancelled"

    UNFINISHED = (Status.WAITING, Status.PARSING, Status.READY, Status.STORING)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, help_text="The short form of the period on whose sheet it was sent.")
    source = models.CharField(max_length=80, blank=True)
    filename = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    read_as = models.CharField(max_length=200, blank=True, help_text="How the file was understood, in words.")
    bytes_read = models.PositiveBigIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    peak = models.PositiveBigIntegerField(default=0)
    looked = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How often it was compared with what is on record."
    )
    new = models.PositiveIntegerField(default=0)
    restated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True, help_text="What is said to its sender.")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="+")

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "file"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(status__in=["waiting", "parsing", "ready", "storing"]),
                name="a_person_has_one_file_under_way",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("metrics:upload", args=[self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.PARSING, self.Status.STORING)

    @property
    def is_unfinished(self) -> bool:
        return self.status in self.UNFINISHED

    @property
    def changes(self) -> int:
        """How many figures would be stored."""
        return self.new + self.restated

    @property
    def counts(self) -> dict[str, int]:
        """By standing, how many rows there are; those that there are none of are left out."""
        counted = {name: getattr(self, name) for name in ("new", "restated", "unchanged", "refused")}
        return {name: count for name, count in counted.items() if count}

    @property
    def without_figure(self) -> int:
        """How many of the rows that were read are left alone, since they give no figure."""
        return max(self.rows_read - self.new - self.restated - self.unchanged - self.refused, 0)

    @property
    def seen(self) -> str:
        """What somebody who looks at it has seen."""
        return f"{self.looked}-{self.new}-{self.restated}-{self.unchanged}"

    @property
    def by(self) -> Appointed:
        """Whose figures they are."""
        return Appointed(person=self.person, appointment=self.appointment)

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Whether the caller alone works on it meanwhile. The lock goes with its connection: a worker that is killed
        holds nothing."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, self.pk])
            mine = cursor.fetchone()[0]
        try:
            yield mine
        finally:
            if mine:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, self.pk])

    def begin(self) -> None:
        """A worker takes it up, for the first time or after another one died; a Refusal where several have."""
        if self.status == self.Status.WAITING:
            advance(self, self.Status.WAITING, self.Status.PARSING)
        Upload.objects.filter(pk=self.pk).update(attempts=F("attempts") + 1)
        self.refresh_from_db()
        if self.attempts > ATTEMPTS:
            raise Refusal(f"The processes that read it did not survive it, {ATTEMPTS} times; send it in parts.")

    def note(self, **read: Any) -> None:
        """How far it was read; a Refusal where it was cancelled meanwhile. It stays locked until commit."""
        advance(self, self.Status.PARSING, self.Status.PARSING, **read)

    def hold(self) -> None:
        """Nobody changes it until commit; a Refusal where it was cancelled meanwhile."""
        advance(self, self.Status.PARSING, self.Status.PARSING)

    def present(self, **counts: Any) -> None:
        """It is read and compared with what is on record: its sender confirms, unless a row is refused."""
        refused = counts["refused"]
        with transaction.atomic():
            target = self.Status.REFUSED if refused else self.Status.READY
            ended = {"ended_at": clock.now()} if refused else {"attempts": 0}
            advance(self, self.Status.PARSING, target, looked=F("looked") + 1, **counts, **ended)
            if refused:
                self._let_go()

    def confirm(self, *, seen: str, by: Appointed) -> None:
        """Store what was shown; a worker does.

        Refusal where it is no longer what was `seen`, where nothing in it would change, and where it
        does not wait for a confirmation (any more).
        """
        with audit.act():
            self.refresh_from_db(from_queryset=Upload.objects.select_for_update(no_key=True))
            if seen != self.seen:
                raise Refusal(CHANGED)
            if not self.changes:
                raise Refusal(NOTHING_NEW)
            advance(self, self.Status.READY, self.Status.STORING, appointment=by.appointment, message="")
            audit.record("upload.confirmed", self, by=by, counts=self.counts)
            transaction.on_commit(wake.uploads)

    def finish(self, submission: Submission | None) -> None:
        """Its figures are stored, in this very transaction; a Refusal where it was cancelled meanwhile."""
        advance(self, self.Status.STORING, self.Status.DONE, submission=submission, ended_at=clock.now())
        self._let_go()

    def look_again(self) -> None:
        """What is on record changed since its sender looked: compare again."""
        advance(self, self.Status.STORING, self.Status.PARSING, message=CHANGED)

    def refuse(self, why: str) -> None:
        """It cannot be read, or its sender may not deliver any more."""
        with transaction.atomic():
            advance(self, self.status, self.Status.REFUSED, message=why, ended_at=clock.now())
            self._let_go()

    def cancel(self, *, by: Actor) -> None:
        """Do without it, whatever it is at; nothing of it is stored. A Refusal where that is done already."""
        with audit.act():
            if not self.is_unfinished:
                raise Refusal(f"This file is {self.get_status_display()}; there is nothing left to cancel.")
            advance(self, self.status, self.Status.CANCELLED, ended_at=clock.now())
            self._let_go()
            audit.record("upload.cancelled", self, by=by)

    def _let_go(self) -> None:
        self.parts.all().delete()
        self.staged.all().delete()
        if self.status != self.Status.REFUSED:  # then its sender still wants to know, and nothing else tells
            self.restated_rows.all().delete()
