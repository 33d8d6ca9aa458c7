"""What the repository itself promises: a short top, and no address of a registry."""

import re
import subprocess

from tests.config.processes import ROOT

TOP = {
    *(".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "docker-compose.yml", "manage.py"),
    *("package-lock.json", "package.json", "pyproject.toml", "requirements"),
    *("config", "forums", "metrics", "journeys", "truthgov"),
    *("benchmarks", "docs", "static", "templates", "tests"),
}
REGISTRY = re.compile(
    rb"https?://[\w.:@-]*(?:registry\.|pypi\.|pythonhosted|npmjs|proxy\.golang|/simple\b|artifactory|nexus)"
)


def tracked() -> list[str]:
    """The files that git holds."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listing.split("\0") if name]


def test_the_top_stays_short() -> None:
    assert {name.partition("/")[0] for name in tracked()} <= TOP


def test_no_file_names_a_registry() -> None:
    here = "tests/config/test_repository.py"
    named = {name for name in tracked() if (ROOT / name).is_file() and REGISTRY.search((ROOT / name).read_bytes())}
    assert named - {here} == set()


def test_every_requirement_is_pinned_with_hashes() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        for requirement in re.split(r"\n(?=\S)", lock.read_text().strip()):
            assert re.match(r"[\w.\[\],-]+==\S+", requirement), requirement
            assert "--hash=sha256:" in requirement
