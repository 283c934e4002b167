"""Reference pages written from the code, so that they cannot say something else than the code does.

`make docs` writes docs/measures.md, commands.md, settings.md and pages.md; tests/rules/test_docs.py says when one is
stale. Each page has its own writer, and each writer is a function from the code to text.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import EnumType
from pathlib import Path
from typing import Any

import typer
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parents[1]


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; a bar or a line break inside a cell cannot break it."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def document(title: str, intro: str, *parts: str) -> str:
    """A whole page, with where it comes from."""
    origin = "<!-- Written by `make docs`; change the code it describes instead. -->"
    return "\n\n".join([f"# {title}", origin, intro, *parts]) + "\n"


def measures() -> str:
    """Every measure and dimension of the catalogue, by table, in both languages."""
    from metrics.catalog import catalog

    known = catalog()
    parts: list[str] = []
    by_table: dict[str, list[object]] = {}
    for one in known.measures.values():
        by_table.setdefault(one.table or "ratios", []).append(
            (
                f"`{one.id}`",
                f"{one.label.text('en')} · {one.label.text('zh-CN')}",
                f"{one.meaning.text('en')}<br>{one.meaning.text('zh-CN')}",
                f"{one.formula('en')}",
                one.unit,
            )
        )
    for name, rows in by_table.items():
        parts += [f"## {name}", table(("id", "label", "meaning", "formula", "unit"), rows)]
    cuts = [
        (f"`{one.id}`", f"{one.label.text('en')} · {one.label.text('zh-CN')}", one.kind)
        for one in known.dimensions.values()
    ]
    return document(
        "Measures and dimensions · 指标与维度",
        "What can be asked, on a page or with `python -m data ask MEASURE --by DIMENSION`. "
        "The Glossary page shows the same with the SQL of each measure.",
        *parts,
        "## dimensions",
        table(("id", "label", "kind"), cuts),
    )


def commands() -> str:
    """Every command of `python -m data`, with its arguments and options."""
    from data.commands import app

    group = typer.main.get_command(app)
    parts: list[str] = []
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        words: list[str] = []
        rows: list[tuple[str, str]] = []
        for param in command.params:
            more = "…" if param.multiple or param.nargs == -1 else ""
            if param.param_type_name == "argument":
                word = param.name.upper() + more
                words.append(word if param.required else f"[{word}]")
                rows.append((f"`{word}`", getattr(param, "help", None) or ""))
            elif param.name != "help":
                flags = ", ".join([*param.opts, *param.secondary_opts])
                value = "" if param.is_flag else f" {_value(param)}"
                rows.append((f"`{flags}{value}`{more}", getattr(param, "help", None) or ""))
        parts += [f"## {name}", f"`python -m data {' '.join([name, *words])}`", (command.help or "").strip()]
        if rows:
            parts.append(table(("argument or option", "what it does"), rows))
    return document(
        "The command line",
        "Everything the pages do with data, without the pages. It works while the app is running: the command is then "
        "handed to the app, which owns the store. `--json` prints what a program can read. The exit code is 0 when "
        "done, 1 when refused with a reason, 2 when the command is wrong, 3 when a question must be answered first.",
        *parts,
    )


def _value(option: Any) -> str:
    """What follows an option: one of a few words, or something of a kind."""
    kind = option.type_descriptor.annotation
    if isinstance(kind, EnumType):
        return "|".join(member.value for member in kind)
    longest: str = max(option.opts, key=len)
    return option.metavar or ("YYYY-MM-DD" if kind is datetime else longest.strip("-").replace("-", "_").upper())


def settings() -> str:
    """Every setting, with its default and the variable that changes it."""
    from data.settings import Settings

    rows = [
        (
            f"`{name}`",
            f"`SALES_{name.upper()}`",
            _default(field),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
    return document(
        "Settings",
        "Written in `settings.toml` beside `app.py`, or as environment variables, which win. None is needed to start.",
        table(("in settings.toml", "variable", "default", "what it does"), rows),
    )


def _default(field: FieldInfo) -> str:
    """A default as one writes it in settings.toml. One that depends on the machine is described in words instead."""
    if field.default_factory or field.default is None or field.default == "":
        return ""
    return f"`{str(field.default).replace(str(ROOT), '.').replace(str(Path.home()), '~')}`"


def pages() -> str:
    """Every page, with the sentence it starts with."""
    rows = []
    for file in sorted((ROOT / "pages").glob("*/*.py")):
        purpose = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        rows.append((file.parent.name, f"`/{file.stem}`", purpose.split("\n\n")[0]))
    return document(
        "Pages",
        "One script each, in `pages/<section>/<page>.py`; the address of a page is the name of its file. "
        "The first page of all answers at `/`.",
        table(("section", "address", "what it is for"), rows),
    )


WRITERS: dict[str, Callable[[], str]] = {
    "measures.md": measures,
    "commands.md": commands,
    "settings.md": settings,
    "pages.md": pages,
}


def main() -> None:
    """Write the pages that have changed."""
    for name, write in WRITERS.items():
        path, text = ROOT / "docs" / name, write()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"docs/{name} written")


if __name__ == "__main__":
    main()
