"""The WSGI application that gunicorn serves, loaded before it forks: pages and API."""

import gc
import os

import django
from django.urls import get_resolver

from config.requests import Handler

gc.disable()  # while it loads, and loses nothing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django.setup(set_prefix=False)
application = Handler()
get_resolver().url_patterns  # noqa: B018 - every page is imported once, before gunicorn forks, and not at a first request

gc.enable()
gc.freeze()  # what has been loaded stays: nobody looks through it again, and the forks share it
