"""A real HTTP server in a thread, for what calls others: it answers as it was told and remembers what it was asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, str] | tuple[int, str, dict[str, str]]


@dataclass
class Site:
    """`answers` are given one after the other, the last one for ever; each is a status, a body and further headers.

    `pause` is waited for before each answer; of a body only `sent` is sent, then the
    line is cut. Without `says_length` the answer ends with the connection, as an old server's does; `in_chunks` it
    comes as one chunk and the empty one that ends it.
    """

    url: str = ""
    port: int = 0
    answers: list[Answer] = field(default_factory=lambda: [(200, "[]")])
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    pause: threading.Event | None = None
    sent: int | None = None
    says_length: bool = True
    in_chunks: bool = False

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            if site.pause:
                site.pause.wait(30)
            status, text, *others = site.next_answer()
            body = text.encode()
            if site.in_chunks:
                self.protocol_version, self.close_connection = "HTTP/1.1", True
                body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
            self.send_response(status)
            for name, value in others[0].items() if others else ():
                self.send_header(name, value)
            if site.in_chunks:
                self.send_header("Transfer-Encoding", "chunked")
            elif site.says_length:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked may have given up, or died
                self.wfile.write(body[: site.sent])

        def log_message(self, *arguments: object) -> None:
            """Tests read answers, not logs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    site.port, site.url = server.server_port, f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
