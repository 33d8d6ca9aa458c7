"""Which form an answer has, where it has several."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request


class WhateverIsAccepted(DefaultContentNegotiation):
    """The form of the answer is asked for by a parameter, not by a header."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type
