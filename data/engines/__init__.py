"""The same questions on engines outside this process; DuckDB, the default, needs none of this (docs/engines.md)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Protocol

from data.engines.errors import EngineTablesUnset, EngineUnknown

if TYPE_CHECKING:
    from data.engines.spark import SparkStore
    from data.settings import Settings
    from data.store import Snapshot
    from metrics.catalog import Dimension
    from metrics.query import Query, Result
    from metrics.viewer import Viewer


class Engine(Protocol):
    """What answers questions: the store itself, or a server that holds a published copy of it."""

    dialect: str

    def ask(self, query: Query, viewer: Viewer) -> Result:
        """Answer with the rows that `viewer` may see; frames are the store's, to the type of each column."""

    def values(self, dimension: Dimension | str, viewer: Viewer) -> list[str | None]:
        """The values of a dimension that `viewer` may see."""

    def explain(self, query: Query, viewer: Viewer) -> str:
        """How the engine goes about it, in its own words."""

    def text(self, query: Query, viewer: Viewer) -> str:
        """The statement that is sent: values written in, ready to be copied and run there."""

    def version(self) -> int:
        """The number of the last change the engine has seen."""

    @property
    def as_of(self) -> date | None:
        """The day of the data."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """One version to ask several questions of."""


def connect(settings: Settings) -> SparkStore:
    """The engine that settings name.

    Raises:
        EngineUnknown: `settings.engine` is no address of a known kind.
        EngineTablesUnset: `settings.engine_tables` is empty.
        EngineDriverMissing: the engine's Python package is not installed.
        EngineUnreachable: nothing answers there.
    """
    from data.engines.spark import SparkStore, shown

    if not settings.engine.startswith("sc://"):
        raise EngineUnknown(engine=shown(settings.engine))
    if not settings.engine_tables:
        raise EngineTablesUnset(engine=shown(settings.engine))
    return SparkStore(settings)
