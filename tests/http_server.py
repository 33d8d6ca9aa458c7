"""A real HTTP server in a thread, for what calls others: it answers as it was told and remembers what it was asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """`answers` are given one after the other, the last one for ever; each is a status and a body."""

    url: str = ""
    port: int = 0
    answers: list[tuple[int, str]] = field(default_factory=lambda: [(200, "[]")])
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def next_answer(self) -> tuple[int, str]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            status, body = site.next_answer()
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments: object) -> None:
            """Tests read answers, not logs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    site.port, site.url = server.server_port, f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
