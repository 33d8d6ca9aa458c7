"""Requests as the server hands them over."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """A request whose address and forms are in UTF-8, whatever its body is said to be in.

    A charset that encodes no text (`rot13`) would end it before anything could answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # a parameter in an encoding that there is not, so that nobody can tell the media type
            meta["CONTENT_TYPE"], self.content_type, self.content_params = "", "", {}


class Handler(WSGIHandler):
    request_class = Request
