"""A worker that takes up the large files that wait, as a process of its own: it can be killed."""

import django

django.setup()

from metrics.uploads import working  # noqa: E402 - Django first

print("ready", flush=True)  # noqa: T201 - to the test that waits for it


print(working.work(), flush=True)  # noqa: T201
