from django.db import models


class FeedStatus(models.TextChoices):
    """Whether a feed is asked for figures; its runs look at it, too."""

    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"
