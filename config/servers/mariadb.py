"""MariaDB for the tests of feeds that read from it; without it, just these tests fail."""

import os
import shutil

from config.servers.debian import ensured

NAMES = ("mariadbd", "mysqld")
PATH = f"{os.defpath}:/usr/sbin:/usr/local/sbin"


def mariadbd() -> str | None:
    """The path of a MariaDB server on this machine: MARIADBD where it is given, else by its usual names."""
    usual = (shutil.which(name, path=f"{os.environ.get('PATH', '')}:{PATH}") for name in NAMES)
    return os.environ.get("MARIADBD") or next(filter(None, usual), None)


if __name__ == "__main__":
    ensured("mariadb-server-core", mariadbd, "MARIADBD")
