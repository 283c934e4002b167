"""What can go wrong with an engine outside this process. The texts, in both languages, are in errors.toml."""

from __future__ import annotations

from metrics.errors import SalesError


class EngineError(SalesError):
    """The engine cannot be used or did not answer. Params: engine (without its token), and what the subclass says."""


class EngineUnknown(EngineError):
    """The setting names no engine this program knows. Params: engine."""


class EngineDriverMissing(EngineError):
    """The package that speaks to the engine is not installed. Params: engine, package."""


class EngineUnreachable(EngineError):
    """Nothing answers at the address, or the connection broke. Params: engine, detail."""


class EngineTablesUnset(EngineError):
    """The settings do not say where the engine finds the tables. Params: engine."""


class EngineTableMissing(EngineError):
    """The engine does not have a table that the question reads. Params: engine, table, place."""


class EngineRefused(EngineError):
    """The engine could not answer. Params: engine, detail."""


class UploadsElsewhere(EngineError):
    """An engine holds a published copy: nothing can be loaded into it here. Params: engine, place."""
