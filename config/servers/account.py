"""The account that servers and workers run as: never root, and never one that we create."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNTS = ("postgres", "nobody")


class CannotStart(Exception):  # noqa: N818 - it reads as what happened
    """The stack cannot start; the message is one line that says what to do."""


@dataclass(frozen=True)
class Account:
    """A user to start processes as. `borrowed` when we are root and step down to it."""

    name: str
    uid: int
    gid: int
    borrowed: bool

    @property
    def popen(self) -> Mapping[str, Any]:
        """The arguments that make `subprocess` step down to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}

    def reaches(self, path: Path) -> bool:
        """Whether this account can enter `path`, or, while it does not exist, its nearest existing parent."""
        nearest = next(place for place in (path, *path.parents) if place.exists())
        return subprocess.run(["/usr/bin/test", "-x", nearest], **self.popen, cwd="/", check=False).returncode == 0


def ourselves() -> Account:
    """Whoever started us. A user id without a name, as containers have them, is its number."""
    uid, names = os.geteuid(), {user.pw_uid: user.pw_name for user in pwd.getpwall()}
    return Account(names.get(uid, str(uid)), uid, os.getegid(), borrowed=False)


def service_account() -> Account:
    """Ourselves, or, as root, the first existing unprivileged account. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ourselves()
    users = {user.pw_name: user for user in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in users:
            return Account(name, users[name].pw_uid, users[name].pw_gid, borrowed=True)
    raise CannotStart("Root cannot run PostgreSQL, and no 'postgres' or 'nobody' exists: start as an ordinary user.")
