"""Where things lie: the data home, its sockets, its lock."""

import fcntl
import hashlib
import os
import shutil
import socket
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from config.servers.account import Account, CannotStart, service_account

SYSTEM_HOME = Path("/var/lib/truthgov")
LONGEST_SOCKET_BASE = 60  # sun_path holds 107 bytes; our own part of a socket's path takes up to 40
MEMORY = Path("/dev/shm")  # noqa: S108
MEMORY_LEFT = 4 * 1024**3  # a container's is often 64 MB, which a test run would fill


def data_home(wanted: Path, account: Account) -> Path:
    """`wanted`, or a place below /var/lib where root's unprivileged account cannot enter `wanted`."""
    home = wanted if account.reaches(wanted) else SYSTEM_HOME / _fingerprint(wanted)
    home.mkdir(parents=True, exist_ok=True)
    return home.resolve()


def throwaway_home(*, in_memory: bool = False) -> Path:
    """A new directory that any account can pass through but not list; in memory where that is asked for and roomy."""
    if in_memory:
        _remove_left_over()
    roomy = in_memory and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MEMORY_LEFT
    home = Path(tempfile.mkdtemp(prefix="truthgov-test-", dir=MEMORY if roomy else None))
    home.chmod(0o711)
    return home


def _remove_left_over() -> None:
    """What runs that were killed have left in memory, where nothing else clears it away."""
    for claimed in MEMORY.glob("truthgov-test-*/lock"):
        with suppress(OSError, CannotStart), lock(claimed.parent):
            shutil.rmtree(claimed.parent)


def private_directory(path: Path, account: Account, mode: int = 0o700) -> Path:
    """`path` as a directory of the account. Refuses a link, or a directory that belongs to somebody else."""
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid(), service_account().uid}:
        raise CannotStart(f"{path} belongs to someone else: remove it, or set TRUTHGOV_HOME to another folder.")
    if found.st_uid != account.uid:
        os.chown(path, account.uid, account.gid)
    path.chmod(mode)
    return path


def socket_directory(home: Path, account: Account) -> Path:
    """A private directory for the sockets of `home`: short, and the same every time for the same home."""
    runtime = os.environ.get("XDG_RUNTIME_DIR") if os.geteuid() else "/run"
    candidates = [base for base in (runtime, tempfile.gettempdir(), "/tmp") if base]  # noqa: S108
    base = next(base for base in candidates if os.access(base, os.W_OK) and len(base) < LONGEST_SOCKET_BASE)
    return private_directory(Path(base) / f"truthgov-{account.uid}-{_fingerprint(home)}", account)


def lock(home: Path) -> IO[str]:
    """The lock of one running stack on `home`, held until the file is closed. Raises CannotStart when taken."""
    handle = (home / "lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise CannotStart(f"truthgov already runs on {home}: stop it first, or set TRUTHGOV_HOME.") from None
    return handle


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:10]


def free_port() -> int:
    """A port of this machine that nobody listens on; where browsers are told that a meeting changed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
