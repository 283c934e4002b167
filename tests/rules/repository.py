"""Where things are, for the tests that read the repository itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("metrics", "data", "ui", "pages", "bench", "docs")


def need(*paths: str) -> None:
    """Skip while a part of the project is not there at all. As soon as it exists, the test counts."""
    missing = [path for path in paths if not (ROOT / path).exists()]
    if missing:
        pytest.skip(f"not written yet: {', '.join(missing)}")


def sources(*folders: str) -> list[Path]:
    """Our Python files in these folders of the repository, and app.py where "." is asked for."""
    files: list[Path] = []
    for folder in folders:
        files += [ROOT / "app.py"] if folder == "." else sorted((ROOT / folder).rglob("*.py"))
    return [file for file in files if file.exists()]


def pages() -> list[Path]:
    """Every page, one script each."""
    return sorted((ROOT / "pages").glob("*/*.py"))


def name(file: Path) -> str:
    """Return the file's path as people write it, for messages and test ids."""
    return file.relative_to(ROOT).as_posix()


def parse(file: Path) -> ast.Module:
    """Read a file as syntax."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=name(file))
