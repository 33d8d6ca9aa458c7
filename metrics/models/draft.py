import hashlib
import json
from typing import Any, Self

from django.db import models, transaction

from truthgov import clock
from truthgov.errors import Refusal
from truthgov.models import Person, Scope


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, person: Person, scope: Scope, code: str) -> Self:
        """A person's own draft of a scope's figures for a period, if there is one."""
        return self.filter(person=person, scope=scope, code=code)

    def alone(self, person: Person) -> None:
        """Whoever looks at a person's drafts to change them does so alone until commit."""
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)

    def keep(
        self, person: Person, scope: Scope, code: str, entries: dict[str, dict[str, str]], source: str = "",
        file: str = "",
    ) -> "Draft":  # fmt: skip
        """Replace what a person has drafted for a scope and period; `file` is the name of the one it came from."""
        given: dict[str, Any] = {"entries": entries, "source": source, "file": file, "kept_at": clock.now()}
        with transaction.atomic():
            self.alone(person)
            draft, _ = self.update_or_create(person=person, scope=scope, code=code, defaults=given)
        return draft

    def throw_away(self, person: Person, scope: Scope, code: str, *, seen: str) -> None:
        """What a person has drafted; `seen` is the digest of what they were shown, Refusal where it changed since."""
        with transaction.atomic():
            self.alone(person)
            draft = self.of(person, scope, code).first()
            if draft and draft.digest != seen:
                raise Refusal("You drafted more in another window meanwhile; look at it, then throw it away.")
            self.of(person, scope, code).delete()


class Draft(models.Model):
    """What somebody has typed for a scope and period and not handed in: theirs alone, and changing until then.

    `entries` holds texts as typed, by the key of their cell; `source` is the code of the source of those figures that
    have none of record.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=12, help_text="The period's short form.")
    entries = models.JSONField(default=dict)
    source = models.CharField(max_length=80, blank=True)
    file = models.CharField(max_length=200, blank=True, db_default="", help_text="Its name, where it came from one.")
    kept_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "scope", "code"], name="a_person_keeps_one_draft_of_a_sheet")
        ]

    def __str__(self) -> str:
        return f"{self.person}'s draft of {self.scope}, {self.code}"

    @property
    def digest(self) -> str:
        """Tells what is drafted from anything else that was or will be."""
        said = json.dumps([self.entries, self.source, self.file], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()
