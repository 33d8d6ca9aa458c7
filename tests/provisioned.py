"""The provisioned database as SQL, kept between runs and shared within one.

A new database takes longer than hundreds of tests, one that is read from a file a second. The file is kept under what
it was made from; whatever it may lack, the owner's command brings afterwards.
"""

import hashlib
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import connections

from config.servers import binaries
from config.servers.account import CannotStart, ourselves

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".pytest_cache" / "provisioned"
MADE_FROM = ("*/migrations/*.py", "requirements/development.lock", "truthgov/management/commands/provision.py",
             "truthgov/migrating.py")  # fmt: skip
SCHEMA = ("--no-owner", "--no-privileges")  # whose it is, and who may do what, is said by the owner's command


def provision() -> None:
    """Provision the empty database that Django's connections go to."""
    programs, kept = _programs(), KEPT / f"{_fingerprint()}.sql"
    if programs and kept.exists():
        _run(programs / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", str(kept), "-d")
    call_command("provision", verbosity=0)
    if programs and not kept.exists():
        _keep(programs, kept)


def _keep(programs: Path, kept: Path) -> None:
    """Beside its place first, and moved there whole: several runs may do this at once."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=KEPT) as beside:
        dumped = Path(beside, kept.name)
        _run(programs / "pg_dump", *SCHEMA, "-f", str(dumped), "-d")
        for older in KEPT.glob("*.sql"):
            older.unlink(missing_ok=True)
        dumped.rename(kept)


def _programs() -> Path | None:
    """PostgreSQL's own programs, where they are of the server's version."""
    try:
        found = binaries.find(ourselves())
    except CannotStart:
        return None
    with connections["owner"].cursor() as cursor:
        major = cursor.connection.server_version // 10_000
    return found.postgres if str(major) == found.postgres_major else None


def _fingerprint() -> str:
    paths = sorted(path for pattern in MADE_FROM for path in ROOT.glob(pattern))
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).hexdigest()


def _run(program: Path, *arguments: str) -> None:
    """Run a program on the owner's database, which is named last. Raises with what it said when it fails."""
    at = connections["owner"].get_connection_params()
    address = " ".join(f"{name}='{at[name]}'" for name in ("dbname", "user", "password", "host", "port") if name in at)
    done = subprocess.run([program, *arguments, address], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{program.name}: {done.stderr[-2000:]}"
