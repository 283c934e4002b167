"""Settings that name an engine: what is wrong with them is said, and no token is ever shown."""

from __future__ import annotations

import sys

import pytest

from data.engines import connect
from data.engines import errors as engine_errors
from data.engines.connection import shown
from data.settings import Settings
from metrics.errors import SalesError


@pytest.mark.parametrize(
    ("engine", "tables", "code"),
    [
        ("postgres://db", "/data", "EngineUnknown"),
        ("sc://127.0.0.1:1/;token=secret", "", "EngineTablesUnset"),
        ("sc://127.0.0.1:1/;token=secret", "/data", "EngineUnreachable"),
        ("sc://", "/data", "EngineUnreachable"),
        ("sc://127.0.0.1:notaport", "/data", "EngineUnreachable"),
    ],
)
def test_a_wrong_address_is_said_at_once(engine: str, tables: str, code: str) -> None:
    with pytest.raises(SalesError) as refused:
        connect(Settings(engine=engine, engine_tables=tables))
    assert refused.value.code == code
    for lang in ("en", "zh-CN"):
        assert shown(engine) in refused.value.text(lang)
        assert "secret" not in refused.value.text(lang)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch, listening: str) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(SalesError) as refused:
        connect(Settings(engine=listening, engine_tables="/data"))
    assert refused.value.code == "EngineDriverMissing"
    assert "pip install pyspark-client" in refused.value.text("en")


@pytest.fixture
def listening() -> str:
    """Something that picks up, and is no Spark Connect server."""
    import socket

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"sc://127.0.0.1:{server.getsockname()[1]}"  # type: ignore[misc]


def test_every_error_has_words_in_both_languages() -> None:
    for name, kind in vars(engine_errors).items():
        if isinstance(kind, type) and issubclass(kind, SalesError) and name not in ("SalesError", "EngineError"):
            said = kind(engine="sc://x", package="p", detail="d", table="t", place="l")
            assert name not in said.text("en")
            assert "?" not in said.text("en")
            assert any("\u4e00" <= letter <= "\u9fff" for letter in said.text("zh-CN"))
