"""What columns, values and sentences of the command line are called: one TOML file beside this one for each subject."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def wording(name: str) -> dict[str, Any]:
    """The tables of `data/<name>.toml`: most have `columns` and `values`, each text with its languages."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
