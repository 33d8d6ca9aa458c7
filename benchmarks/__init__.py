"""Measurements of the product against its goals, each a ratio within one run: `make bench`.

They run as programs around throw-away servers, which give the addresses; whatever else the settings ask for is made up.
"""

import os
import secrets

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("TRUTHGOV_MODE", "development")
os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
os.environ.setdefault("LOG_LEVEL", "WARNING")
if not apps.ready:
    django.setup()
