"""`--for FILE`: the options after it hold for that file alone, those before the first one for all files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typer._click import Context

_FOR = "--for"
_OF_THE_IMPORT = ("dry_run", "store", "json", "lang")
"""Options that are about the import and no file: they hold wherever they stand."""
_META = "data.per_file"


class PerFile(TyperCommand):
    """A command whose options may be given again after `--for FILE`."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the options before the first `--for`, then those of each file with the same rules."""
        first, *groups = _groups(args)
        rest = super().parse_args(ctx, first)
        told: dict[str, Mapping[str, Any]] = {}
        for name, *words in groups:
            with self.make_context(ctx.info_name or "", [name, *words], parent=ctx.parent) as inner:
                if len(inner.params["files"]) != 1:
                    raise typer.BadParameter(f"{_FOR} {name}: {' '.join(map(str, inner.params['files'][1:]))}", ctx=ctx)
                ctx.params |= {what: inner.params[what] for what in _OF_THE_IMPORT if inner.params[what]}
                told[name] = inner.params
        ctx.meta[_META] = told
        return rest


def _groups(args: Sequence[str]) -> list[list[str]]:
    """The words before the first `--for`, then those after each, the file first."""
    groups: list[list[str]] = [[]]
    for word in args:
        name, sign, file = word.partition("=")
        if name == _FOR:
            groups.append([file] if sign else [])
        else:
            groups[-1].append(word)
    if [] in groups[1:]:
        raise typer.BadParameter(_FOR)
    return groups


def told_of(context: typer.Context) -> dict[str, Mapping[str, Any]]:
    """File -> its own options, by the names of the command's parameters."""
    found: dict[str, Mapping[str, Any]] = context.meta.get(_META, {})
    return found
