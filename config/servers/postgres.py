"""PostgreSQL on a unix socket: made on first start, taken over when an earlier supervisor left it running."""

import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from config.servers import process
from config.servers.account import Account
from config.servers.binaries import Binaries
from config.servers.places import private_directory

DATABASE, OWNER, APPLICATION = "truthgov", "truthgov_owner", "truthgov_app"
ALWAYS = [
    "listen_addresses=",
    "timezone=UTC",
    "log_timezone=UTC",
    "max_connections=100",
    "shared_buffers=128MB",
    "shared_preload_libraries=pg_stat_statements",
    "unix_socket_permissions=0700",
]
DURABLE = ["synchronous_commit=on"]
THROWAWAY = [
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "max_wal_size=2GB",
    "max_connections=300",  # a worker of the tests keeps one to each database that it comes back to
]
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
NOT_RUNNING = 3


@dataclass(frozen=True)
class Postgres:
    """One cluster: where its programs, data and sockets are, and whether it may forget."""

    account: Account
    binaries: Binaries
    home: Path
    sockets: Path
    throwaway: bool

    @property
    def data(self) -> Path:
        """The cluster's files, one directory a major version."""
        return self.home / f"pg{self.binaries.postgres_major}"

    def address(self, role: str) -> str:
        """The database's address for `role`, as settings read it."""
        return f"postgresql://{role}@/{DATABASE}?host={self.sockets}"

    def start(self, log: Path) -> process.Child:
        """Start the server, making the cluster first where there is none; it may not answer yet."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._stop_orphan()
        settings = [*ALWAYS, *(THROWAWAY if self.throwaway else DURABLE), f"unix_socket_directories={self.sockets}"]
        options: list[str | Path] = [part for setting in settings for part in ("-c", setting)]
        command: list[str | Path] = [self.binaries.postgres / "postgres", "-D", self.data, *options]
        return process.spawn("postgres", command, self.account, stop_signal=signal.SIGINT, log=log)

    def answers(self) -> bool:
        """Whether the server takes connections."""
        done = process.run([self.binaries.postgres / "pg_isready", *self._as_owner], self.account, accepted=(0, 1, 2))
        return done.returncode == 0

    def ensure_database(self) -> None:
        """The database exists afterwards."""
        query = f"select 1 from pg_database where datname = '{DATABASE}'"  # noqa: S608 - a constant
        found = process.run([self.binaries.postgres / "psql", *self._as_owner, "-XAtc", query], self.account)
        if not found.stdout.strip():
            process.run([self.binaries.postgres / "createdb", *self._as_owner[:-2], DATABASE], self.account)

    @property
    def _as_owner(self) -> list[str]:
        return ["-h", str(self.sockets), "-U", OWNER, "-d", "postgres"]

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there whole, so that an interrupted start leaves no half."""
        new = private_directory(self.data.with_suffix(".new"), self.account)
        for left_over in new.iterdir():
            shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
        unsynced = ["--no-sync"] if self.throwaway else []
        program = self.binaries.postgres / "initdb"
        process.run([program, "-D", new, "-U", OWNER, "--auth=trust", *LOCALE, *unsynced], self.account)
        new.rename(self.data)

    def _stop_orphan(self) -> None:
        """Where the kernel cannot end children with their parent (macOS), a server may have outlived its supervisor."""
        control: list[str | Path] = [self.binaries.postgres / "pg_ctl", "-D", self.data]
        if process.run([*control, "status"], self.account, accepted=(0, NOT_RUNNING)).returncode == 0:
            process.run([*control, "-m", "fast", "-w", "stop"], self.account, accepted=(0, 1))
