"""The stores that are measured: made once from the demo company, kept beside this file, outside of version control."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.demo import build

FOLDER = Path(__file__).parent / ".stores"
WEEKS = 20
_MADE_BY = ("data/demo", "data/schema.sql", "data/tables.py")


@dataclass(frozen=True)
class Scale:
    """How much is measured: the design's sizes, or a tenth of them to see whether everything still runs."""

    is_quick: bool

    @property
    def deals(self) -> int:
        """Deals in the large store; ten order lines belong to each."""
        return 100_000 if self.is_quick else 1_000_000

    @property
    def name(self) -> str:
        """As it is written in the table."""
        return "100 k" if self.is_quick else "1 M"

    @property
    def lines(self) -> str:
        """Order lines, as written in the table."""
        return "1 M" if self.is_quick else "10 M"


def large(scale: Scale) -> Path:
    """The store of `scale.deals` deals in 20 weekly exports, ten times as many order lines, and everything else.

    It is made anew when the demo company or the tables have changed; delete `.stores` to measure another fold.
    """
    path = FOLDER / f"{scale.deals}-{_fingerprint()}.duckdb"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.glob(f"{scale.deals}-*"):
            remove(old)
        build(path, deals=scale.deals, weeks=WEEKS, progress=_say)
    return path


def copied(path: Path) -> Path:
    """A copy of a store to change."""
    copy = path.with_name("copy.duckdb")
    remove(copy)
    shutil.copyfile(path, copy)
    return copy


def remove(path: Path) -> None:
    """Remove a store and what lies beside it."""
    for beside in path.parent.glob(path.name + "*"):
        if beside.is_dir():
            shutil.rmtree(beside)
        else:
            beside.unlink()


@cache
def _fingerprint() -> str:
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for name in _MADE_BY:
        place = root / name
        files = sorted(place.rglob("*.py")) + sorted(place.rglob("*.toml")) if place.is_dir() else [place]
        for file in files:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


def _say(file: str, rows: int) -> None:
    print(f"  {rows:>12,} rows  {file}", flush=True)
