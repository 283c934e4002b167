"""Uploads so far: their counts and effects, files and refused rows, taking any back; names that are one."""

from ui import history, renaming, show
from ui.text import t

show.title(t("page.history"))
history.uploads_so_far()
renaming.spellings()
renaming.rename()
