"""What headers say of encodings ends no request before something answers it."""

from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.http import HttpResponse

from config.requests import Request
from config.wsgi import application

pytestmark = pytest.mark.django_db


def answer(method: str, path: str, content_type: str) -> HttpResponse:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "source=crm", "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": "2", "wsgi.input": BytesIO(b"{}"),
    }  # fmt: skip
    setup_testing_defaults(environ)
    return application.get_response(Request(environ))


@pytest.mark.parametrize("charset", ["charset=rot13", "charset=base64", "charset=undefined", "charset=utf-16",
                                     "charset=nonsense", "x*=nonsense''a", "x*=undefined''%41"])  # fmt: skip
def test_a_charset_that_encodes_no_text_ends_no_request(charset):
    assert application.request_class is Request
    pushed = answer("POST", "/api/v1/observation-batches", f"application/json; {charset}")
    assert (pushed.status_code, pushed["Content-Type"]) == (401, "application/problem+json")
    assert answer("GET", "/accounts/login/", f"text/plain; {charset}").status_code == 200


def test_an_address_is_read_as_utf_8_whatever_the_body_is_said_to_be_in():
    environ = {"QUERY_STRING": "source=%C3%BC", "CONTENT_TYPE": "text/csv; charset=utf-16"}
    setup_testing_defaults(environ)
    assert Request(environ).GET == {"source": ["ü"]}
