"""`python -m config.servers up`, or `run [--home DIR] -- COMMAND`: a command with servers around it."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from config.servers.account import CannotStart
from config.servers.process import die_with_parent
from config.servers.stack import Stack
from config.servers.up import up

INIT = 1


def main() -> int:
    """Do what the command line says; the exit status. What cannot start says so in one line."""
    parser = argparse.ArgumentParser(prog="python -m config.servers")
    parser.add_argument("act", choices=["up", "run"])
    parser.add_argument("--home", type=Path, help="run: where the data lives; without it, nowhere for long")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if os.getppid() != INIT:
        die_with_parent(signal.SIGTERM, os.getppid())
    try:
        return up() if given.act == "up" else run(given.home, given.command)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
    except OSError as problem:
        print(f"{problem.filename or 'The system'}: {problem.strerror}. Is the folder yours?", file=sys.stderr)
    return 1


def run(home: Path | None, command: list[str]) -> int:
    """Servers around one command; its exit status is ours."""
    stack = Stack(home)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        environment = os.environ | stack.start()
        return subprocess.run(command[command[:1] == ["--"] :], env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        stack.stop()


if __name__ == "__main__":
    sys.exit(main())
