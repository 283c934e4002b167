"""What a company sets once: environment variables `SALES_*`, else `settings.toml`, else the defaults below.

Secrets do not belong here; people's scopes live in the store (`data/viewers.py`).
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from data.errors import SettingsInvalid
from data.iso_4217 import ISO_4217

_FILE_VARIABLE = "SALES_SETTINGS"
_DEFAULT_FILE = "settings.toml"


def _known(code: str) -> str:
    """A reporting currency that is none would turn every amount into one without a rate."""
    if code and code not in ISO_4217:
        raise ValueError(f"{code} is not the code of a currency (ISO 4217), such as CNY, USD or EUR")
    return code


class Settings(BaseSettings):
    """Every setting of the company, with its default.

    Field names are the names in `settings.toml`; the environment variable is `SALES_` and the name in capitals.
    """

    model_config = SettingsConfigDict(
        env_prefix="SALES_", extra="forbid", frozen=True, env_ignore_empty=True, use_attribute_docstrings=True
    )

    store: Path = Path("company.duckdb")
    """The company's own store; its originals, cache and token lie beside it in `<store>.d/`."""
    demo_store: Path = Path("demo.duckdb")
    """The demo company's store; a real upload never mixes with it."""
    demo_lang: str = "en"
    """Language of the demo company's names: en or zh-CN."""
    engine: str = ""
    """Where questions are answered: empty for the store itself, `sc://host:port` for a Spark Connect server."""
    engine_tables: str = ""
    """Where that engine finds the tables: a folder of Parquet files, or `catalog.schema`."""
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s?(KB|MB|GB|TB|KiB|MiB|GiB|TiB|%)$")] = "60%"
    """How much memory the store may use before it works on disk, for example 4GB; or a share of the machine, 60%."""
    threads: Annotated[int, Field(ge=0)] = 0
    """How many processor cores the store may use; 0 means all."""
    answers_mb: Annotated[int, Field(ge=0)] = 256
    """How many megabytes of answers are remembered, so that a question asked twice is answered at once."""
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$"), AfterValidator(_known)] = ""
    """The reporting currency, as its three-letter code; empty: the one that the first upload with one names most."""
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "CN"
    """Whose public holidays and make-up working days count, as a two-letter country code."""
    timezone: str = "Asia/Shanghai"
    """The company's time zone: a time stamp is brought into it before its day is taken."""
    fiscal_start: Annotated[int, Field(ge=1, le=12)] = 1
    """The month in which the fiscal year starts."""
    week_start: Annotated[int, Field(ge=1, le=7)] = 1
    """The day on which the week starts: 1 is Monday, 7 is Sunday."""
    headline_measure: str = "won_amount"
    """The measure that targets are set for where a target names none."""
    viewer: str = ""
    """Who looks on where nobody has logged in: an e-mail address from the list of viewers; empty means everything may
    be seen as long as that list is empty."""
    backup_dir: Path = Path("backups")
    """The only folder besides the store's own that the store may write to."""
    max_upload_mb: Annotated[int, Field(ge=1)] = 1000
    """The largest file that is read, in megabytes; the browser takes less (`server.maxUploadSize`)."""
    max_unpacked_mb: Annotated[int, Field(ge=1)] = 4000
    """How many megabytes a ZIP file or a workbook may become when it is unpacked."""
    max_cells: Annotated[int, Field(ge=1)] = 60_000_000
    """The largest sheet that is read, in cells from its first row and column to its last, blank ones too."""
    max_columns: Annotated[int, Field(ge=1)] = 2000
    """The widest list that is read, in columns that have a name or hold anything."""
    watch_dir: str = ""
    """A folder whose new files are loaded by themselves while the app runs (docs/deploy.md); empty means none."""
    watch_seconds: Annotated[float, Field(ge=0.1)] = 30
    """How often the app looks into that folder, in seconds; a file is taken once it stays the same for one pause."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic-settings'
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Look in this order: arguments, environment, settings.toml."""
        file = Path(os.environ.get(_FILE_VARIABLE) or _DEFAULT_FILE)
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)


@cache
def settings() -> Settings:
    """The company's settings, read once per process.

    Raises:
        SettingsInvalid: a value is not what its setting allows, or settings.toml cannot be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsInvalid(name=name, problem=first["msg"]) from error
    except ValueError as error:  # tomllib's and pydantic-settings' own
        raise SettingsInvalid(name=os.environ.get(_FILE_VARIABLE) or _DEFAULT_FILE, problem=str(error)) from error
