"""The WSGI application that gunicorn serves: pages and API."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# A push of figures allocates a hundred thousand small objects and frees them by count: collecting on the way, over the
# whole of Django each time, took a third of its time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
