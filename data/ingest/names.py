"""Column names as people vary them: case, spaces, underscores, full width, brackets, a trailing colon or asterisk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Literal, NamedTuple

from data.ingest.currency_names import IN_HEADERS, NAMES
from data.ingest.traditional import TO_SIMPLIFIED

_REQUIRED = re.compile(
    r"[(（\[【]\s*(必填|选填|只读|含税|含增值税|required|optional|incl\.?(?:uding)? (?:tax|vat))\s*[)）\]】]\s*$",
    re.IGNORECASE,
)
"""What stands in brackets behind a name and changes nothing of what it is; without tax it would be another amount."""
_NOT_WORD = re.compile(r"[\W_]+")
_MONEY = rf"(?:{IN_HEADERS})"
_OPEN, _CLOSE = r"[(（\[【]", r"[)）\]】]"
_BEGIN = r"\s*(?:(?:金额)?单位\s*[:：]\s*|in\s+)?"
_UNIT = re.compile(
    rf"(?:{_OPEN}|[/:,，-])?{_BEGIN}(?:(?P<ahead>{_MONEY})\s*)?"
    rf"(?:(?P<unit>[十百千]万|[十百千]亿|[万亿])(?P<of>{_MONEY})?|(?P<kilo>[百千])(?P<of_kilo>{_MONEY}))"
    rf"\s*{_CLOSE}?\s*$|{_OPEN}{_BEGIN}(?P<alone>千)\s*{_CLOSE}\s*$",
    re.IGNORECASE,
)
_PLAIN_UNIT = re.compile(
    rf"(?:{_OPEN}{_BEGIN}(?P<in>{_MONEY}|%)\s*{_CLOSE}|[/:,]\s*(?P<after>{_MONEY}))\s*$", re.IGNORECASE
)
_CODE = re.compile(rf"[\s_-]+(?:in\s+)?(?P<code>{'|'.join((*NAMES, 'RMB'))})\s*$", re.IGNORECASE)
"""`Amount USD`, `amount_eur`."""
_WESTERN = re.compile(
    rf"(?:(?P<sure>[(\[]\s*(?:in\s+)?|[\s_,-]+in[\s_]+)|[\s_,-]+)(?:(?P<before>{_MONEY})\s*,?\s*(?:in\s+)?)?"
    r"(?P<unit>k|(?<!\d[, ])'?000s?|thousands?|tsd|t|m|mn|mm|mio|mln|millions?|b|bn|billions?|lakhs?|crores?|cr"
    r"|milliers|miles)"
    rf"\.?\s*(?:of\s+|de\s+|d')?(?P<after>{_MONEY})?\s*[)\]]?\s*$",
    re.IGNORECASE,
)
"""`Value (k€)`, `Amount (in thousands)`, `Amount k`; a bare m may be metres or months."""
_JOINED = re.compile(
    rf"\b(?:[ktm](?=(?:{'|'.join((*NAMES, 'RMB'))})\b|[€$£])|(?:{'|'.join((*NAMES, 'RMB'))})(?=[km]\b))",
    re.IGNORECASE,
)
"""`kEUR`, `TEUR`, `USDk`: a unit and a currency as one word."""
_SIDE_BY_SIDE = re.compile(r"(?<=[A-Za-z])(?=[万亿千百十])")
_TRADITIONAL = str.maketrans("萬億圓", "万亿圆")
_NEED_MONEY = ("t", "m", "mm", "b", "cr", "miles", "milliers")
_SURE_ALONE = re.compile(r"k|'?000s?|thousands?|tsd|mio|mln|millions?|billions?|lakhs?|crores?")
"""What is a unit also behind a space, without brackets, `in` or a currency; `Team K` and `Region MN` are none."""
_FACTORS = {
    "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11,
}  # fmt: skip


@cache
def normal(header: str) -> str:
    """The name without what people vary: `Deal - Value *`, `deal_value` and `DEAL VALUE` are one name; 金額 is 金额."""
    text = _REQUIRED.sub("", unicodedata.normalize("NFKC", header).strip().rstrip("*:："))
    text = _PLAIN_UNIT.sub("", text.strip())
    return _NOT_WORD.sub("", text).casefold().translate(TO_SIMPLIFIED)


class Unit(NamedTuple):
    """What a column's name says of its numbers: its name without it, what multiplies them, the currency as written."""

    base: str
    factor: int
    currency: str | None
    is_said: bool


