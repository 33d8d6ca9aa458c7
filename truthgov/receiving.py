"""Large files as they come in: on the pages that ask for it, taken to disk up to a limit, never to memory."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from truthgov.http import PersonRequest
from truthgov.spreadsheets import LARGE

P = ParamSpec("P")
View = Callable[Concatenate[PersonRequest, P], HttpResponse]


class OnDisk(TemporaryFileUploadHandler):
    """A file that is too large for memory; one beyond the limit is left out, as if none had been sent."""

    limit = LARGE.bytes

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.taken += len(raw_data)
        if self.taken > self.limit:
            self.file.close()
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None if self.taken > self.limit else super().file_complete(file_size)


def takes_large_files(view: View[P]) -> View[P]:
    """Let a page of somebody signed in take a large file. How files are taken has to be said before the form is read,
    and the form holds the token against forgery: it is checked here, and not by the middleware."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def receiving(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.upload_handlers = [MemoryFileUploadHandler(request), OnDisk(request)]
        return protected(request, *args, **kwargs)

    return receiving
