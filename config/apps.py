"""The composing app: it binds Celery to Django and carries the commands that need every layer."""

from django.apps import AppConfig

from config.celery import app as celery_app


class CompositionConfig(AppConfig):
    """Importing `config.celery` here makes every process publish to our broker, not to Celery's default one."""

    name = "config"
    verbose_name = "composition"
    celery = celery_app
