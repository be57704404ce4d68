"""CLDR's date patterns (``d. MMM y``) as regular expressions: loose ones to read by, exact ones to tell by.

A line is read in two steps, so that most lines cost one search and one look-up: its clock is cut out by
``compile_clock``, and what stood around it, the same for every entry of half a day, is read as a *frame*:
the line with ``MARK`` in place of the clock.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

MARK = "\ue000"  # private use: no text has it
_BIDI = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))
_TOKEN = re.compile(r"'([^']*)'|(([A-Za-z])\3*)|([^A-Za-z']+)")
_PIECES = re.compile(r"\s+|[.,،၊/()\[\]-]|[^\s.,،၊/()\[\]-]+")
_SIGNS = frozenset(".,،၊/()[]-")
_DAY, _MONTH, _YEAR = r"(?P<d>\d{1,2})", r"(?P<M>\d{1,2})", r"(?P<y>\d{4})"
_NAME = r"(?P<N>\S.{0,24}?)(?!(?<=\d)\d)\.?"
_BESIDE = rf"(?P<before>[^{MARK}]{{0,40}}?) ?{MARK} ?(?P<after>[^{MARK}]{{0,60}}"
_EXACT = {
    **dict.fromkeys(("dd", "MM", "HH", "mm", "ss"), r"\d\d"),
    **{"d": r"[1-9]\d?", "M": r"[1-9]\d?", "y": r"\d{4}", "MMM": r"\D.{0,24}?"},
    **{"h": r"(?:[1-9]|1[0-2])", "hh": r"(?:0\d|1[0-2])", "H": r"(?:0|[1-9]\d?)"},
}

Token = tuple[str, str]  # ("text", " de ") or ("field", "MMM")


class Frame(NamedTuple):
    """How to read a line around its clock: groups d, M or N (a name), y, before, after and rest.

    ``numeric``: day and month are both numbers and may be taken for each other.
    """

    regex: re.Pattern[str]
    numeric: bool


def tidy_line(text: str) -> str:
    """Make all white space single spaces, and drop the marks of direction."""
    return " ".join(text.translate(_BIDI).split())


def write_western(text: str) -> str:
    """Write the digits of any script as 0 to 9."""
    return text if text.isascii() else re.sub(r"\d", lambda digit: str(int(digit[0])), text)


def find_noise(time: str) -> str:
    """Return what a time pattern prints after its seconds, such as ``s`` or ``ч``; mostly nothing."""
    kind, text = _split(time)[-1]
    return text.strip(" .") if kind == "text" else ""


@lru_cache(maxsize=64)
def compile_clock(time: str) -> re.Pattern[str]:
    """Compile what cuts a line into head, hour, minute, second, tail, by a pattern such as ``h:mm:ss a``."""
    tokens = _split(time)
    hour, _, second = (k for k, (kind, text) in enumerate(tokens) if kind == "field" and text[0] in "hHkKms")
    texts = [text for kind, text in tokens[hour:second] if kind == "text"]
    gaps = [re.escape(text.strip()).join([r"\s{0,2}" * (" " in text)] * 2) for text in texts]
    head = "[^:]*" if gaps == [":", ":"] else ".*"
    return re.compile(rf"({head})(?<!\d)(\d{{1,2}}){gaps[0]}(\d\d){gaps[1]}(\d\d)(?!\d)(.*)", re.DOTALL)


@lru_cache(maxsize=1024)
def compile_frame(date: str, join: str) -> Frame:
    """Compile the loose frame of a date pattern set beside the clock as ``join`` says: ``{1}, {0}``."""
    tokens = _split(date)
    loose = ""
    for k, (kind, text) in enumerate(tokens):
        if kind == "field":
            named = text[0] in "ML" and len(text) > 2
            loose += _NAME if named else {"d": _DAY, "M": _MONTH, "L": _MONTH, "y": _YEAR}[text[0]]
        else:
            numbers = all(0 <= n < len(tokens) and "MMM" not in tokens[n][1] for n in (k - 1, k + 1))
            loose += _loosen(text, between_numbers=numbers)
    if "MMM" in tokens[-1][1]:
        loose += rf"(?=[\s,،၊{MARK}]|$)"
    first, between, last = (_loosen(_unquote(text)) for text in re.split(r"\{[01]\}", join))
    if join.index("{1}") < join.index("{0}"):
        loose = f"{first}{loose}{between}{_BESIDE}){last}(?P<rest>)"
    else:
        loose = f"{first}{_BESIDE}?){between}[ ,]*(?<![^ ,]){loose}{last}(?P<rest>.{{0,60}})"
    order = [text[0] for kind, text in tokens if kind == "field"]
    return Frame(re.compile(loose), "MMM" not in date and order[0] != "y")


@lru_cache(maxsize=256)
def compile_exact(date: str, time: str, join: str) -> re.Pattern[str]:
    """Compile the very line that CLDR would print, with or without a zone; names are not looked up."""
    places = {"{1}": _make_exact(date), "{0}": _make_exact(time)}
    parts = (places.get(part) or re.escape(_unquote(part)) for part in re.split(r"(\{[01]\})", join))
    return re.compile(rf"{''.join(parts)}(?: \D.{{0,30}})?")


def _make_exact(pattern: str) -> str:
    names = {"M": _EXACT["MMM"], "L": _EXACT["MMM"], "a": _EXACT["MMM"], "B": _EXACT["MMM"]}
    return "".join(
        re.escape(text) if kind == "text" else _EXACT.get(text) or names[text[0]]
        for kind, text in _split(pattern)
    )


def _split(pattern: str) -> list[Token]:
    """Cut a pattern into fields (``MMM``) and the texts between them."""
    tokens: list[Token] = []
    for quoted, field, _, text in _TOKEN.findall(pattern):
        if field:
            tokens.append(("field", field))
        elif tokens and tokens[-1][0] == "text":
            tokens[-1] = ("text", tokens[-1][1] + quoted + text)
        else:
            tokens.append(("text", quoted + text))
    return tokens


def _unquote(text: str) -> str:
    return text.replace("'", "")


def _loosen(text: str, *, between_numbers: bool = False) -> str:
    """Turn a text between fields into an expression that forgives commas, dots, spaces and little words."""
    if between_numbers and text.strip() in ("", "."):
        return r"(?:\. ?| )" if "." in text else " "
    loose = ""
    after_space = False
    for piece in _PIECES.findall(text):
        if piece in _SIGNS:
            sign = "[,،၊]" if piece in ",،၊" else re.escape(piece)
            loose += (" ?" if after_space else "") + sign + ("?" if after_space or piece not in "/-" else "")
        elif not piece.isspace():
            loose += rf"(?: ?{re.escape(piece)})?" if after_space else re.escape(piece)
        after_space = piece.isspace()
    return loose + (" ?" if after_space else "")
