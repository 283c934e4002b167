"""Who is looking, and which rows they may see."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Viewer(BaseModel):
    """A reader and their row scope; frozen, so that it is part of every key under which an answer is remembered.

    Attributes:
        scope: "all" rows, those of some "teams", or those of one "rep".
        teams: the teams in scope, sub-teams included. above: the teams over them, whose targets they may see.
        rep_keys: the people in those teams today, or the one whose rows are in scope. Ignored when scope is "all".
        named: who else may be named: people who have rows in those teams from another time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: str = ""
    name: str = ""
    scope: Literal["all", "teams", "rep"] = "all"
    teams: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    rep_keys: tuple[int, ...] = ()
    named: tuple[int, ...] = ()

    @property
    def sees_all(self) -> bool:
        """Whether nothing is hidden from them, rows without an owner included."""
        return self.scope == "all"

    def sees(self, team: str | None, rep_key: int | None) -> bool:
        """Whether a row of this team and person is in scope, as metrics/base.py has it."""
        if self.scope == "teams":
            return team in self.teams
        return self.sees_all or rep_key in self.rep_keys

    def row_scope(self) -> tuple[object, ...]:
        """What decides which rows they see, without who they are: two managers of one team share answers."""
        return ("all",) if self.sees_all else (self.scope, self.teams, self.above, self.rep_keys, self.named)


EVERYTHING = Viewer(name="everything")
"""The viewer who may see all."""
