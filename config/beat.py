"""The clock of the product: it names tasks and knows no more of them, so it is up at once and small."""

import os
from logging.config import dictConfig

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("truthgov", fixups=[], set_as_current=False)  # the fix-up for Django would load the whole product
app.conf.update(
    beat_schedule={  # in seconds
        "assess what was touched": {"task": "metrics.assess", "schedule": 30},
        "escalate late answers": {"task": "forums.escalate_late_answers", "schedule": 3600},
        "prepare meetings": {"task": "forums.prepare_meetings", "schedule": 3600},
        "send invitations and packs": {"task": "forums.send_what_is_owed", "schedule": 120},
        "checkpoint": {"task": "truthgov.checkpoint", "schedule": 900},
        "forget sessions": {"task": "truthgov.forget_sessions", "schedule": 3600},
        "forget answers": {"task": "truthgov.forget_answers", "schedule": 3600},
        "send digests": {"task": "forums.send_digests", "schedule": 900},
        "remind of figures": {"task": "metrics.remind", "schedule": 900},
        "notice figures that stopped": {"task": "metrics.notice_stops", "schedule": 21600},
        "pull feeds": {"task": "metrics.pull_feeds", "schedule": 60},
        "work on uploads": {"task": "metrics.work_on_uploads", "schedule": 30},
    }
)
app.config_from_object("django.conf:settings", namespace="CELERY")
dictConfig(settings.LOGGING)
