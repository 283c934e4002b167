"""What is left of a name once what people write differently is taken off: of one name, and of a whole column at once.

The columns say exactly what the single names say. A store has half a million names, and one after the other they would
take longer than a load.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import polars as pl

_FORMS = {
    "inc": "inc", "incorporated": "inc", "corp": "corp", "corporation": "corp", "co": "", "company": "",
    "ltd": "ltd", "limited": "ltd", "llc": "llc", "llp": "llp", "lp": "lp", "plc": "plc", "gmbh": "gmbh", "ag": "ag",
    "kg": "kg", "sa": "sa", "sas": "sas", "sarl": "sarl", "srl": "srl", "spa": "spa", "bv": "bv", "nv": "nv",
    "ab": "ab", "oy": "oy", "pty": "", "kk": "kk",
}  # fmt: skip
"""Words at the end of a company's name -> its legal form; empty: it says none."""
_FORMS_HAN = {
    "股份有限公司": "股份", "股份公司": "股份", "有限责任公司": "有限", "有限公司": "有限", "公司": "",
}  # fmt: skip


def spelling(name: str) -> str:
    """What is left of a name without spaces, case, punctuation and width: "ＧＴＸ-pro " → "gtxpro"."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum()) or plain.strip()


@lru_cache(maxsize=65_536)
def company(name: str) -> tuple[str, str]:
    """A company's name without its legal form, and that form; empty where it says none."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name).casefold().replace("'", ""))
    form = ""
    while len(words) > 1 and words[-1] in _FORMS:
        last = _FORMS[words.pop()]
        form = form or last
    whole = "".join(words)
    end = _end_han(whole)
    return (whole.removesuffix(end), _FORMS_HAN[end]) if end else (whole, form)


def _end_han(whole: str) -> str:
    """The Chinese legal form at the end of a name of which more than one character is left without it."""
    if not whole.endswith("公司"):
        return ""
    return next((end for end in _FORMS_HAN if whole.endswith(end) and len(whole) > len(end) + 1), "")


# ------------------------------------------------------------------------------------------------------ whole columns

_SIGNS = bytes(sign for sign in range(128) if not chr(sign).isalnum() and chr(sign) != "\n")
_OTHER_SIGNS = re.compile(r"[^\w\n]+")


def spellings(names: pl.Series) -> pl.Series:
    """`spelling` of each name."""
    if names.is_empty():
        return names
    text = _folded(names).encode().translate(None, _SIGNS).decode()
    found = (text if text.isascii() else _OTHER_SIGNS.sub("", text)).split("\n")
    if "" in found:
        found = [left or spelling(name) for left, name in zip(found, names, strict=True)]
    return pl.Series(names.name, found, dtype=pl.String)


def companies(names: pl.Series) -> pl.Series:
    """Each company's name without its legal form, the first that `company` says."""
    if names.is_empty():
        return names
    spaces = bytes.maketrans(_SIGNS, b" " * len(_SIGNS))
    text = _folded(names).encode().translate(spaces, b"'").decode()
    lines = (text if text.isascii() else _OTHER_SIGNS.sub(" ", text)).split("\n")
    return pl.Series(names.name, [_core(line.split()) for line in lines], dtype=pl.String)


def _core(words: list[str]) -> str:
    while len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    whole = "".join(words)
    end = _end_han(whole)
    return whole.removesuffix(end) if end else whole


def _folded(names: pl.Series) -> str:
    """All names in one text, a line each, case and width taken off."""
    lines = names.str.replace_all("\n", " ", literal=True)
    return unicodedata.normalize("NFKC", "\n".join(lines.to_list())).casefold()
