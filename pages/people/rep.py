"""Salesperson: one person's scorecard, stages beside the team, work, what others say, targets and notes of coaching."""

import streamlit as st

from metrics.activity import quiet
from metrics.coaching import coaching
from metrics.credit import credit
from metrics.cuts import breakdown
from metrics.landing import landing
from metrics.rhythm import rhythm
from metrics.scorecard import results
from metrics.signals import signals
from metrics.voices import voices
from ui import charts, controls, rep, rep_voices, scorecard, show, signs
from ui import coaching as compared
from ui import landing as landed
from ui import rhythm as worked
from ui.review import decide, hygiene
from ui.text import t

ABOUT = ("card", "coaching", "work", "voices", "goals", "hygiene")

view = controls.view()
one = rep.chosen(view)
if one is not None:
    rep.head(one)
    decide.told_of("rep", one.rep)
    above = st.container()
    about = controls.choice(
        "about", ABOUT, label=t("rep.about"), show=lambda name: t(f"rep.about_{name}"), kind="segmented"
    )
    card = results(one.everybody, one.among)
    if about == "card":
        show.ahead(card)
    with above:
        show.numbers(("won_amount", "attainment", "win_rate", "open_amount"), one.view)
    if about == "card":
        scorecard.shown(card, one.rep, one.everybody)
    elif about == "coaching":
        asked = coaching(one.rep, one.everybody, one.peers)
        show.question(asked, compared.stages, one.view, name="rep_coaching", found=compared.to_talk_about)
        show.listed(asked, one.view, name="rep_compared", shape=compared.as_list)
    elif about == "work":
        left, right = st.columns([3, 2], gap="medium")
        with left:
            show.question(rhythm(one.view), worked.by_week, one.view, name="rep_rhythm", found=worked.usual_week)
        with right:
            show.question(rhythm(one.view), worked.by_weekday, one.view, name="rep_weekdays")
        show.question(landing(one.view, "quarter"), landed.landed, one.view, name="landing", found=landed.where_it_ends)
        show.listed(signals(one.view), one.view, name="rep_deals", shape=signs.with_reasons, of=signs.Signs)
        left, right = st.columns(2, gap="medium")
        with left:
            show.chart(breakdown("won_amount", "customer", one.view), charts.bars, one.view, top=10)
        with right:
            show.listed(quiet(one.view), one.view, name="quiet")
    elif about == "voices":
        said = voices(one.rep, one.everybody)
        show.listed(said, one.view, name="rep_voices", shape=rep_voices.as_list, found=rep_voices.what_is_said)
        shared = credit(one.rep, one.everybody)
        show.listed(shared, one.view, name="rep_credit", found=rep_voices.what_was_shared)
    elif about == "goals":
        show.listed(rep.targets(one), one.view, name="rep_goals", shape=rep.as_goals, found=rep.how_reached)
        rep.notebook(one)
    elif about == "hygiene":
        hygiene.of_one(one.everybody, one.rep)
