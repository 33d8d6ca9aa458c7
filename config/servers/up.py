"""`make up`: the servers and the product's processes on this machine, in order, until Ctrl-C."""

import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.servers import places, process, product
from config.servers.account import Account, CannotStart, ourselves, service_account
from config.servers.process import Child
from config.servers.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
GLANCE_SECONDS = 0.3


def up() -> int:
    """Run everything until told to stop; the exit status. Raises CannotStart with one line to act on."""
    supervisor = Supervisor(Path(os.environ.get("TRUTHGOV_HOME") or ROOT / ".run"), wanted_port())
    supervisor.claim()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        supervisor.start()
        return supervisor.watch()
    except KeyboardInterrupt:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):  # an impatient second Ctrl-C must not leave half of it running
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()


@dataclass
class Supervisor:
    """What runs, in the order it was started; it is stopped in reverse."""

    wanted_home: Path
    port: int
    live_port: int = field(default_factory=places.free_port)
    children: list[Child] = field(default_factory=list)
    stack: Stack | None = None

    def claim(self) -> None:
        """Be the only one on this data home and this port. Raises CannotStart, before anything was started."""
        self.given = given_addresses()
        if self.given:
            self.home = places.data_home(self.wanted_home, service_account())
            self.lock = places.lock(self.home)
        else:
            self.stack = Stack(self.wanted_home)
            self.home = self.stack.home
            self.stack.claim()
        demand_free(self.port)

    def start(self) -> None:
        """Servers, database, processes; each with a line of progress."""
        addresses = self.given
        if self.stack:
            with progress("Servers"):
                addresses = self.stack.start()
        self.account = product_account()
        self.environment = self._environment(addresses)
        self.logs = self.home / "log"
        self.logs.mkdir(exist_ok=True)
        self._prepare()
        with progress("Web, live, worker and beat"):
            self._launch("worker", product.worker())
            self._launch("beat", product.beat())
            self._launch("live", product.live(self.live_port))
            self._launch("web", product.web(self.port))
            self.children[-1].wait_until(lambda: product.serves(self.port))
            self.children[-2].wait_until(lambda: product.serves(self.live_port))
        print(f"\ntruthgov is ready: http://localhost:{self.port}/", flush=True)
        print(f"Data in {self.home}, logs in {self.logs}. Ctrl-C stops everything.", flush=True)

    def watch(self) -> int:
        """Wait for the first process that ends by itself; that is a failure, whatever it says."""
        while True:
            for child in (*self.children, *(self.stack.children if self.stack else ())):
                if child.process.poll() is not None:
                    print(f"{child.name} ended by itself: see {child.log}", file=sys.stderr, flush=True)
                    return 1
            time.sleep(GLANCE_SECONDS)

    def stop(self) -> None:
        """Web first, so that nobody is answered by half a product; the servers last."""
        while self.children:
            child = self.children.pop()
            with progress(f"Stopping {child.name}"):
                child.stop()
        if self.stack:
            with progress("Stopping servers"):
                self.stack.stop()

    def _environment(self, addresses: dict[str, str]) -> dict[str, str]:
        checkpoints = places.private_directory(self.home / "checkpoints", self.account)
        own = {
            "TRUTHGOV_MODE": "development",
            "SECRET_KEY": kept_secret(self.home / "secret_key"),
            "TRUTHGOV_DEMONSTRATION_PASSWORD": kept_secret(self.home / "demonstration_password", length=9),
            "TRUTHGOV_CHECKPOINTS": str(checkpoints),
            "PUBLIC_ADDRESS": f"http://localhost:{self.port}",
            "LIVE_ADDRESS": f"http://localhost:{self.live_port}",
            **demonstration_site(self.home, self.port, self.account),
        }
        borrowed = {}
        if self.account.borrowed:  # it may not write into our home, nor beside the code
            cache = places.private_directory(self.home / "pycache", self.account)
            borrowed = {"HOME": str(self.home), "PYTHONPYCACHEPREFIX": str(cache)}
        return own | os.environ | addresses | borrowed | {"TRUTHGOV_HOME": str(self.home)}

    def _prepare(self) -> None:
        """Migrate, and load the demonstration organisation on first start; the command says how far it is."""
        print("Database …", flush=True)
        command = [sys.executable, "manage.py", "prepare"]
        child = process.spawn("prepare", command, self.account, environment=self.environment, directory=ROOT)
        self.children.append(child)
        if child.process.wait():
            raise CannotStart("The database could not be prepared: see above.")
        self.children.remove(child)

    def _launch(self, name: str, command: list[str]) -> None:
        log = self.logs / f"{name}.log"
        child = process.spawn(name, command, self.account, environment=self.environment, directory=ROOT, log=log)
        self.children.append(child)


def demonstration_site(home: Path, port: int, account: Account) -> dict[str, str]:
    """The demonstration's feed reads a file that we serve: feeds may call us and nobody else.

    Where the environment says whom they may call, just those, and the demonstration has no feed.
    """
    if any(name.startswith("EGRESS_") for name in os.environ):
        return {}
    return {
        "TRUTHGOV_DEMONSTRATION_SITE": f"http://127.0.0.1:{port}",
        "TRUTHGOV_DEMONSTRATION_FILES": str(places.private_directory(home / "demonstration", account)),
        "EGRESS_HOSTS": "127.0.0.1",
        "EGRESS_SCHEMES": "https,http",
        "EGRESS_PORTS": f"443,{port}",
        "EGRESS_PRIVATE_NETWORKS": "127.0.0.1/32",
    }


def given_addresses() -> dict[str, str]:
    """The servers that the environment names, or none. Raises CannotStart when it names some of them."""
    given = {name: os.environ[name] for name in ADDRESSES if os.environ.get(name)}
    missing = [name for name in ADDRESSES if name not in given]
    if given and missing:
        raise CannotStart(f"{', '.join(missing)} missing: give all of {', '.join(ADDRESSES)}, or none.")
    return given


def wanted_port() -> int:
    """PORT, or 8000. Raises CannotStart when it is no port."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 2**16:
        raise CannotStart(f"PORT is {given!r}: give a number from 1 to 65535.")
    return int(given)


def demand_free(port: int) -> None:
    """Raises CannotStart when this machine's `port` is taken, or not ours to take."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            raise CannotStart(f"Port {port} cannot be used ({problem.strerror}): make up PORT=8001") from None


def product_account() -> Account:
    """The account for web, worker and beat: unprivileged, unless root's code lies where only root can read it."""
    account = service_account()
    if not account.borrowed or process.succeeds([sys.executable, "-c", "import django, config"], account, ROOT):
        return account
    python = Path(sys.executable).resolve()
    print(f"{account.name} cannot run {python}: the product's processes run as root.", file=sys.stderr, flush=True)
    return ourselves()


def kept_secret(path: Path, length: int = 64) -> str:
    """A secret of this data home, of so many random bytes, made on first use and readable by its owner alone."""
    if not path.exists() or not path.read_text():  # a first use may have been interrupted before it was written
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(length))
    return path.read_text()


@contextmanager
def progress(what: str) -> Iterator[None]:
    """One line: what is being done, and how long it took."""
    started, taken = time.monotonic(), ""
    print(f"{what} …", end="", flush=True)
    try:
        yield
        taken = f" {time.monotonic() - started:.1f} s"
    finally:
        print(taken, flush=True)
