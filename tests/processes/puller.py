"""A worker that pulls what is due, as a process of its own: it can be started twice, and killed."""

import sys

import django

django.setup()

from metrics.sources import pull  # noqa: E402 - Django first

print("ready", flush=True)  # noqa: T201 - to the test that waits for it
if "wait" in sys.argv:
    sys.stdin.readline()
print(pull.pull_due(), flush=True)  # noqa: T201