_TAX = r"(?:不?含(?:增值)?税|未税|税[前后]|net|gross|(?:ex|in)cl?\.?(?:uding)? (?:tax|vat))"
_OF_TAX = re.compile(rf"^(?P<base>.*\S)\s*{_OPEN}\s*{_TAX}\s*{_CLOSE}$", re.IGNORECASE)
_BEHIND = re.compile(
    rf"^(?P<front>.*{_CLOSE})\s*(?P<rest>{_OPEN}[^()（）\[\]【】]*{_CLOSE}|[*:：]+|{_TAX})$", re.IGNORECASE
)
_PARTED = re.compile(rf"^(?P<front>.*\S)\s*{_OPEN}(?P<said>[^()（）\[\]【】]*[,，;；、/|][^()（）\[\]【】]*){_CLOSE}$")


@cache
def unit_in(header: str) -> Unit:
    """`金额(万美元)` -> `金额`, 10,000 and `美元`; `Amount (k€)` -> `Amount`, 1,000 and `€`; `Amount HKD`.

    What else stands in brackets stays with the name, before or behind the unit: `金额(万元)(含税)`, `Amount (k€, net)`.
    """
    found = _unit_at_end(header)
    text = unicodedata.normalize("NFKC", header).strip()
    if (parted := _PARTED.match(text)) and (inner := _unit_among(parted["front"], parted["said"])):
        return inner
    if (behind := _BEHIND.match(text)) and found.factor == 1:
        inner = unit_in(behind["front"])
        if inner.factor > 1 or (inner.is_said and not found.is_said):
            rest = "" if found.is_said else behind["rest"]
            rest = f"({rest})" if rest and re.fullmatch(_TAX, rest, re.IGNORECASE) else rest
            return inner._replace(base=f"{inner.base.rstrip()}{rest}", currency=inner.currency or found.currency)
    return found


def _unit_among(front: str, said: str) -> Unit | None:
    """The unit among several things in one pair of brackets; None where that is one, or all of it is a unit."""
    parts = [part.strip() for part in re.split(r"[,，;；、/|]", said)]
    units = {part: unit for part in parts if (unit := _unit_at_end(f"x ({part})")).is_said and unit.base.strip() == "x"}
    rest = [part for part in parts if part and part not in units]
    is_number = any(sign.isdigit() for sign in said)  # `CNY 10,000`
    if not units or (not rest and len(units) == 1) or is_number or _unit_at_end(f"x ({said})").base.strip() == "x":
        return None
    scaled = max(units.values(), key=lambda unit: unit.factor)
    named = [unit.currency for unit in units.values() if unit.currency and unit.currency != "元"]  # `美元,万元`
    currency = next(iter(named), scaled.currency)
    return Unit(f"{front} ({', '.join(rest)})" if rest else front, scaled.factor, currency, is_said=True)


def without_tax(header: str) -> str:
    """The name of an amount without what it says of tax: `金额(不含税)` -> `金额`; empty where it says none."""
    found = _OF_TAX.match(without_unit(header)[0].strip())
    return found["base"] if found else ""


def unit_written(header: str) -> str:
    """The unit as it may stand behind another name: `金额(万元)(含税)` -> `(万元)`; empty where none multiplies."""
    unit, text = unit_in(header), unicodedata.normalize("NFKC", header).strip()
    if unit.factor == 1 or text.startswith(unit.base):
        return text[len(unit.base) :] if unit.factor > 1 else ""
    word = next(word for word, factor in _FACTORS.items() if factor == unit.factor)
    return f"({word}{unit.currency or '元'})"


