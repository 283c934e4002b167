"""Data quality: what is wrong, with its rows and money, and what it does to which number; what is missing."""

from ui import quality, show
from ui.text import t

show.title(t("page.quality"))
found = quality.overview()
quality.listed(found)
quality.over_time()
quality.columns()
quality.missing_tables()
