"""Uploads so far: their counts, taking one back, refused rows, and two spellings of one name."""

from ui import history, show
from ui.text import t

show.title(t("page.history"))
history.uploads_so_far()
history.spellings()
