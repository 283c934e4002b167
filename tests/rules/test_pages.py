"""Pages say which questions, in which order, and nothing else.

So no number can reach the screen without its definition, its SQL and its rows: `ui/show.py` brings all of them.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.rules.repository import ROOT, name, need, pages, parse, sources

# Everything in Streamlit that puts a number or a drawing on the screen by itself.
SHOWS_NUMBERS = {
    "altair_chart", "area_chart", "bar_chart", "bokeh_chart", "data_editor", "dataframe", "graphviz_chart", "json",
    "line_chart", "map", "metric", "plotly_chart", "pydeck_chart", "pyplot", "scatter_chart", "table",
    "vega_lite_chart", "write", "write_stream",
}  # fmt: skip
DRAWS_OR_READS = {"plotly", "altair", "matplotlib", "duckdb", "polars", "pandas", "sqlglot", "data"}
SQL = re.compile(
    r"\b(select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from|merge\s+into|with\b.+\bas\s*\("
    r"|(create|drop|alter)\s+(table|view|schema))\b",
    re.IGNORECASE | re.DOTALL,
)


@pytest.fixture(params=[pytest.param(page, id=name(page)) for page in pages()])
def page(request: pytest.FixtureRequest) -> Path:
    """One page after the other."""
    path: Path = request.param
    return path


def imported(tree: ast.AST) -> set[str]:
    """Every module a script imports, and every name it takes out of one, with dots."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def docstrings(tree: ast.Module) -> set[int]:
    """The identity of each docstring's node, so that prose is not taken for SQL."""
    owners = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)]
    return {id(owner.body[0].value) for owner in owners if owner.body and isinstance(owner.body[0], ast.Expr)}


def test_a_page_says_what_it_is_for(page: Path) -> None:
    assert ast.get_docstring(parse(page)), f'{name(page)} starts with a line such as "Reps: who wins, how fast."'


def test_a_page_reads_and_draws_nothing_itself(page: Path) -> None:
    taken = {module for module in imported(parse(page)) if module.split(".")[0] in DRAWS_OR_READS}
    assert not taken, f"{name(page)} imports {sorted(taken)}; ask with metrics, show with ui"


def test_a_page_shows_through_show(page: Path) -> None:
    tree = parse(page)
    calls = {
        f"line {node.lineno}: .{node.func.attr}(…)"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SHOWS_NUMBERS
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "show")
    }
    taken = {
        f"import {module}"
        for module in imported(tree)
        if re.fullmatch(rf"streamlit\.({'|'.join(SHOWS_NUMBERS)})", module)
    }
    assert not calls | taken, f"{name(page)} bypasses ui/show.py: {sorted(calls | taken)}"


def test_a_page_prints_nothing_by_accident(page: Path) -> None:
    """Streamlit writes a bare expression on the screen."""
    tree = parse(page)
    bare = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and id(node.value) not in docstrings(tree)
        and not isinstance(node.value, ast.Call | ast.Await | ast.Yield | ast.YieldFrom)
    ]
    assert not bare, f"{name(page)}: a bare expression on line {bare} would be shown as it is"


def test_a_page_holds_no_sql(page: Path) -> None:
    tree = parse(page)
    prose = docstrings(tree)
    found = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in prose
        and SQL.search(node.value)
    ]
    assert not found, f"{name(page)}: SQL on line {found}; questions live in metrics/"


def test_the_server_draws_nothing() -> None:
    need("app.py")
    taken = {module for module in imported(parse(ROOT / "app.py")) if module.split(".")[0] in DRAWS_OR_READS - {"data"}}
    assert not taken, f"app.py starts the server and owns the store; {sorted(taken)} belongs below it"


@pytest.mark.parametrize(
    ("code", "is_sql"),
    [
        ("select rep, sum(amount) from deals", True),
        ("WITH x AS (SELECT 1) SELECT * FROM x", True),
        ("drop table crm.deals", True),
        ("Choose a team from the list", False),
        ("page.reps", False),
    ],
)
def test_what_counts_as_sql(code: str, is_sql: bool) -> None:
    assert bool(SQL.search(code)) is is_sql


def test_lists_to_choose_from_show_texts_as_they_are() -> None:
    """A list to open reads no Markdown: what parts words from it (`plain`) would stand there as backslashes."""
    parted = {
        f"{name(file)}, line {node.lineno}"
        for file in sources("ui", "pages")
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Call) and _opens_a_list(node)
        for given in node.keywords
        if given.arg in ("format_func", "show")
        for part in ast.walk(given.value)
        if isinstance(part, ast.Name) and part.id == "plain"
    }
    assert not parted, f"a backslash would be shown: {sorted(parted)}"


def test_lists_that_may_be_empty_ask_in_the_readers_language() -> None:
    """Streamlit writes "Choose options" into a list of which nothing is chosen, in English to everybody."""
    found = {
        f"{name(file)}, line {node.lineno}"
        for file in sources("ui", "pages")
        for node in ast.walk(parse(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "multiselect" or "index=None" in {ast.unparse(one) for one in node.keywords}
        if node.func.attr in {"multiselect", "selectbox"}
        if not {"placeholder"} & {one.arg for one in node.keywords}
    }
    assert not found, f"without a placeholder: {sorted(found)}"


def _opens_a_list(call: ast.Call) -> bool:
    """Streamlit's own, or a page's choice (ui/controls.py), which is a list unless it says another kind."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    kinds = [ast.unparse(one.value) for one in call.keywords if one.arg == "kind"]
    return called in {"selectbox", "multiselect", "choices"} or (called == "choice" and kinds in ([], ["'select'"]))