def _unit_at_end(header: str) -> Unit:
    text = unicodedata.normalize("NFKC", header).strip().translate(_TRADITIONAL)
    text = _SIDE_BY_SIDE.sub(" ", _JOINED.sub(r"\g<0> ", text))
    if (found := _UNIT.search(text)) and found.start():
        money = found["ahead"] or found["of"] or found["of_kilo"]
        return Unit(text[: found.start()], _FACTORS[found["unit"] or found["kilo"] or found["alone"]], money, True)
    if (found := _WESTERN.search(text)) and found.start():
        money = found["before"] or found["after"]
        unit = found["unit"] if len(found["unit"]) == 1 else found["unit"].lower()
        is_clear = found["sure"] or _SURE_ALONE.fullmatch(unit)
        if money or (is_clear and found["unit"].lower() not in _NEED_MONEY):
            return Unit(text[: found.start()], _western(found["unit"]), money, True)
    if (found := _PLAIN_UNIT.search(text)) and found.start():
        money = found["in"] or found["after"]
        return Unit(text[: found.start()], 1, None if money == "%" else money, True)
    if (found := _CODE.search(text)) and found.start():
        return Unit(text[: found.start()], 1, found["code"], True)
    return Unit(header, 1, None, False)


def without_unit(header: str) -> tuple[str, int]:
    """A header's name and the factor its unit stands for: `金额(万元)` -> (`金额`, 10,000)."""
    return unit_in(header)[:2]


def says_unit(header: str) -> bool:
    """Whether a header says its own unit, also the plain one: `金额(元)`."""
    return unit_in(header).is_said


_SCALE = (
    rf"(?P<cny>人民币)?\s*(?P<before>{_MONEY})?\s*(?P<unit>[十百千]万|[十百千]亿|[千万亿])?"
    rf"(?P<after>{_MONEY})?(?:人民币)?"
)
_ENDS = r"(?=\s*(?:$|[^\w\s])|\s)"
_TITLE_UNITS = (
    re.compile(rf"(?P<edge>[一-鿿]*)单位\s*(?:均?[为是]|:)\s*[(\[]?\s*{_SCALE}{_ENDS}", re.IGNORECASE),
    re.compile(rf"以\s*{_SCALE}\s*(?:作?为|做)\s*(?:金额|货币|计价|记账)?单位", re.IGNORECASE),
    re.compile(rf"(?P<edge>金额)\s*:\s*{_SCALE}{_ENDS}", re.IGNORECASE),
)
"""`单位：万元`, `以万元为单位`, `(金额：万元)`: the whole of what is said must be a unit, or a name may begin so."""
_OF_AMOUNTS = re.compile(
    r"^(?:以上|以下|下列|所列|所有|全部|本表|表[内中]|报表|注|说明|数据|各|项|的|均|金额|货币|价格|计价|币种|合同额|销售额|收入)*$"
)
"""What may stand before 单位 where it is that of amounts; 编制单位 and 销售单位 are whoever made the list."""
_IN_WORDS = re.compile(
    rf"\bin\s+(?:(?P<west_before>{_MONEY})\s*,?\s*)?"
    r"(?P<west>thousands?|'?000s?|millions?|mln|mio|billions?|bn|lakhs?|crores?)\b"
    rf"(?:\s*(?:of\s+)?(?P<west_after>{_MONEY})"
    r"|(?=\s*(?:$|[^\w\s]|\d|(?:except|unless|as|for|at|from|by|per|and|where|incl|excl))))",
    re.IGNORECASE,
)
"""`Amounts in USD thousands`; thousands of rows are none of money."""
_WRITTEN = re.compile(
    r"(?P<edge>[一-鿿]+|[a-z]+ )?(?:单位|\bunits?)\s*:\s*(?P<said>[^,;。、|]{1,24}?)\s*(?:$|[,;。、|])", re.IGNORECASE
)
_EDGES = ("amount", "currency", "money", "monetary", "value", "price")
_BARE = re.compile(rf"^[(\[]?\s*({_MONEY})\s*,?\s*('?000s?|thousands?|millions?|mln|mio)\s*[)\]]?$", re.IGNORECASE)
"""`USD '000`, and nothing beside it."""
_TITLE_CURRENCY = re.compile(rf"(?:币种|货币|\bcurrency|\bunits?)\s*[:：]\s*(?P<money>{_MONEY})", re.IGNORECASE)


def unit_of_title(lines: Iterable[str]) -> Unit:
    """What a line above the column names says of all amounts (`单位：万美元`); `base` is the unit as it is written."""
    found = Unit("", 1, None, is_said=False)
    for line in lines:
        text = _BARE.sub(r"in \1 \2", _plain(line))
        if units := _units_said(text):
            found = found if found.is_said else units[0]._replace(currency=units[0].currency or found.currency)
        elif found.currency is None and (hit := _TITLE_CURRENCY.search(text)):
            found = found._replace(currency=hit["money"])
    return found


