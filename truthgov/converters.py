"""How parts of an address are read, where Django's own converters take too much."""

from django.urls.converters import StringConverter


class CodeConverter(StringConverter):
    """A record's code: anything but a slash, and no NUL, which PostgreSQL holds in no text. Otherwise no such page."""

    regex = "[^/\x00]+"
