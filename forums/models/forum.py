from datetime import date

from django.db import models
from django.db.models import Max, OuterRef, Subquery

from forums.charters.terms import Terms
from forums.models.charter import Charter
from truthgov import audit
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.lifecycle import only_once
from truthgov.models import Role, Scope


class ForumQuerySet(models.QuerySet["Forum"]):
    def found(self, *, code: str, name: str, kind: str, by: Actor) -> "Forum":
        """A new forum, without rules until its first charter is approved; founded by sponsor or truth owner."""
        by = acting_as(by, Role.SPONSOR, Role.TRUTH_OWNER)
        with audit.act():
            with only_once(f"There is a forum called {name} already; choose another name."):
                scope = Scope.objects.create(kind=Scope.Kind.FORUM, name=name)
                forum = self.create(scope=scope, code=code, name=name, kind=kind)
            audit.record("forum.founded", forum, by=by, name=name)
        return forum

    def with_charters(self, *, on: date) -> "list[tuple[Forum, Charter | None]]":
        """Each forum with its charter in force on a day; two queries."""
        latest = {charter.forum_id: charter for charter in Charter.objects.of_every_forum(on=on)}
        waiting = Charter.objects.awaiting_approval().filter(forum=OuterRef("pk")).order_by("-version")
        proposed = self.annotate(proposed_version=Subquery(waiting.values("version")[:1]))
        return [(forum, latest.get(forum.pk)) for forum in proposed]


class Forum(models.Model):
    """A standing body that decides; what it may decide stands in its charter."""

    class Kind(models.TextChoices):
        STEERING = "steering"
        PORTFOLIO = "portfolio", "journey portfolio"
        CHANGE = "change", "change readiness"

    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="forum")
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)

    objects = ForumQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def propose_charter(self, terms: Terms, *, by: Actor) -> Charter:
        """A new version of the rules, with its decision rights; it holds once somebody else approves it."""
        by = acting_as(by, Role.SPONSOR, Role.TRUTH_OWNER, Role.SECRETARY)
        with audit.act():
            Forum.objects.select_for_update(no_key=True).get(pk=self.pk)  # two proposals would take the same version
            latest = self.charters.aggregate(latest=Max("version"))["latest"] or 0
            charter = Charter.objects.written(self, terms, version=latest + 1, proposed_by=by.person)
            audit.record("charter.proposed", charter, by=by, version=charter.version)
        return charter
