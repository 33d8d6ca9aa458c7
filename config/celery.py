"""Celery: the wake-up line. What must happen is a state in PostgreSQL; a task only says "look now"."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("truthgov")
app.conf.update(
    beat_schedule={  # in seconds
        "assess what was touched": {"task": "metrics.assess", "schedule": 30},
        "escalate late answers": {"task": "forums.escalate_late_answers", "schedule": 3600},
        "prepare meetings": {"task": "forums.prepare_meetings", "schedule": 3600},
        "checkpoint": {"task": "truthgov.checkpoint", "schedule": 900},
        "remind of figures": {"task": "metrics.remind", "schedule": 900},
        "pull feeds": {"task": "metrics.pull_feeds", "schedule": 60},
        "work on uploads": {"task": "metrics.work_on_uploads", "schedule": 30},
    }
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
