"""Child processes that die with their parent, even when it is killed without a chance to say so."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.servers.account import Account, CannotStart

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
START_SECONDS = 60.0
STOP_SECONDS = 30.0


def die_with_parent(stop_signal: int, parent: int) -> None:
    """Ask the kernel to send us `stop_signal` when process `parent` ends. macOS has no such request."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:  # it ended before the kernel was asked
            os.kill(os.getpid(), stop_signal)


@dataclass
class Child:
    """A process of ours, with the signal that stops it in good order."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: int
    log: Path | None = None

    def stop(self) -> None:
        """Stop it and wait; kill it when it does not listen."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait for `ready`; raises CannotStart with the log's last lines when the process ends or takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace")[-2000:] if self.log else ""
                raise CannotStart(f"{self.name} did not start:\n{tail}")
            time.sleep(0.02)


def spawn(
    name: str,
    command: Sequence[str | Path],
    account: Account,
    *,
    stop_signal: int = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    directory: Path = Path("/"),
    log: Path | None = None,
) -> Child:
    """Start `command` as `account` in a session of its own, so that a Ctrl-C reaches only the supervisor."""
    parent = os.getpid()
    output = log.open("ab") if log else None
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=directory,
        env=dict(environment) if environment is not None else bare_environment(directory),
        start_new_session=True,
        # after stepping down to the account, which would clear the request
        preexec_fn=lambda: die_with_parent(stop_signal, parent),
        **account.popen,
    )
    if output:
        output.close()
    return Child(name, process, stop_signal, log)


def foreground(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run `command` at our own terminal; its exit status. When we are interrupted it is asked to stop first."""
    parent = os.getpid()
    with subprocess.Popen(
        command, env=dict(environment), preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent)
    ) as running:
        try:
            return running.wait()
        except KeyboardInterrupt:
            running.terminate()
            running.wait()
            raise


def run(
    command: Sequence[str | Path], account: Account, *, accepted: Sequence[int] = (0,)
) -> subprocess.CompletedProcess[str]:
    """Run a short tool to its end. Raises CannotStart with what it said on an exit status not `accepted`."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd="/",
        env=bare_environment(Path("/")),
        check=False,
        **account.popen,
    )
    if done.returncode not in accepted:
        raise CannotStart(f"{Path(command[0]).name} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    return done


def succeeds(command: Sequence[str | Path], account: Account, directory: Path) -> bool:
    """Whether the account can run `command` from `directory`, in silence."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            cwd=directory,
            env=bare_environment(directory),
            check=False,
            **account.popen,
        )
    except OSError:
        return False
    return done.returncode == 0


def bare_environment(home: Path) -> dict[str, str]:
    """What a server needs to know, and nothing of what we know."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(home)}
