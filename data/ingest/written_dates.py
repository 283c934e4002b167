"""Days as other calendars and languages write them, in the form that is proved with all others.

`二〇二六年一月五日`, `民國115年1月5日` and `115/01/05` (the year of the Republic of China: no other calendar in use has
three digits), `5. März 2026`, `5 de enero de 2026`, `5 février 2026`.
"""

from __future__ import annotations

import re

import polars as pl

_DIGITS = {**dict(zip("〇一二三四五六七八九", range(10), strict=True)), "零": 0, "○": 0, "两": 2}
_HAN = "".join(_DIGITS)
_CHINESE = re.compile(rf"^([{_HAN}]{{4}})\s?年\s?([{_HAN}十]{{1,3}})\s?月\s?([{_HAN}十廿卅]{{1,4}})\s?[日号號]$")
_CHINESE_MONTH = re.compile(rf"^([{_HAN}]{{4}})\s?年\s?([{_HAN}十]{{1,3}})\s?月$")
_REPUBLIC = re.compile(r"^(?:民[國国]\s?)?(1[0-4]\d)\s?([-/.年])\s?(\d{1,2}\s?[-/.月]\s?\d{1,2})")
_REPUBLIC_SAID = re.compile(r"^民[國国]\s?(\d{2,3})\s?年\s?(\d{1,2}\s?月\s?\d{1,2})")
_SINCE_1911 = 1911
_NAMES = {
    "jan": "januar jänner jaenner janvier janv enero ene gennaio gen janeiro januari",
    "feb": "februar feber février fevrier févr fevr fév febrero febbraio fevereiro fev februari",
    "mar": "märz maerz mrz mär mars marzo março marco maart mrt",
    "apr": "april avril avr abril abr aprile",
    "may": "mai mayo maggio mag maio mei",
    "jun": "juni juin junio giugno giu junho",
    "jul": "juli juillet juil julio luglio lug julho",
    "aug": "august août aout aoû agosto ago augustus",
    "sep": "september septembre sept septiembre settembre set setembro",
    "oct": "oktober okt octobre octubre ottobre ott outubro out",
    "nov": "november novembre noviembre novembro",
    "dec": "dezember dez décembre decembre déc diciembre dic dicembre dezembro december",
}
_MONTHS = {name: english for english, names in _NAMES.items() for name in names.split()}
_FOREIGN = re.compile(
    rf"(?<![^\W\d_])({'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![^\W\d_])\.?", re.IGNORECASE
)
_MONTH_OF_YEAR = re.compile(r"^([A-Za-z]{3,9})\.?[ ,/-]+((?:19|20)\d\d)$")
_YEAR_AND_MONTH = re.compile(r"^((?:19|20)\d\d)[ ,/-]+([A-Za-z]{3,9})\.?$")
_ENGLISH = {short: at for at, short in enumerate(_NAMES, 1)} | {
    "january": 1, "february": 2, "march": 3, "june": 6, "july": 7, "october": 10
}  # fmt: skip
"""The other names of months are among those of other languages."""
_OF = re.compile(r"\s+(?:de|del|di)\s+", re.IGNORECASE)
_FULL_WIDTH = r"[０-９]"
_MAY_BE = (
    rf"[{_HAN}]{{4}}\s?年|民[國国]|^1[0-4]\d\s?[-/.年]\s?\d"
    r"|\d[\s.,\-/]*(?:de\s+)?\p{L}{3,}|^\p{L}{3,}\.?[ ,/-]+\d"
)


def plainly(texts: pl.Series) -> pl.Series:
    """The same texts, with days of other calendars and languages in figures, or by the English name of the month."""
    if (wide := texts.str.contains(_FULL_WIDTH)).any():
        both = pl.DataFrame([texts.alias("t"), wide.alias("w")])
        narrow = pl.when("w").then(pl.col("t").str.normalize("NFKC")).otherwise("t")
        texts = both.select(narrow.alias(texts.name)).to_series()
    may_be = texts.str.contains(_MAY_BE)
    if not may_be.any():
        return texts
    return pl.Series(
        texts.name,
        [_plain(text) if found else text for text, found in zip(texts.to_list(), may_be.to_list(), strict=True)],
        dtype=pl.String,
    )


def plain_month(name: str) -> int | None:
    """The month that is called so, in English or another language."""
    return _ENGLISH.get(_MONTHS.get(name.lower(), name.lower()))


def _plain(text: str) -> str:
    if found := _CHINESE.match(text):
        return f"{_digits(found[1])}-{_number(found[2])}-{_number(found[3])}"
    if found := _CHINESE_MONTH.match(text):
        return f"{_digits(found[1])}-{_number(found[2]):02d}"
    if found := _REPUBLIC_SAID.match(text):
        return f"{int(found[1]) + _SINCE_1911}年{found[2]}{text[found.end() :]}"
    if found := _REPUBLIC.match(text):
        return f"{int(found[1]) + _SINCE_1911}{found[2]}{found[3]}{text[found.end() :]}"
    plain = _FOREIGN.sub(lambda name: _MONTHS[name[1].lower()], _OF.sub(" ", text))
    said = (found[2], found[1]) if (found := _MONTH_OF_YEAR.match(plain)) else ("", "")
    year, name = (found[1], found[2]) if (found := _YEAR_AND_MONTH.match(plain)) else said
    return f"{year}-{month:02d}" if (month := _ENGLISH.get(name.lower())) else plain


def _digits(text: str) -> str:
    return "".join(str(_DIGITS[sign]) for sign in text)


def _number(text: str) -> int:
    """`二十三`, `廿三`, `一二`: a number below a hundred; 0 where it is none."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" not in text:
        return int(_digits(text))
    tens, _, ones = text.partition("十")
    if "十" in ones:
        return 0
    return 10 * (int(_digits(tens)) if tens else 1) + (int(_digits(ones)) if ones else 0)
