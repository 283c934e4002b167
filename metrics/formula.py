"""A measure's formula in words, generated from its definition so that it can never disagree with it."""

from __future__ import annotations

from metrics.catalog import Measure, measure, table

_AGGREGATES = {
    "en": {
        "count": "number of {table}",
        "sum": "sum of {of}",
        "distinct": "different {of}",
        "median": "median of {of}",
    },
    "zh": {"count": "{table}的条数", "sum": "{of} 之和", "distinct": "{of} 去重计数", "median": "{of} 的中位数"},
}
_PLACED = {
    "en": {
        "on": "by {on}",
        "seen": "as seen on the day",
        "owed": "as unpaid on the day",
        "unclosed": "opened and not closed until the day",
        "where": "where {where}",
        "shared": "shared out among the products and the owners of a deal where cut by them",
    },
    "zh": {
        "on": "按 {on} 归期",
        "seen": "按当日所见状态",
        "owed": "按当日未付余额",
        "unclosed": "截至当日已开单未关闭",
        "where": "条件：{where}",
        "shared": "按产品或负责人拆分时，以产品明细和业绩占比分摊",
    },
}


def formula(asked: Measure, lang: str) -> str:
    """How `asked` is computed: labels for ratios, the expression, condition and day column for aggregates."""
    words = "zh" if lang.lower().startswith("zh") else "en"
    if asked.goal_of is not None:
        goal = measure(asked.goal_of).label.text(lang) if asked.goal_of else ("主指标" if words == "zh" else "actual")
        return f"{goal} ÷ {'目标' if words == 'zh' else 'target'}"
    if asked.ratio is not None:
        return " ÷ ".join(part.label.text(lang) for part in asked.parts)
    if asked.times:
        product = " × ".join(measure(name).label.text(lang) for name in asked.times)
        return f"{product} ÷ {measure(asked.over).label.text(lang)}" if asked.over else product
    if asked.agg is None or asked.table is None:
        return ""
    subject = table(asked.table).label.text(lang)
    of = f"{asked.table}.{asked.of}" if asked.of and asked.of.isidentifier() else asked.of
    said = [_AGGREGATES[words][asked.agg].format(table=subject, of=of)]
    placed = _PLACED[words]
    if asked.where != "true":
        said.append(placed["where"].format(where=asked.where))
    if asked.stock is not None:
        said.append(placed[asked.stock])
    elif asked.on is not None:
        said.append(placed["on"].format(on=asked.on))
    if asked.is_shared:
        said.append(placed["shared"])
    return ("，" if words == "zh" else ", ").join(said)
