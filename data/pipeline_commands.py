"""The commands of `python -m data` about open deals: what their stages ask and they do not meet."""

from __future__ import annotations

import typer

from data.arguments import Json, Lang, SeenOn, Sql, StorePath, Viewer, Where, day_of
from data.commands import app, at
from data.terminal import LOADED


@app.command()
def breaches(
    context: typer.Context,
    where: Where = None,
    as_of: SeenOn = None,
    viewer: Viewer = None,
    sql: Sql = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """Open deals over their stage's time limit, or without a field that it requires; each reason by itself."""
    from data.asking import Asked, answer_to
    from data.pipeline import report
    from metrics.standards import breaches as question

    session = at(context, store, lang, is_json=json)
    asked = Asked(where=tuple(where or ()), as_of=day_of(as_of), email=viewer)
    report(session, answer_to(session, asked, question), only_sql=sql)
    return LOADED
