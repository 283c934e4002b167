"""A plan -> the store: one transaction for all its files, and for what was answered about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.ingest.plan import Plan
from data.ingest.promote import promote_wished
from data.ingest.remember import remembering
from data.originals import no_strays
from data.truth import Upload, load
from data.unfinished import marked

if TYPE_CHECKING:
    import duckdb

    from data.store import Store


def run(store: Store, plan: Plan) -> list[Upload]:
    """Load every file of a plan, all or none.

    Raises:
        ValueError: a question of the plan is still open.
        SalesError: the store cannot take it; nothing has changed then.
    """
    if plan.questions:
        raise ValueError("a question is open: " + ", ".join(question.code for question in plan.questions))
    if not plan.files:  # all were left out: their orders are here already
        return []
    names = [file.file for file in plan.files]
    with store.turn(), marked(store, names), no_strays(store), remembering(store.folder, plan) as keep_answers:

        def last(cursor: duckdb.DuckDBPyConnection) -> None:
            promote_wished(cursor, store, plan)
            keep_answers()

        return load(store, plan.loads, last)
