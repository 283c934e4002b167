"""Risks: what fires now, what is at stake, whose it is and what is planned; one risk with its rows and history."""

from ui import show
from ui.review import alert, alert_limits, alerts
from ui.text import t

show.title(t("page.alerts"))
alerts.standing()
found = alerts.register()
alert.chosen(found)
alert_limits.form()
