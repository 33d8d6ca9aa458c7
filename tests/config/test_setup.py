"""The set-up: what is missing gets one line, and what is installed is not installed again."""

import sys
from pathlib import Path

import pytest

from config.servers import setup
from config.servers.debian import ensured
from config.servers.mariadb import mariadbd


@pytest.mark.parametrize("found", [(3, 10), (3, 14)])
def test_another_python_gets_one_line(monkeypatch: pytest.MonkeyPatch, found: tuple[int, int]) -> None:
    monkeypatch.setattr(sys, "version_info", (*found, 0, "final", 0))
    with pytest.raises(setup.SetupFailed, match=rf"^Python {found[0]}\.{found[1]} found, 3\.11 to 3\.13 needed: .*$"):
        setup.demand_python(Path(".venv"))


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_gets_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        setup.SetupFailed, match=r"^Python's venv module is missing: .*apt-get install python3\.\d+-venv.*$"
    ):
        setup.demand_python(tmp_path / "not-yet")
    setup.demand_python(tmp_path)  # it is not asked for where an environment stands already


def test_what_a_stamp_says_is_not_installed_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock, stamp = tmp_path / "a.lock", tmp_path / "stamp"
    installed: list[Path] = []
    lock.write_text("one==1")
    for _ in range(2):
        setup.once("Packages", stamp, [lock], installed.append)
    assert installed == [lock]
    lock.write_text("one==2")
    setup.once("Packages", stamp, [lock], installed.append)
    assert installed == [lock, lock]
    assert capsys.readouterr().out.count("Packages …") == 2


def test_what_failed_is_tried_again(tmp_path: Path) -> None:
    lock, stamp = tmp_path / "a.lock", tmp_path / "stamp"
    lock.write_text("one==1")
    with pytest.raises(setup.SetupFailed, match="false failed"):
        setup.once("Packages", stamp, [lock], lambda _: setup.run("false"))
    assert not stamp.exists()


def test_a_program_that_only_tests_need_is_asked_for_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert ensured("mariadb-server-core", lambda: None, "MARIADBD") == 1
    assert capsys.readouterr().err == (
        "A program is missing: install the package mariadb-server-core, or set MARIADBD to its path.\n"
    )
    assert ensured("mariadb-server-core", lambda: "/usr/sbin/mariadbd", "MARIADBD") == 0
    monkeypatch.setenv("MARIADBD", "/opt/mariadbd")
    assert mariadbd() == "/opt/mariadbd"
