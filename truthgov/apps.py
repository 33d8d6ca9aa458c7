from django.apps import AppConfig


class TruthgovConfig(AppConfig):
    name = "truthgov"
    default_auto_field = "django.db.models.BigAutoField"
