"""The provisioned database as SQL, kept between runs and shared within one.

At every step of a migration Django renders the models anew that it touches: a new database takes longer than hundreds
of tests, one that is read from a file a second. The file is kept under what it was made from; whatever it may lack,
the owner's command brings afterwards.
"""

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db import connections
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from config.servers import binaries
from config.servers.account import CannotStart, ourselves

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".pytest_cache" / "provisioned"
MADE_FROM = ("*/migrations/*.py", "requirements/development.lock", "truthgov/management/commands/provision.py")
SCHEMA = ("--no-owner", "--no-privileges")  # whose it is, and who may do what, is said by the owner's command


def provision() -> None:
    """Provision the empty database that Django's connections go to."""
    programs, kept = _programs(), KEPT / f"{_fingerprint()}.sql"
    if programs and kept.exists():
        _run(programs / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", str(kept), "-d")
    with rendering_what_changes():
        call_command("provision", verbosity=0)
    if programs and not kept.exists():
        _keep(programs, kept)


@contextmanager
def rendering_what_changes() -> Iterator[None]:
    """Of the models that a migration touches, only what it changes is rendered.

    Django renders a model anew with all that stand in relation to it, which is nearly everything: two thirds of what
    migrations take. A trigger, a constraint or an index changes no field; a new field or model changes no other model.
    What runs Python is given everything rendered anew, as Django does wherever it has put something off.
    """
    changing = [(AddTrigger, "state_forwards", _tell_rendered), (RemoveTrigger, "state_forwards", _tell_rendered),
                (ProjectState, "_append_option", _tell_rendered), (ProjectState, "_remove_option", _tell_rendered),
                (ProjectState, "add_model", _render_alone), (ProjectState, "add_field", _render_alone),
                (ProjectState, "remove_field", _render_alone)]  # fmt: skip
    with ExitStack() as replaced:
        for owner, name, reload in changing:
            replaced.enter_context(patch.object(owner, name, _reloading_by(reload, getattr(owner, name))))
        yield


Reload = Callable[..., None]


def _reloading_by(reload: Reload, act: Callable[..., None]) -> Callable[..., None]:
    def acted(*arguments: Any) -> None:
        with patch.object(ProjectState, "reload_model", reload):
            act(*arguments)

    return acted


def _tell_rendered(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in vars(state):  # rendered before
        told, options = state.apps.get_model(app_label, model_name)._meta, state.models[app_label, model_name.lower()]
        told.indexes, told.constraints = options.options["indexes"], options.options["constraints"]


def _render_alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in vars(state):
        state.is_delayed = True
        state._reload({(app_label, model_name)})


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
