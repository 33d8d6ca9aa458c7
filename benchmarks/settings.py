"""The product's settings, with one more address to measure against: a plain hello."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
