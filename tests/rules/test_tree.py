"""The shape of the tree: small files, small functions, names that say something."""

from __future__ import annotations

import ast
import re

from tests.rules.repository import PACKAGES, ROOT, name, parse, sources

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
SAYS_NOTHING = re.compile(r"(^|_)(utils?|helpers?|managers?|common|misc)$")


def test_no_script_lies_directly_in_pages() -> None:
    """Such a file runs outside the frame, without its viewer, on the first deep link of a fresh server."""
    stray = [name(file) for file in (ROOT / "pages").glob("*.py")]
    assert not stray, f"move into a section, such as pages/results/: {stray}"


def test_pages_have_names_of_their_own() -> None:
    """A page's address is its file's stem."""
    stems = [file.stem for file in (ROOT / "pages").glob("*/*.py")]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    assert not twice, f"two pages would answer at the same address: {twice}"


def test_names_say_what_is_inside() -> None:
    files = [*sources(*PACKAGES, "tests"), *(path for package in PACKAGES for path in (ROOT / package).rglob("*/"))]
    vague = [name(file) for file in files if SAYS_NOTHING.search(file.stem)]
    assert not vague, f"name it after what it does: {vague}"


def test_files_can_be_read_in_one_sitting() -> None:
    counts = {name(file): len(file.read_text(encoding="utf-8").splitlines()) for file in sources(*PACKAGES, ".")}
    long = {file: count for file, count in counts.items() if count > MOST_LINES_OF_A_FILE}
    assert not long, f"more than {MOST_LINES_OF_A_FILE} lines; divide by subject: {long}"


def test_functions_can_be_seen_at_once() -> None:
    long = {
        f"{name(file)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for file in sources(*PACKAGES, ".")
        for node in ast.walk(parse(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    }
    assert not long, f"more than {MOST_LINES_OF_A_FUNCTION} lines; divide by step: {long}"
