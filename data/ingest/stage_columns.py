"""A column for every stage with the day a deal entered it, as HubSpot exports deals: each day is a visit to a stage."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from data.ingest.match import Match, match
from data.ingest.profile import profiles
from data.ingest.texttable import LINE, TextTable

DEAL, STAGE, ENTERED, EXITED = "Deal ID", "Deal Stage", "Date entered", "Date exited"
_VISITS = "deal_stages"
_COLUMN = re.compile(
    r"^(?:Date (?P<way>entered|exited)|(?P<zh>进入|离开|退出)日期)\s*[\"'“‘](?P<stage>.+?)[\"'”’]\s*$", re.IGNORECASE
)
_PIPELINE = re.compile(r"\s*[(（][^()（）]*[)）]$")


def stage_visits(table: TextTable, found: Match) -> tuple[TextTable, Match] | None:
    """The visits in a list of deals: one row for each day that a column `Date entered "Stage (Pipeline)"` holds.

    A stage is called as the deals' own column of the stage calls it, with or without its pipeline. A deal that never
    entered a stage has no visit to it.

    Args:
        table: the list of deals.
        found: what it was recognised as; its id and stage are taken from there.

    Returns:
        The visits under the four names above, on the lines of their deals, and how their CRM reads them; None where
        there are no such columns, or no id that would tell whose they are.
    """
    profile = profiles().get(found.profile.origin)  # what is remembered of the deals says nothing of their visits
    if profile is None or found.table != "deals" or "deal_id" not in found.columns or _VISITS not in profile.tables:
        return None
    columns: dict[str, dict[str, int]] = {}
    for place, header in enumerate(table.headers):
        if met := _COLUMN.match(header.strip()):
            way = ENTERED if (met["way"] or "").lower() == "entered" or met["zh"] == "进入" else EXITED
            columns.setdefault(met["stage"].strip(), {}).setdefault(way, place)
    own = _own_names(table, found)
    frames = [_visits(table, found.columns["deal_id"], _name(stage, own), ways) for stage, ways in columns.items()]
    frames = [frame for frame in frames if frame.height]
    if not frames:
        return None
    visits = replace(
        table, headers=[DEAL, STAGE, ENTERED, EXITED], frame=pl.concat(frames).sort(LINE, maintain_order=True),
        aside=[], broken=[], remarks=[], unlisted=0, text=b"",
    )  # fmt: skip
    return visits, match(visits, profile, _VISITS, {})


def _own_names(table: TextTable, found: Match) -> dict[str, str]:
    """What deals say for their stage, by its lower case."""
    if "stage" not in found.columns:
        return {}
    said = table.column(found.columns["stage"]).drop_nulls().unique(maintain_order=True)
    return {str(name).casefold(): str(name) for name in said}


def _name(stage: str, own: dict[str, str]) -> str:
    bare = _PIPELINE.sub("", stage)
    return own.get(stage.casefold()) or own.get(bare.casefold()) or bare


def _visits(table: TextTable, deal: int, stage: str, ways: dict[str, int]) -> pl.DataFrame:
    """The rows of one stage: columns "0" to "3" in the order of the names, and the line."""
    if ENTERED not in ways:
        return pl.DataFrame()
    left = (
        table.column(ways[EXITED]) if EXITED in ways else pl.repeat(None, len(table.frame), dtype=pl.String, eager=True)
    )
    visits = pl.DataFrame(
        [
            table.column(deal).alias("0"),
            pl.repeat(stage, len(table.frame), dtype=pl.String, eager=True).alias("1"),
            table.column(ways[ENTERED]).alias("2"),
            left.alias("3"),
            table.frame[LINE],
        ]
    )
    return visits.filter(pl.col("0").is_not_null() & pl.col("2").is_not_null())
