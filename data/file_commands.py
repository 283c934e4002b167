"""The commands of `python -m data` that give files of uploads back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from data.arguments import Json, Lang, StorePath, UploadId
from data.commands import app, at
from data.terminal import LOADED


@app.command()
def original(
    context: typer.Context,
    upload: UploadId,
    file: Annotated[Path | None, typer.Argument(help="Where to write it; by default under its own name, here.")] = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Give an upload's file back as it was."""
    from data.afterwards import original_report

    original_report(at(context, store, lang, is_json=json), upload, file)
    return LOADED


@app.command()
def refused(
    context: typer.Context,
    upload: UploadId,
    file: Annotated[
        Path | None, typer.Argument(help="File or folder to write to. Default: a new file in this folder.")
    ] = None,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Write the refused rows of an upload in the layout of its file, with reasons, to be corrected and loaded again."""
    from data.afterwards import refused_report

    refused_report(at(context, store, lang, is_json=json), upload, file)
    return LOADED
