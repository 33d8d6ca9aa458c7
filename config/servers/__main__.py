"""`python -m config.servers up`, or `run [--home DIR] -- COMMAND`: a command with servers around it."""

import argparse
import os
import signal
import sys
from pathlib import Path

from config.servers.account import CannotStart
from config.servers.process import die_with_parent, foreground
from config.servers.stack import Stack
from config.servers.up import up

INIT = 1
INTERRUPTED = 130


def main() -> int:
    """Do what the command line says; the exit status. What cannot start says so in one line."""
    given = arguments()
    if os.getppid() != INIT:
        die_with_parent(signal.SIGTERM, os.getppid())
    try:
        return up() if given.act == "up" else run(given.home, given.command)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
    except OSError as problem:
        advice = " Set TRUTHGOV_HOME to a folder of yours." if isinstance(problem, PermissionError) else ""
        print(f"{problem.filename}: {problem.strerror}.{advice}", file=sys.stderr)
    return 1


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m config.servers")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("up", help="servers, web, worker and beat, until Ctrl-C")
    around = acts.add_parser("run", help="servers around one command")
    around.add_argument("--home", type=Path, help="where the data lives; without it, nowhere for long")
    around.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def run(home: Path | None, command: list[str]) -> int:
    """Servers around one command; its exit status is ours."""
    stack = Stack(home)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        environment = os.environ | stack.start()
        return foreground(command[command[:1] == ["--"] :], environment)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        stack.stop()


if __name__ == "__main__":
    sys.exit(main())
