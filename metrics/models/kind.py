from django.db import models


class ContradictionKind(models.TextChoices):
    """What contradicts what: the ten kinds, each with a module of `metrics.detection` that finds it."""

    DIVERGENCE = "divergence"
    HANDOFF = "handoff"
    SOURCE_DISAGREEMENT = "source_disagreement", "source disagreement"
    OVERCOMMITMENT = "overcommitment"
    INCONSISTENCY = "inconsistency"
    MIX = "mix"
    GAMING = "gaming"
    DEFINITION_BREAK = "definition_break", "definition break"
    BROKEN_LINK = "broken_link", "broken link"
    INTEGRITY = "integrity"