def units_said(lines: Iterable[str]) -> list[Unit]:
    """Every unit that the lines say of amounts: where two differ, a person must say which holds."""
    return [unit for line in lines for unit in _units_said(_BARE.sub(r"in \1 \2", _plain(line)))]


def _plain(line: str) -> str:
    return unicodedata.normalize("NFKC", line).strip().translate(TO_SIMPLIFIED)


def _units_said(text: str) -> list[Unit]:
    """The units that a line says, in their order."""
    found: list[tuple[int, Unit]] = []
    for pattern in _TITLE_UNITS:
        for hit in pattern.finditer(text):
            money, edge = hit["before"] or hit["after"], hit.groupdict().get("edge") or ""
            is_whole = bool(hit["unit"] and (money or hit["cny"]))
            is_of_amounts = bool(_OF_AMOUNTS.match(edge)) and pattern is not _TITLE_UNITS[2]
            if is_whole or (is_of_amounts and (hit["unit"] or money or hit["cny"])):
                written = f"{hit['unit'] or ''}{hit['after'] or ''}"
                found.append((hit.start(), Unit(written, _FACTORS.get(hit["unit"], 1), money, is_said=True)))
    for hit in _IN_WORDS.finditer(text):
        money = hit["west_before"] or hit["west_after"]
        written = f"{hit['west']}{hit['west_after'] or ''}"
        found.append((hit.start(), Unit(written, _western(hit["west"]), money, is_said=True)))
    for hit in _WRITTEN.finditer(text):
        unit, edge = unit_in(f"x ({hit['said'].strip('()[] ')})"), (hit["edge"] or "").strip()
        is_of_amounts = bool(_OF_AMOUNTS.match(edge)) or edge.lower() in _EDGES
        is_letter = len(hit["said"]) == 1 and hit["said"].isupper()
        is_unit = unit.base.strip() == "x" and unit.is_said and not is_letter
        if is_unit and (is_of_amounts or (unit.currency and unit.factor > 1)):
            found.append((hit.start(), unit._replace(base=hit["said"])))
    return [unit for _, unit in sorted(found, key=lambda one: one[0])]


_WESTERN_FACTORS = {"lakh": 10**5, "crore": 10**7, "cr": 10**7, "millie": 10**3, "miles": 10**3, "m": 10**6, "b": 10**9}


def _western(word: str | None) -> int:
    """What a word multiplies by; every one that begins otherwise is a thousand."""
    if not word:
        return 1
    return next((factor for start, factor in _WESTERN_FACTORS.items() if word.lower().startswith(start)), 1_000)


_TURNED = re.compile(r"^([\u4e00-\u9fff]+)\s+([\u4e00-\u9fff]+)$")


def turned(name: str) -> str:
    """A name below that of its group as it is usually said: `金额 预计` is 预计金额; empty where it is no such pair."""
    found = _TURNED.match(name.strip())
    return f"{found[2]}{found[1]}" if found else ""


_BRACKETED = re.compile(rf"^(?P<base>.*\S)\s*{_OPEN}\s*(?P<said>[^)）\]】]{{1,20}}?)\s*{_CLOSE}$")
_NO_UNIT = re.compile(
    r"net|gross|total|sum|local|converted|reporting|corporate|base|tax|vat|incl|excl|actual|plan|forecast|est|new|old"
    r"|won|lost|open|weighted|税|净|毛|总|合计|实际|计划|预计|本位币|原币|本币|含|年|月|季|周|日|\d{4}|per|year|month|quarter|annual|/",
    re.IGNORECASE,
)
"""What stands in brackets behind the name of an amount and says of which kind it is, not in what it is counted."""


Factor = Literal["1", "100", "1000", "10000", "1000000", "100000000"]
"""What a person may say that such a unit multiplies by."""


@cache
def strange_unit(header: str) -> tuple[str, str] | None:
    """The name and what may be a unit that nobody knows: `Amount (zillion)`; None where there is none."""
    text = unicodedata.normalize("NFKC", header).strip()
    found = _BRACKETED.match(text)
    if found is None or says_unit(header) or _REQUIRED.search(text):
        return None
    return (found["base"], found["said"]) if not _NO_UNIT.search(found["said"]) else None
