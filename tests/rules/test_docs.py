"""What can be done is written down, and what is written down is true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.rules.repository import ROOT, name, need

READMES = ("README.md", "README.zh-CN.md")
# What the code must have before its reference page can be written.
NEEDS = {
    "measures.md": ("metrics/catalog.py",),
    "commands.md": ("data/commands.py", "data/file_commands.py"),
    "settings.md": ("data/settings.py",),
    "pages.md": ("app.py", "ui/frame.py"),
}


def documents() -> list[Path]:
    """Every Markdown file we write."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")])


def still_to_come() -> set[Path]:
    """The reference pages whose code is not written yet."""
    return {ROOT / "docs" / file for file, code in NEEDS.items() if not all((ROOT / path).exists() for path in code)}


@pytest.mark.parametrize("file", NEEDS)
def test_reference_pages_say_what_the_code_says(file: str) -> None:
    need(*NEEDS[file])
    from docs.generate import WRITERS

    path = ROOT / "docs" / file
    assert path.exists(), f"docs/{file} is missing: run make docs"
    assert path.read_text(encoding="utf-8") == WRITERS[file](), f"docs/{file} is stale: run make docs"


def test_every_setting_is_explained() -> None:
    need("data/settings.py")
    from data.settings import Settings

    silent = [field for field, info in Settings.model_fields.items() if not (info.description or "").strip()]
    assert not silent, f"Field(description=…) is what docs/settings.md prints: {silent}"


def test_every_command_is_explained() -> None:
    need("data/commands.py")
    import typer

    from data.commands import app

    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    silent = [command for command, found in commands.items() if not (found.help or "").strip()]
    silent += [
        f"{command} {param.opts[0]}"
        for command, found in commands.items()
        for param in found.params
        if param.name != "help" and not (getattr(param, "help", None) or "").strip()
    ]
    assert not silent, f"a docstring, and help= on each option, is what docs/commands.md prints: {silent}"


@pytest.mark.parametrize("file", READMES)
def test_every_make_target_is_in_the_readme(file: str) -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    text = (ROOT / file).read_text(encoding="utf-8")
    assert targets
    assert [target for target in targets if f"make {target}" not in text] == [], f"{file} does not say what they do"


def test_both_readmes_have_the_same_parts() -> None:
    """The same headings in the same order, and the same commands."""
    english, chinese = ((ROOT / file).read_text(encoding="utf-8") for file in READMES)
    outline, code = (
        re.compile(r"^(#+) ", re.MULTILINE),
        re.compile(r"^(?:make|python|pip|streamlit) .*?(?=\s{2,}#|$)", re.MULTILINE),
    )
    assert outline.findall(english) == outline.findall(chinese)
    assert code.findall(english) == code.findall(chinese)


@pytest.mark.parametrize("file", [pytest.param(file, id=name(file)) for file in documents()])
def test_links_lead_somewhere(file: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", file.read_text(encoding="utf-8"))
    paths = {target: (file.parent / target).resolve() for target in targets if "://" not in target}
    broken = [target for target, path in paths.items() if not path.exists() and path not in still_to_come()]
    assert not broken, f"{name(file)} links to {broken}"


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    records = [file.name for file in (ROOT / "docs/decisions").glob("[0-9]*.md")]
    assert [record for record in records if f"({record})" not in index] == []
    numbers = [record[:4] for record in records]
    assert len(numbers) == len(set(numbers)), "two decisions have the same number"


def test_the_changelog_knows_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
