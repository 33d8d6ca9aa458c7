"""The WSGI application that gunicorn serves, loaded before it forks: pages and API."""

import gc
import os

import django
from django.urls import get_resolver

from config.requests import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django.setup(set_prefix=False)
application = Handler()
get_resolver().url_patterns  # noqa: B018 - every page is imported once, before gunicorn forks, and not at a first request

# A push of figures allocates a hundred thousand small objects and frees them by count: collecting on the way, over the
# whole of Django each time, took a third of its time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
