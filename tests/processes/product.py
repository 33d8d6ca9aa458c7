"""The product as it runs: its own web, worker and beat as processes, on a database that a test gives them."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from config.servers import process, product
from config.servers.account import ourselves
from tests.config.processes import ROOT, free_port


class Product:
    """Web, and live, worker and beat where they are asked for; stopped, last first, when left."""

    def __init__(self, environment: Mapping[str, str], logs: Path, *, is_live: bool = False) -> None:
        self.logs, self.port, self.live_port = logs, free_port(), free_port() if is_live else 0
        told = {"LIVE_ADDRESS": f"http://localhost:{self.live_port}"} if is_live else {}
        self.environment = {**environment, **told}
        self.running = ExitStack()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def __enter__(self) -> "Product":
        web = self._start("web", product.web(self.port))
        web.wait_until(lambda: product.serves(self.port))
        if self.live_port:
            self.live()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.running.close()

    def live(self) -> None:
        """Start what tells browsers that a meeting changed; whoever comes back finds it at the same port."""
        self.telling = self._start("live", product.live(self.live_port))
        self.telling.wait_until(lambda: product.serves(self.live_port))

    def work(self) -> None:
        """Start a worker and the clock as well."""
        self._start("worker", product.worker())
        self._start("beat", product.beat())

    def _start(self, name: str, command: list[str]) -> process.Child:
        log = self.logs / f"{name}.log"
        child = process.spawn(name, command, ourselves(), environment=self.environment, directory=ROOT, log=log)
        self.running.callback(child.stop)
        return child
