"""How production names the page's assets: by content, compressed beforehand, cached for ever."""

from typing import ClassVar

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):
    """Only what a style sheet shows is followed: vendors' files also name source maps that they do not ship."""

    patterns: ClassVar = (("*.css", (r"""(?P<matched>url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\))""",)),)
