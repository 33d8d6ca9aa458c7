"""PostgreSQL and Valkey together: started side by side, stopped in reverse."""

import shutil
from pathlib import Path
from typing import IO

from config.servers import binaries, places
from config.servers.account import service_account
from config.servers.postgres import APPLICATION, OWNER, Postgres
from config.servers.process import Child
from config.servers.valkey import Valkey


class Stack:
    """The servers of one data home. Without a home it is a throw-away one: fast, and gone when stopped."""

    def __init__(self, home: Path | None = None, *, in_memory: bool = False) -> None:
        self.throwaway = home is None
        self.account = service_account()
        self.home = places.data_home(home, self.account) if home else places.throwaway_home(in_memory=in_memory)
        self.children: list[Child] = []
        self.lock: IO[str] | None = None

    def claim(self) -> None:
        """Be the only stack on this home. Raises CannotStart when another one is."""
        self.lock = self.lock or places.lock(self.home)

    def start(self) -> dict[str, str]:
        """Start both and answer the environment that leads to them. Raises CannotStart with a line to act on."""
        self.claim()
        programs = binaries.find(self.account)
        logs = places.private_directory(self.home / "log", self.account, mode=0o750)
        self.sockets = places.socket_directory(self.home, self.account)
        postgres = Postgres(self.account, programs, self.home, self.sockets, self.throwaway)
        valkey = Valkey(self.account, programs.valkey, self.home, self.sockets, self.throwaway)
        # Valkey needs no set-up: started first, it is up before initdb ends.
        self.children.append(valkey.start(logs / "valkey.log"))
        self.children.append(postgres.start(logs / "postgres.log"))
        self.children[1].wait_until(postgres.answers)
        self.children[0].wait_until(valkey.answers)
        postgres.ensure_database()
        return {
            "DATABASE_URL": postgres.address(APPLICATION),
            "DATABASE_OWNER_URL": postgres.address(OWNER),
            "REDIS_URL": valkey.address,
        }

    def stop(self) -> None:
        """Stop what was started, last first, and remove what was only for now."""
        started = bool(self.children)
        while self.children:
            self.children.pop().stop()
        if started:  # otherwise another stack's sockets live there
            shutil.rmtree(self.sockets, ignore_errors=True)
        if self.throwaway:
            shutil.rmtree(self.home, ignore_errors=True)
