"""Bytes -> UTF-8: by byte order mark, by proof, by the user's word; never with a silently replaced character."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from contextlib import suppress
from dataclasses import dataclass, field

from data.ingest.errors import EncodingWrong
from data.ingest.remarks import Question, Remark
from data.ingest.source import UTF16, Source, utf16_without_mark

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", UTF16[0]),
    (b"\xfe\xff", UTF16[1]),
)
_ASKED = (
    "utf-8", "gb18030", "big5", "cp1252", "mac_roman", "shift_jis",
    "cp949", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257",
)  # fmt: skip
_FIRST_ASKED = 6
"""So many of them are always asked about; the others where what they read is words."""
_SAMPLE = 200_000  # characters looked at to tell one encoding from another
_PIECE = 1 << 20
_PROOF = 8  # so many foreign letters, all of them where letters stand, prove a Western encoding
_KOREAN = 20
"""So many foreign characters that are all Korean syllables are no Chinese: of Chinese ones four in ten are not."""
_MOST_DAMAGED = 0.01
"""A chosen encoding may leave this share of the foreign characters unreadable, which is said; beyond, it is wrong."""
_USUAL = frozenset(
    "verkäufer verkaufschance geschäft abschluß größe währung stück straße für über übersicht fällig lösung"
    " qualität verfügbar läuft"
    " société étape créé créée création propriétaire prénom numéro quantité téléphone opportunité échéance clôture"
    " probabilité responsabilité catégorie désignation gagné modifié"
    " teléfono número dirección creación razón código región último"
    " negócio responsável proprietário título"
    " försäljare företag värde säljare".split()
)
"""Words of lists whose foreign letter tells cp1252 from Mac Roman: one of them proves what few letters do not."""
_RELATED = {
    "cp1252": ("cp1250", "cp1254", "cp1257"),
    "mac_roman": ("mac_latin2", "mac_croatian", "mac_romanian", "mac_turkish"),
}
"""Encodings that share those letters and give others to the rest: `für Kovář` has ü in each, ř in one of them."""
_ASCII = bytes(range(0x80))
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_REPLACED = "�"
_WORD = re.compile(r"[^\W\d_]+")
_ELSEWHERE = "·—～‖€"  # signs that GB 18030 and Python's GB 2312 have at different code points
_SIGNS = "€£¥§©®°·’‘“”–—…™«»¿¡ºª²³½¼ "


@dataclass
class Decoded:
    """The content as UTF-8 with line ends LF or CRLF, the encoding it had, and what is to be said about it."""

    text: bytes
    encoding: str
    remarks: list[Remark] = field(default_factory=list)


def decode(source: Source, encoding: str | None = None) -> Decoded | Question:
    """The content as UTF-8, or the question which encoding it has.

    GB18030 accepts nearly any bytes, so its reading must also look like Chinese: most of what it decodes to has
    to be in GB 2312, the 6,763 characters in common use. "Müller" in Latin-1 would otherwise become "M黮ler". What
    would be nothing but Korean syllables is asked about: both have their characters at the same bytes.

    Raises:
        EncodingWrong: the named encoding does not fit.
    """
    content = source.content
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _as(source.name, content[len(bom) :], name)
    if encoding:
        return _as(source.name, content, encoding)
    if content.isascii():
        return _clean(content, "ascii")
    if unmarked := utf16_without_mark(content):
        return _as(source.name, content, unmarked)
    if _is_utf8(content):
        return _clean(content, "utf-8")
    with suppress(UnicodeDecodeError):
        text = content.decode("gb18030")
        if _is_chinese(text[:_SAMPLE]) and not _may_be_korean(content):
            return _clean(text.encode(), "gb18030")
    western = _proved_western(content)
    return _as(source.name, content, western) if western else _question(source)


def _is_utf8(content: bytes) -> bool:
    """Whether the content is UTF-8: piece by piece, for the text itself would take several times its bytes."""
    decoder, pieces = getincrementaldecoder("utf-8")(), memoryview(content)
    try:
        for start in range(0, len(content), _PIECE):
            decoder.decode(pieces[start : start + _PIECE], final=start + _PIECE >= len(content))
    except UnicodeDecodeError:
        return False
    return True


def _as(file: str, content: bytes, encoding: str) -> Decoded:
    """Decode by a known encoding; a few unreadable places are said, many mean that it is the wrong one."""
    try:
        return _clean(content.decode(encoding).encode("utf-8", "replace"), encoding)
    except LookupError as error:
        raise EncodingWrong(file=file, encoding=encoding) from error
    except UnicodeError as error:
        text = content.decode(encoding, "replace")
        damaged = text.count(_REPLACED)
        if damaged > max(1, _MOST_DAMAGED * len(_FOREIGN.findall(text))):
            raise EncodingWrong(file=file, encoding=encoding) from error
        return _clean(text.encode("utf-8", "replace"), encoding)


def _clean(content: bytes, encoding: str) -> Decoded:
    """Take out what no cell can hold, and say so: NUL signs, and characters lost before or while the file was read."""
    decoded = Decoded(content, encoding)
    if b"\0" in content:
        nuls = content.count(b"\0")
        decoded.text = content = content.replace(b"\0", b"")
        decoded.remarks.append(Remark(code="nul_dropped", params={"count": nuls}))
    if b"\xef" in content and b"\xef\xbf\xbd" in content:  # one sign is looked for several times quicker than three
        count = content.count(b"\xef\xbf\xbd")
        line = content[: content.index(b"\xef\xbf\xbd")].count(b"\n") + 1
        decoded.remarks.append(Remark(code="characters_lost", params={"count": count, "line": line}))
    if b"\r" in content and b"\n" not in content:
        decoded.text = content.replace(b"\r", b"\n")  # an old Mac's line ends; every reader here understands CRLF
    return decoded


def _is_chinese(text: str) -> bool:
    foreign = _FOREIGN.findall(text)
    return sum(1 for character in foreign if _is_common(character)) >= 0.9 * len(foreign)


def _may_be_korean(content: bytes) -> bool:
    try:
        foreign = _FOREIGN.findall(content[:_SAMPLE].decode("cp949"))
    except UnicodeDecodeError:
        return False
    return len(foreign) >= _KOREAN and all("가" <= letter <= "힣" for letter in foreign)


def _is_common(character: str) -> bool:
    if character in _ELSEWHERE:
        return True
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _proved_western(content: bytes) -> str | None:
    """cp1252 or Mac Roman, where the foreign letters of one all stand as letters do and those of the other do not."""
    shares = {}
    for name in ("cp1252", "mac_roman"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        foreign = _FOREIGN.findall(text[:_SAMPLE])
        if len(foreign) < _PROOF and not (_names_usual(text[:_SAMPLE]) and _is_same_in_related(content, name)):
            shares[name] = 0.0
            continue
        shares[name] = _in_place(text[:_SAMPLE]) / len(foreign)
    best = max(shares, key=lambda name: shares[name], default=None)
    if best is None or shares[best] < 0.99 or any(shares[name] > 0.5 for name in shares if name != best):
        return None
    # Turkish differs in six letters, which of Western lists only those of Iceland have: Şahin or Þahin is asked.
    return None if best == "cp1252" and not _is_same(content, best, "cp1254") else best


def _names_usual(text: str) -> bool:
    return any(word.casefold() in _USUAL for word in _WORD.findall(text) if not word.isascii())


def _is_same_in_related(content: bytes, name: str) -> bool:
    """Whether every foreign byte of a file is the same letter in the encodings of other languages, too."""
    return all(_is_same(content, name, other) for other in _RELATED[name])


def _is_same(content: bytes, name: str, other: str) -> bool:
    foreign = bytes(sorted(set(content.translate(None, delete=_ASCII))))
    return foreign.decode(other, "replace") == foreign.decode(name)


def _in_place(text: str) -> int:
    """How many foreign characters stand where a Western writer would put them: in words of one case, or as a sign."""
    placed = sum(text.count(sign) for sign in _SIGNS if sign.strip())
    for word in _WORD.findall(text):
        foreign = _FOREIGN.findall(word)
        if foreign and len(foreign) < max(len(word), 2) and (word[1:].islower() or word.isupper()):
            placed += sum(1 for letter in foreign if "À" <= letter <= "ÿ" or letter in "ŒœŠšŽžŸ")
    return placed


def _question(source: Source) -> Question:
    """Which encoding? Each that can be meant, with what three places of the file would then say."""
    samples: dict[str, list[str]] = {}
    told: set[str] = set()
    for place, name in enumerate(_ASKED):
        text = source.content.decode(name, "replace")
        is_whole = text.count(_REPLACED) <= _MOST_DAMAGED * max(len(_FOREIGN.findall(text)), 1)
        if not is_whole or text in told or (place >= _FIRST_ASKED and not _are_words(name, text[:_SAMPLE])):
            continue
        told.add(text)
        words = [cell.strip() for cell in re.split(r"[,;\t|\r\n]", text[:_SAMPLE]) if _FOREIGN.search(cell)]
        samples[name] = [word[:40] for word in dict.fromkeys(words)][:3]
    return Question(
        code="ask_encoding",
        params={
            "file": source.name,
            "samples": "; ".join(f"{name}: {', '.join(said)}" for name, said in samples.items()),
        },
        flag="--encoding",
        choices=tuple(samples),
        samples=samples,
    )


def _are_words(name: str, text: str) -> bool:
    """Whether nearly all foreign characters are letters of words in one case; none of Greek words are Latin."""
    is_alone = name in {"cp949", "cp1251", "cp1253"}
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    right = [word for word in words if word[1:] == word[1:].lower() or word.isupper()]
    placed = sum(len(_FOREIGN.findall(word)) for word in right if not is_alone or not re.search("[A-Za-z]", word))
    return placed >= 0.9 * len(_FOREIGN.findall(text))
