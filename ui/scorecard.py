"""How a scorecard looks: what each component adds to the score; and where its weights are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
import streamlit as st

from data import punctuation
from data.punctuation import paired
from data.rep_book import reset_weights, set_weights, weights
from metrics.query import Query, Result
from metrics.scorecard import Component, components, scored
from metrics.view import View
from ui import numbers, session, show
from ui.drawing import under_pointer
from ui.guard import guarded
from ui.horizontal import in_rows, numbers_at
from ui.kept import Kept
from ui.look import Look
from ui.question import Subject, mark_of
from ui.reader import look
from ui.sheet import Sheet
from ui.text import lang, plain, t

_RULES = {"target": "card.rule_target", "peers": "card.rule_peers", "scale": "card.rule_scale"}
Weights = tuple[tuple[str, float], ...]
_kept = Kept[pl.DataFrame](8)


@dataclass(frozen=True)
class Card:
    """One person's card: a bar for each component, as long as what it adds; a pale one as long as it could."""

    rep: str
    weights: Weights

    def __call__(self, result: Result, look: Look) -> go.Figure | None:
        """The drawing; None where nothing is known of the person."""
        rows = _rows(result, self.rep, self.weights)
        if not rows or rows[0]["score"] is None:
            return None
        names = [components()[row["component"]].label.text(look.lang) for row in rows]
        texts = [_at_the_end(row, look) for row in rows]
        most = [100 * (row["share"] or 0.0) for row in rows]
        parts = [row["contribution"] or 0.0 for row in rows]
        sheet, place = Sheet(), np.arange(len(rows))
        marks = [mark_of(row["component"], name, rep=self.rep) for row, name in zip(rows, names, strict=True)]
        says = [under_pointer(name, *_says(row, look)) for row, name in zip(rows, names, strict=True)]
        drawn = (
            (look.words("card.could"), look.quiet, 0.66, most),
            (look.words("card.adds"), look.colour(0), 0.4, parts),
        )
        for name, colour, width, values in drawn:
            sheet.add_bar(
                x=values, y=place, orientation="h", width=width, name=name, hoverinfo="text",
                marker={"color": colour}, customdata=marks, hovertext=says,
            )  # fmt: skip
        ends = np.maximum(parts, most)
        numbers_at(sheet, ends, texts, look)
        return in_rows(sheet, names, texts, (0.0, float(ends.max()) or 1.0), look, whole=True)


@dataclass(frozen=True)
class Told:
    """What a card says: the score, the rank, and what adds most and least."""

    rep: str
    weights: Weights

    def __call__(self, result: Result, look: Look) -> str | None:
        """The sentence; None where there is no score."""
        rows = _rows(result, self.rep, self.weights)
        if not rows or rows[0]["score"] is None:
            return None
        first = rows[0]
        score = numbers.written(first["score"], "number", look.lang)
        said = [look.words("question.rep_card_score", score=score)]
        if first["of"] > 1:
            said.append(look.words("question.rep_card_rank", rank=first["rank"], of=first["of"]))
        unscored = [row for row in rows if row["share"] is None]
        for key, are_known in (("unknown", False), ("alone" if first["of"] < 2 else "few", True)):
            names = [components()[row["component"]].label.text(look.lang) for row in unscored
                     if (row["raw"] is not None) == are_known]  # fmt: skip
            if names:
                said.append(look.words(f"question.rep_card_{key}", names=numbers.listed(names, look.lang)))
        return punctuation.sentences(said, look.lang)


class CardSubject(Subject):
    """What is looked behind: the numbers of everybody the card is made of, and its rules."""

    def explain(self) -> None:
        """The rule of each component."""
        super().explain()
        lines = [
            paired(f"- **{plain(one.label.text(lang()))}**", plain(t(_RULES[one.rule])), lang())
            for one in components().values()
        ]
        st.markdown("\n".join(lines))

    def terms(self) -> list[tuple[str, str]]:
        """The same for a file."""
        return [*super().terms(), *((one.label.text(lang()), t(_RULES[one.rule])) for one in components().values())]


