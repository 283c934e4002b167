"""Upload: drop exports, see what was recognised, load them, see what came of it."""

from ui import show, uploads
from ui.text import t

show.title(t("page.upload"))
uploads.flow()
