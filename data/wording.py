"""What columns, values and sentences of the command line are called: one TOML file beside this one for each subject."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def wording(name: str) -> dict[str, Any]:
    """The tables of `data/<name>.toml`: most have `columns` and `values`, each text with its languages.

    Args:
        name: of the file, with its folder where it has one ("review/deals").
    """
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