def _rows(result: Result, rep: str, weighed: Weights) -> list[dict[str, Any]]:
    """The person's lines of everybody's cards, which are made once for an answer: of thousands they take a while."""
    cards = _kept.of((result.frame,), weighed, lambda: scored(result.frame, dict(weighed)))
    return cards.filter(pl.col("rep") == rep).to_dicts()


def _raw(row: Mapping[str, Any], look: Look) -> str:
    one: Component = components()[row["component"]]
    return numbers.written(row["raw"], one.unit, look.lang, look.currency)


def _at_the_end(row: Mapping[str, Any], look: Look) -> str:
    """What it adds, and of what: "+12.3 · 82%"."""
    if row["contribution"] is None:
        return "—" if look.is_narrow or row["raw"] is None else f"— · {_raw(row, look)}"
    adds = f"+{numbers.written(row['contribution'], 'number', look.lang)}"
    return adds if look.is_narrow else f"{adds} · {_raw(row, look)}"


def _says(row: Mapping[str, Any], look: Look) -> list[str]:
    if row["contribution"] is None:
        if row["raw"] is None:
            return [look.words("card.unknown")]
        return [look.words("card.says_raw", raw=_raw(row, look)), look.words("card.unscored")]
    share = numbers.share(row["share"], look.lang)
    written = {
        name: numbers.written(row[name], "number", look.lang) for name in ("normalised", "weight", "contribution")
    }
    return [
        look.words("card.says_raw", raw=_raw(row, look)),
        look.words("card.says_points", points=written["normalised"], rule=look.words(_RULES[row["rule"]])),
        look.words("card.says_weight", weight=written["weight"], share=share),
        look.words("card.says_adds", adds=written["contribution"]),
    ]


# ------------------------------------------------------------------------------------------------------------- on page


def shown(asked: Query, rep: str, view: View) -> None:
    """The card of a person, and beside it as a list what each part is made of."""
    with session.reading() as seen:
        weighed = tuple(weights(seen).items())
    show.question(asked, Card(rep, weighed), view, name="rep_card", found=Told(rep, weighed), of=CardSubject)
    _as_list(asked, rep, weighed, view)
    _weights(dict(weighed))


def _as_list(asked: Query, rep: str, weighed: Weights, view: View) -> None:
    """Raw value, points, weight, share and contribution of each component."""
    with guarded(), session.reading() as seen:
        rows, how = _rows(seen.ask(asked, session.viewer()), rep, weighed), look(view)
        frame = pl.DataFrame(
            [
                {
                    t("card.component"): components()[row["component"]].label.text(lang()),
                    t("card.raw"): _raw(row, how),
                    t("card.rule"): t(_RULES[row["rule"]]),
                    t("card.points"): numbers.written(row["normalised"], "number", lang()),
                    t("card.weight"): numbers.written(row["weight"], "number", lang()),
                    t("card.share"): numbers.share(row["share"], lang()) if row["share"] is not None else "—",
                    t("card.adds"): numbers.written(row["contribution"], "number", lang()),
                }
                for row in rows
            ]
        )
    if frame.height:
        show.listing(frame, key="rep_card.list", alt=t("question.rep_card"))


def _weights(now: Mapping[str, float]) -> None:
    """Weights of everybody's card, for those who may see everything."""
    with st.expander(t("card.weights"), icon=":material/tune:"):
        st.caption(plain(t("card.weights_help")))
        if not session.viewer().sees_all:
            st.caption(t("card.weights_not_yours"))
            return
        with st.form("card.weights", border=False):
            given = {}
            with st.grid(4, min_column_width=180, gap="small"):
                for one in components().values():
                    given[one.id] = st.number_input(
                        one.label.text(lang()), min_value=0.0, max_value=1000.0, value=float(now[one.id]), step=5.0,
                        key=f"card.weight.{one.id}", format="%g",
                    )  # fmt: skip
            with st.container(horizontal=True):
                kept = st.form_submit_button(t("card.weights_keep"), icon=":material/save:")
                back = st.form_submit_button(t("card.weights_reset"), icon=":material/restart_alt:", type="tertiary")
        if kept or back:
            with guarded():
                if back:
                    reset_weights(session.store(), session.viewer())
                    for one in components().values():
                        del st.session_state[f"card.weight.{one.id}"]
                else:
                    set_weights(session.store(), session.viewer(), given)
                st.rerun()
