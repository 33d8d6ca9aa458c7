"""A throw-away MariaDB on a port of 127.0.0.1: what a feed reads from, and never a part of the product."""

import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pymysql
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config.servers import process
from config.servers.account import Account, service_account
from config.servers.mariadb import mariadbd

TABLES = Path("/usr/share/mysql")
SYSTEM = ("mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql")
SMALL = ("--no-defaults", "--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M", "--performance-schema=OFF",
         "--innodb-use-native-aio=OFF")  # fmt: skip
OWNER = "CREATE USER owner@localhost;\nGRANT ALL ON *.* TO owner@localhost WITH GRANT OPTION;\n"


@dataclass(frozen=True)
class MariaDb:
    """One running server; `certificate` is its own, signed by nobody."""

    port: int
    path: Path
    certificate: Path

    def tell(self, *statements: str) -> None:
        """Let its owner say these, in turn."""
        with (
            closing(pymysql.connect(unix_socket=str(self.path), user="owner", autocommit=True)) as connection,
            connection.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)


@contextmanager
def running() -> Iterator[MariaDb]:
    """A new server with no data, as an account that is not root; nothing of it is left behind."""
    program, account = mariadbd(), service_account()
    assert program, "MariaDB is missing: install the package mariadb-server-core, or set MARIADBD to its path."
    home = Path(tempfile.mkdtemp(prefix="truthgov-mariadb-"))
    try:
        certificate, key = _certified(home)
        (home / "data").mkdir()
        for place in (home, *home.iterdir()):
            shutil.chown(place, account.uid, account.gid)
        _bootstrap(program, home / "data", account)
        database = MariaDb(_free_port(), home / "socket", certificate)
        child = process.spawn(
            "mariadb",
            [program, *SMALL, f"--datadir={home / 'data'}", f"--socket={database.path}", "--bind-address=127.0.0.1",
             f"--port={database.port}", f"--ssl-cert={certificate}", f"--ssl-key={key}",
             f"--init-file={_written(home / 'owner.sql', OWNER)}"],
            account, stop_signal=signal.SIGKILL, log=home / "log",
        )  # fmt: skip
        try:
            child.wait_until(lambda: _answers(database))
            yield database
        finally:
            child.stop()
    finally:
        shutil.rmtree(home)


def _bootstrap(program: str, data: Path, account: Account) -> None:
    """The system tables, from the package's own statements: its script for this wants the client's package too."""
    statements = "".join((TABLES / name).read_text() for name in SYSTEM)
    done = subprocess.run(
        [program, *SMALL, "--bootstrap", "--skip-grant-tables", f"--datadir={data}", f"--tmpdir={data}"],
        input=f"CREATE DATABASE mysql;\nUSE mysql;\n{statements}".encode(), capture_output=True, cwd=data,
        **account.popen,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-4000:]


def _answers(database: MariaDb) -> bool:
    with suppress(pymysql.OperationalError):
        database.tell("SELECT 1")
        return True
    return False


def _certified(home: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that no authority signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    keyed = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    worded = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return _written(home / "certificate.pem", worded), _written(home / "key.pem", keyed.decode())


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o644)
    return path


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
