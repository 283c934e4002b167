"""Channels: what each brought and cost, how good its leads are, campaigns, competitors, shares of the market."""

import streamlit as st

from metrics.brought import TOUCHES, brought, first_last
from metrics.campaigns import campaigns
from metrics.channel_quality import GRAINS, STEPS, quality
from metrics.channels import channels
from metrics.competitors import competitors
from metrics.market import OWN, market
from metrics.payback import WORTHS, payback
from ui import channel_quality, controls, market_course, responses, show
from ui import channels as drawn
from ui import market as rivals
from ui.text import t

ABOUT = ("steps", "quality", "campaigns", "market")

view = controls.view()
show.title(t("page.channels"), view)
about = controls.choice(
    "about", ABOUT, label=t("channels.about"), show=lambda name: t(f"channels.about_{name}"), kind="segmented"
)
if about == "steps":
    differ = drawn.touches_differ(view)
    touch = TOUCHES[0]
    if differ:
        touch = controls.choice(
            "touch", TOUCHES, label=t("channels.touch"), show=lambda name: t(f"channels.touch_{name}"), kind="segmented"
        )
    asked = brought(view, touch, with_costs=False)
    show.question(asked, drawn.steps, view, name="channel_steps", found=drawn.who_stands_out)
    left, right = st.columns(2, gap="medium")
    with left:
        show.question(channels(view), responses.turned, view, name="channels", found=responses.turned_most)
    with right:
        worth = WORTHS[0]
        if len(show.present(("gross_margin", "invoiced"))) > 1:  # by invoices the orders of a deal are known
            worth = controls.choice(
                "worth", WORTHS, label=t("channels.worth"), show=lambda name: t(f"channels.worth_{name}"),
                kind="segmented",
            )  # fmt: skip
        show.question(payback(view, touch, worth), drawn.paid_back, view, name="payback", found=drawn.slowest_back)
    asked = brought(view, touch)
    show.listed(asked, view, name="channel_costs", found=drawn.what_it_cost, shape=drawn.priced)
    if differ:
        show.question(first_last(view), drawn.touched, view, name="first_last", found=drawn.how_many_differ)
    controls.page_link("funnel", t("channels.to_funnel"), icon=":material/filter_alt:", about="leads", by="source")
elif about == "quality":
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reached = controls.choice(
            "reached", tuple(STEPS), label=t("channels.reached"), kind="segmented",
            show=lambda name: t(f"channels.reached_{name}", days=STEPS[name][1]),
        )  # fmt: skip
        grain = controls.choice(
            "grain", GRAINS, label=t("trends.grain"), default="quarter", show=lambda name: t(f"channels.grain_{name}"),
            kind="segmented",
        )  # fmt: skip
    asked = quality(view, reached, grain)
    show.question(asked, channel_quality.over_time, view, name="channel_quality", found=channel_quality.turned)
elif about == "campaigns":
    touch = controls.choice(
        "touch", TOUCHES, label=t("channels.touch"), show=lambda name: t(f"channels.touch_{name}"), kind="segmented"
    )
    show.listed(campaigns(view, touch), view, name="campaigns", found=responses.dearest)
elif about == "market":
    show.question(competitors(view), rivals.against, view, name="competitors", found=rivals.hardest)
    own = controls.choice(
        "own", OWN, label=t("channels.own_by"), show=lambda name: t(f"channels.own_{name}"), kind="segmented"
    )
    asked = market(view, own)
    show.question(asked, rivals.shares, view, name="market", found=rivals.our_share, of=rivals.Market)
    show.question(
        asked, market_course.over_time, view, name="market_course", found=market_course.gone, of=rivals.Market
    )
    controls.page_link("funnel", t("channels.to_losses"), icon=":material/filter_alt:", about="losses")
