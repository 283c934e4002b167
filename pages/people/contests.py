"""Recognition: records and streaks, who has improved beyond chance, contests, and what training has brought."""

from metrics.improved import improved
from metrics.records import LEVELS, records
from metrics.streaks import streaks, won_streaks
from ui import contests, contests_improved, contests_lists, controls, show, trainings
from ui.text import t

ABOUT = ("records", "improved", "contests", "training")
AGAINST = ("previous", "last_year")

view = controls.view()
show.title(t("page.contests"), view)
about = controls.choice(
    "about", ABOUT, label=t("contests.about"), show=lambda name: t(f"contests.about_{name}"), kind="segmented"
)
if about == "contests":
    contests.section(view)
elif about == "training":
    trainings.section(view)
elif about == "records":
    if of := contests_lists.chosen(contests_lists.adding_measures()):
        wins = won_streaks(view)
        show.ahead(wins)
        show.listed(
            records(of, view), view, name="records", found=contests_lists.new_records, shape=contests_lists.records
        )
        level = controls.choice(
            "level", LEVELS, label=t("contests.level"), show=lambda name: t(f"contests.whose_{name}"), kind="segmented"
        )
        asked = streaks(of, level, view)
        show.listed(asked, view, name="streaks", found=contests_lists.longest_months, shape=contests_lists.streaks)
        show.listed(wins, view, name="wins", found=contests_lists.longest_wins, shape=contests_lists.wins)
elif of := contests_lists.chosen(contests_lists.personal_measures()):
    spanned = view.spanned()
    compared = spanned if spanned.before else spanned.with_compare("last_year")
    asked = improved(of, compared)
    show.question(
        asked, contests_improved.improved, compared, name="improved", found=contests_improved.who_has_improved
    )
