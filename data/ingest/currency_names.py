"""Currencies by code, and what people call them: in cells, in the names of columns, in columns of currencies."""

from __future__ import annotations

import re

NAMES: dict[str, tuple[str, ...]] = {
    "CNY": ("人民币", "RMB", "元", "¥", "￥", "CN¥", "Renminbi", "Chinese Yuan", "Yuan", "人民币元", "圆"),
    "USD": ("美元", "美金", "$", "US$", "US Dollar", "U.S. Dollar", "Dollar", "Dollars"),
    "EUR": ("欧元", "€", "Euro", "Euros"),
    "GBP": ("英镑", "£", "British Pound", "Pound Sterling", "Pound", "Pounds"),
    "JPY": ("日元", "日圆", "JP¥", "Japanese Yen", "Yen"),
    "HKD": ("港币", "港元", "港纸", "HK$", "Hong Kong Dollar"),
    "MOP": ("澳门元", "澳门币", "MOP$"),
    "TWD": ("新台币", "台币", "NT$", "New Taiwan Dollar"),
    "SGD": ("新加坡元", "新币", "新元", "S$", "Singapore Dollar"),
    "KRW": ("韩元", "韩币", "韩圆", "₩", "Won", "South Korean Won"),
    "AUD": ("澳元", "澳大利亚元", "A$", "AU$", "Australian Dollar"),
    "NZD": ("新西兰元", "纽元", "NZ$", "New Zealand Dollar"),
    "CAD": ("加元", "加拿大元", "C$", "CA$", "Canadian Dollar"),
    "CHF": ("瑞士法郎", "Swiss Franc"),
    "SEK": ("瑞典克朗", "Swedish Krona"),
    "NOK": ("挪威克朗", "Norwegian Krone"),
    "DKK": ("丹麦克朗", "Danish Krone"),
    "PLN": ("兹罗提", "Polish Zloty"),
    "INR": ("印度卢比", "卢比", "₹", "Indian Rupee"),
    "IDR": ("印尼盾", "印度尼西亚盾", "Indonesian Rupiah", "Rupiah"),
    "VND": ("越南盾", "₫", "Vietnamese Dong", "Dong"),
    "THB": ("泰铢", "฿", "Thai Baht", "Baht"),
    "MYR": ("林吉特", "马来西亚林吉特", "RM", "Malaysian Ringgit"),
    "PHP": ("菲律宾比索", "₱", "Philippine Peso"),
    "RUB": ("卢布", "俄罗斯卢布", "₽", "Russian Ruble", "Российский рубль", "руб.", "руб"),
    "TRY": ("土耳其里拉", "₺", "Turkish Lira"),
    "BRL": ("雷亚尔", "R$", "Brazilian Real"),
    "MXN": ("墨西哥比索", "MX$", "Mexican Peso"),
    "ZAR": ("南非兰特", "South African Rand"),
    "AED": ("阿联酋迪拉姆", "迪拉姆", "UAE Dirham"),
    "SAR": ("沙特里亚尔", "Saudi Riyal"),
}
_BY_NAME = {name.casefold(): code for code, names in NAMES.items() for name in (code, *names)}
_WORDS = ("RMB", "Renminbi", "Yuan", "Dollar", "Dollars", "US Dollar", "Euro", "Euros", "Yen", "Pound", "Pounds")
"""English words that stand beside an amount."""
_OTHERWISE = ("Won", "RM")
"""Names that mean something else in the name of a column: `Amount (Won)`."""


def code_named(name: str) -> str | None:
    """The code of a currency that is called exactly so, in any case; None where none is."""
    return _BY_NAME.get(name.strip().casefold())


def _pattern(names: list[str]) -> str:
    """Any of the names, the longest first; those of Latin letters are words there. One group of words keeps it fast."""
    ordered = [re.escape(name).replace(r"\ ", " ") for name in sorted(names, key=len, reverse=True)]
    words = [name for name in ordered if name.isascii() and name[0].isalpha() and name[-1].isalpha()]
    return "|".join([*(name for name in ordered if name not in words), rf"\b(?:{'|'.join(words)})\b"])


IN_CELLS = _pattern(
    [
        name
        for code, names in NAMES.items()
        for name in (code, *names)
        if name == code or name in _WORDS or not (name.isascii() and name.replace(" ", "").replace(".", "").isalpha())
    ]
)
"""A regular expression of what names a currency beside a number: signs, codes, and their names."""

IN_HEADERS = _pattern([name for code, names in NAMES.items() for name in (code, *names) if name not in _OTHERWISE])
"""A regular expression of what names a currency in the name of a column."""

BEHIND = rf"(?i:\s*(?:{'|'.join(sorted((*NAMES, *_WORDS), key=len, reverse=True))}))"
"""A regular expression of a currency in Latin letters behind a number: `12 RMB` says no unit, `12元` does."""
