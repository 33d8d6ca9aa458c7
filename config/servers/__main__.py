"""`python -m config.servers run [--home DIR] -- COMMAND`: a command with servers around it."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from config.servers.account import CannotStart
from config.servers.stack import Stack


def main() -> int:
    """Start the servers, run the command, stop them; the command's exit status is ours."""
    parser = argparse.ArgumentParser(prog="python -m config.servers")
    parser.add_argument("act", choices=["run"])
    parser.add_argument("--home", type=Path, help="where the data lives; without it the servers are throw-away ones")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    stack = Stack(given.home)
    try:
        environment = os.environ | stack.start()
        command = given.command[1:] if given.command[:1] == ["--"] else given.command
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    except CannotStart as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    finally:
        stack.stop()


if __name__ == "__main__":
    sys.exit(main())
