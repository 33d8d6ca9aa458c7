"""Valkey on a unix socket: the broker and the cache. It holds nothing that anyone would miss."""

import socket
from dataclasses import dataclass
from pathlib import Path

from config.servers import process
from config.servers.account import Account
from config.servers.places import private_directory

DATABASES = 64  # tests that start workers take one each


@dataclass(frozen=True)
class Valkey:
    """One server: its program, files and socket."""

    account: Account
    program: Path
    home: Path
    sockets: Path
    throwaway: bool

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.sockets / "valkey"

    @property
    def address(self) -> str:
        """Its address, as settings read it."""
        return f"unix://{self.socket}"

    def start(self, log: Path) -> process.Child:
        """Start the server; it may not answer yet."""
        self.socket.unlink(missing_ok=True)
        directory = private_directory(self.home / "valkey", self.account)
        command = [
            self.program,
            *("--port", "0"),
            *("--unixsocket", self.socket),
            *("--unixsocketperm", "700"),
            *("--dir", directory),
            *("--databases", str(DATABASES)),
            *("--save", ""),
            *("--appendonly", "no" if self.throwaway else "yes"),
            *("--maxmemory-policy", "noeviction"),
        ]
        return process.spawn("valkey", command, self.account, log=log)

    def answers(self) -> bool:
        """Whether the server answers a ping."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
