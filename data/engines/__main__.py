"""`python -m data.engines publish FOLDER`: write the store as Parquet files for an engine to read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from data.engines.parquet import export
from data.settings import settings
from data.store import open_store
from metrics.errors import SalesError

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def main() -> None:
    """Engines outside this process hold a published copy of the store (docs/engines.md)."""


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="Where the files go: a folder that the engine can read.")],
    store: Annotated[Path | None, typer.Option(help="The store to publish; by default the company's own.")] = None,
) -> None:
    """Write every table of the store to FOLDER, replacing what an earlier publication left there."""
    try:
        with open_store(store or settings().store, create=False).snapshot() as seen:
            files = export(seen, folder)
    except SalesError as error:
        typer.echo(error.text(os.environ.get("LANG", "en").replace("_", "-")), err=True)
        sys.exit(1)
    typer.echo(f"{len(files)} files → {folder}")


if __name__ == "__main__":
    app()
