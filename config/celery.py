"""Celery: the wake-up line. What must happen is a state in PostgreSQL; a task only says "look now"."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # `manage.py provision` made them, before any worker starts

app = Celery("truthgov")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
