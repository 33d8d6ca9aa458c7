"""A real server on a port of its own, before another that only listens on a unix socket: what goes in comes out."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Line:
    """`port` is where it listens; while `frozen`, nothing that the server says comes through.

    `address` is how a feed names what stands behind it.
    """

    port: int
    address: str = ""
    flowing: threading.Event = field(default_factory=threading.Event)

    def freeze(self) -> None:
        self.flowing.clear()


@contextmanager
def before(path: str) -> Iterator[Line]:
    """A port of 127.0.0.1 that leads to the unix socket at `path`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = Line(listening.getsockname()[1])
        line.flowing.set()
        threading.Thread(target=_accept, args=(listening, path, line), daemon=True).start()
        try:
            yield line
        finally:
            line.flowing.set()


def _accept(listening: socket.socket, path: str, line: Line) -> None:
    with suppress(OSError):  # it is closed when the test is over
        while True:
            caller, _ = listening.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(path)
            threading.Thread(target=_pour, args=(caller, server, None), daemon=True).start()
            threading.Thread(target=_pour, args=(server, caller, line.flowing), daemon=True).start()


def _pour(source: socket.socket, target: socket.socket, flowing: threading.Event | None) -> None:
    with suppress(OSError):
        while said := source.recv(65_536):
            if flowing:
                flowing.wait(30)
            target.sendall(said)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
