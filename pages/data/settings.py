"""Settings: language, who may see what, stages, what is fixed for the company, and the store."""

from ui import company, exchange, own_columns, show, stages
from ui.text import t

show.title(t("page.settings"))
company.language()
company.who_sees_what()
stages.section()
exchange.section()
own_columns.section()
company.fixed()
company.store_facts()
