"""Targets: how they stand and where they will end, whether they add up, setting them, what was decided and why."""

import streamlit as st

from metrics.target_trees import reconciled
from ui import controls, show, targets, targets_drawn, targets_kept, targets_set
from ui.text import t

ABOUT = ("standing", "parts", "set", "versions")

view = controls.view()
show.title(t("page.targets"))
about = controls.choice(
    "about", ABOUT, label=t("targets.about"), show=lambda name: t(f"targets.about_{name}"), kind="segmented"
)
aimed = targets.chosen(view)
if aimed is None:
    st.info(t("targets.none"), icon=":material/flag:")
    targets_set.section(None, view)
    targets_kept.as_files(None, view)
elif about == "standing":
    asked, here = targets.question(aimed, view), targets.within(aimed, view)
    show.question(
        asked, targets_drawn.bullets, here, name="targets_standing", found=targets_drawn.stands, of=targets.Owned
    )
    show.listed(asked, here, name="targets_table", shape=targets_drawn.Table(asked), of=targets.Owned)
    targets.smart_check(aimed, view)
    controls.page_link("trends", t("targets.to_trends"), icon=":material/trending_up:")
elif about == "parts":
    asked, here = reconciled(aimed.of, aimed.span, view), targets.within(aimed, view)
    show.listed(
        asked, here, name="targets_parts", found=targets_drawn.differ, shape=targets_drawn.differences,
        of=targets.Parted,
    )  # fmt: skip
elif about == "set":
    targets_set.section(aimed, view)
    targets_kept.as_files(aimed, view)
else:
    targets_kept.versions(aimed)
