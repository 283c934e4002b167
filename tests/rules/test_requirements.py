"""The requirement files are complete, exact, and say nothing about the machine they were written on."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.rules.repository import ROOT, name, parse, sources

FILES = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"([a-z0-9][a-z0-9.-]*)==([0-9][^ ]*)( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
COMMENT = re.compile(r"( {4})?#.*")
# Engines are optional: whoever uses one installs its driver (docs/engines.md).
DRIVERS = {"pyspark"}


def pins(file: str) -> dict[str, str]:
    """Package → version."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {match[1]: match[2] for match in map(PIN.fullmatch, lines) if match}


def declared() -> dict[str, list[str]]:
    """What pyproject.toml asks for, by requirement file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run = project["project"]["dependencies"]
    return {"requirements.txt": run, "requirements-dev.txt": run + project["dependency-groups"]["dev"]}


@pytest.mark.parametrize("file", FILES)
def test_only_names_versions_and_hashes(file: str) -> None:
    """A host, a path or an option would work on one machine only."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    foreign = [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line) or COMMENT.fullmatch(line))]
    assert not foreign, f"{file}: {foreign[:3]}; write it with make lock"
    assert not re.search(r"://|--(extra-)?index|--find-links|/(home|root|tmp)/", "\n".join(lines))


@pytest.mark.parametrize("file", FILES)
def test_every_package_has_hashes(file: str) -> None:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if PIN.fullmatch(line) and not HASH.fullmatch(after)
    ]
    assert not bare


@pytest.mark.parametrize("file", FILES)
def test_the_lock_answers_what_is_declared(file: str) -> None:
    locked = pins(file)
    for text in declared()[file]:
        wanted = Requirement(text)
        version = locked.get(canonicalize_name(wanted.name))
        assert version, f"{file} lacks {wanted.name}; run make lock"
        assert wanted.specifier.contains(version, prereleases=True), (
            f"{file} has {wanted.name} {version}, not {text}; run make lock"
        )


def test_tests_run_on_the_versions_that_people_get() -> None:
    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert run.items() <= dev.items()


def test_the_app_needs_nothing_but_its_requirements() -> None:
    """After `pip install -r requirements.txt`, `streamlit run app.py` works; nothing leans on a development tool."""
    provided, locked = packages_distributions(), pins("requirements.txt")
    ours = {"metrics", "data", "ui", "pages"}
    missing: set[str] = set()
    for file in sources("metrics", "data", "ui", "pages", "."):
        for node in ast.walk(parse(file)):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            for top in {module.split(".")[0] for module in modules} - sys.stdlib_module_names - ours - DRIVERS:
                if not any(canonicalize_name(package) in locked for package in provided.get(top, [])):
                    missing.add(f"{name(file)}: {top}")
    assert not missing, f"add to pyproject.toml and run make lock: {sorted(missing)}"
