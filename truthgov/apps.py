from django.apps import AppConfig
from django.urls import register_converter

from truthgov.converters import CodeConverter


class TruthgovConfig(AppConfig):
    name = "truthgov"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_converter(CodeConverter, "code")
