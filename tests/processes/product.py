"""The product as it runs: its own web, worker and beat as processes, on a database that a test gives them."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from config.servers import process, product
from config.servers.account import ourselves
from tests.config.processes import ROOT, free_port


class Product:
    """Web, and worker and beat where they are asked for; stopped, last first, when left."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self.environment, self.logs, self.port = environment, logs, free_port()
        self.running = ExitStack()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def __enter__(self) -> "Product":
        web = self._start("web", product.web(self.port))
        web.wait_until(lambda: product.serves(self.port))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.running.close()

    def work(self) -> None:
        """Start a worker and the clock as well."""
        self._start("worker", product.worker())
        self._start("beat", product.beat())

    def _start(self, name: str, command: list[str]) -> process.Child:
        log = self.logs / f"{name}.log"
        child = process.spawn(name, command, ourselves(), environment=self.environment, directory=ROOT, log=log)
        self.running.callback(child.stop)
        return child
