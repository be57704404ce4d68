"""How a file is written, told by its first entries: its language, the form of its dates, day or month first.

All forms are tried on a few entries, those that read the most of them on more, and so on; among those
that read the same, the language of Google's own words decides, then which form CLDR would print just so.
Where day and month are both numbers, a day above 12 settles their order, else that entries run from new
to old, else the custom of the language; then the file's note says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from itertools import chain, pairwise, product
from typing import TypeVar

from pipeline.reading.cldr import load_cldr
from pipeline.reading.date_patterns import compile_exact, tidy_line, write_western
from pipeline.reading.dates import ENGLISH, ENGLISH_LOCALES, GENERIC, LONGEST_LINE, DateForm, Printed
from pipeline.reading.evidence import find_spoken
from pipeline.reading.json_elements import Element
from pipeline.reading.locales import find_table, words_of
from pipeline.reading.manner import Manner
from pipeline.reading.meaning import decode
from pipeline.reading.timestamps import Clock
from pipeline.records import Cell, Skipped

SETTLE_CELLS = 2_000
SETTLE_BYTES = 16 << 20
STAGES = (8, 50, SETTLE_CELLS)  # entries on which the forms that are left are tried
MOST_LINES = 6  # of an entry, from its beginning and from its end

EITHER_ORDER = "every date fits day/month and month/day"
FROM_NEW_TO_OLD = ", since so the entries run from new to old"

BREAK = re.compile(r"<br\s*/?>|</?(?:div|p)\b[^<>]*>", re.IGNORECASE)
CLOCK = re.compile(r"\d{1,2}\D{1,5}\d\d\D{1,5}\d\d")
HEADER = re.compile(r'--title">([^<]{1,100})<')
TITLE = re.compile(r'body-1">([^<]{0,200})(?:<a [^<>]*>[^<]*</a>([^<]{0,100}))?')
HEAD = re.compile(r"<b>([^<]{1,100})</b>")
CAPTION = "mdl-typography--caption"

Piece = TypeVar("Piece", Cell, Element)
Lines = Sequence[str]  # of one entry: those that may be its date, the last first


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a form makes of the entries: one clock an entry, or none."""

    form: DateForm
    clocks: tuple[Printed | None, ...]

    @property
    def n_read(self) -> int:
        return sum(clock is not None for clock in self.clocks)

    @property
    def n_strange(self) -> int:
        """Count the zones that nobody knows: a word for half a day that is no word of the form's."""
        return sum(clock is not None and not _is_zone(clock.zone) for clock in self.clocks)

    @property
    def n_rises(self) -> int:
        """Count where an entry is newer than the one before it."""
        known = [clock.clock_ms for clock in self.clocks if clock is not None]
        return sum(b > a for a, b in pairwise(known))


def settle_manner(cells: Sequence[Cell], *, name: str, home_zone: str) -> Manner:
    """Settle how a file is written by its first entries.

    ``name``: the path below ``Takeout/``. ``certain`` is ``False`` where more entries could tell whether
    day or month comes first.
    """
    entries, headers, phrases = _take_lines(cells)
    spoken = find_spoken(headers, phrases, name)
    form, note = _settle_form([lines for lines in entries if lines], spoken)
    language = _settle_language(form, spoken)
    certain = note is None or not _is_much(len(entries), sum(len(cell.content) for cell in cells))
    words = words_of(language if find_table(language) else spoken)
    return Manner(language, form, words, Clock(home_zone, form.locale.split()), note, certain)


def take_first(pieces: Iterable[Piece | Skipped]) -> tuple[list[Piece], Iterator[Piece | Skipped]]:
    """Take the entries by which a file is settled; give back all pieces."""
    rest, taken, n_bytes = iter(pieces), list[Piece | Skipped](), 0
    for piece in rest:
        taken.append(piece)
        n_bytes += len(piece.content)
        if _is_much(len(taken), n_bytes):
            break
    whole = [piece for piece in taken if not isinstance(piece, Skipped)]
    return whole, chain(taken, rest)


def _is_much(n_cells: int, n_bytes: int) -> bool:
    return n_cells >= SETTLE_CELLS or n_bytes > SETTLE_BYTES


def settle_order(cells: Iterable[Cell], manner: Manner) -> Manner:
    """Look through a whole file for dates that fit one order of day and month only: most of them decide."""
    other = manner.dates.swap()
    n_this = n_other = 0
    for cell in cells:
        for line in _list_lines(decode(cell.content)):
            this_way, other_way = manner.dates.read(line), other.read(line) if other else None
            n_this += bool(this_way and not other_way)
            n_other += bool(other_way and not this_way)
    if other is not None and n_other > n_this:
        return replace(manner, dates=other, note=None, certain=True)
    return replace(manner, note=None if n_this else manner.note, certain=True)


def _take_lines(cells: Iterable[Cell]) -> tuple[list[Lines], Counter[str], Counter[str]]:
    """Take each entry's lines that may be dates, and what Google printed: headers, and other phrases."""
    entries, headers, phrases = list[Lines](), Counter[str](), Counter[str]()
    for cell in cells:
        text = decode(cell.content)
        entries.append(_list_lines(text))
        if found := HEADER.search(text):
            headers[unescape(found[1])] += 1
        if found := TITLE.search(text):
            phrases.update(unescape(part) for part in found.groups() if part and part.strip())
        phrases.update(map(unescape, HEAD.findall(text)))
    return entries, headers, phrases


def _list_lines(text: str) -> Lines:
    """List the lines of an entry that may be its date, the last first: pure text with a clock."""
    body = text.partition(CAPTION)[0]  # a detail may look like a date, too
    lines = [line for line in BREAK.split(body) if len(line) <= 2 * LONGEST_LINE and "<" not in line]
    clocks = [unescape(line) for line in reversed(lines) if CLOCK.search(line)]
    return clocks if len(clocks) <= 2 * MOST_LINES else clocks[:MOST_LINES] + clocks[-MOST_LINES:]


def _settle_form(entries: Sequence[Lines], spoken: str | None) -> tuple[DateForm, str | None]:
    """Return the form that fits, and a note where it hangs on more than the dates."""
    if spoken == "en" and _try_form(ENGLISH, entries).n_read == len(entries) and not _are_numbers(entries):
        return _join(_keep_exact([DateForm(name) for name in ENGLISH_LOCALES], entries)), None
    readings = [_Reading(form, ()) for form in _list_forms()]
    for n in STAGES:
        readings = [_try_form(reading.form, entries[:n]) for reading in readings]
        most = max(reading.n_read for reading in readings)
        readings = [reading for reading in readings if reading.n_read == most]
        if n >= len(entries):
            break
    if not most:
        return ENGLISH, None
    fewest = min(reading.n_strange for reading in readings)
    readings = [reading for reading in readings if reading.n_strange == fewest]
    straight = [reading for reading in readings if not reading.form.swapped]
    form = _choose(straight or readings, entries, spoken)
    other = form.swap() if straight else None
    if other is None:
        return form, None
    as_is, exchanged = _try_form(form, entries), _try_form(other, entries)
    if exchanged.n_read < as_is.n_read:
        return form, None
    why = "" if as_is.n_rises == exchanged.n_rises else FROM_NEW_TO_OLD
    if exchanged.n_rises < as_is.n_rises:
        return other, f"{EITHER_ORDER}; read as month/day{why}"
    return form, f"{EITHER_ORDER}; read as day/month{why}"


@lru_cache(maxsize=1024)
def _is_zone(zone: str | None) -> bool:
    return Clock("UTC").find_offset(zone) is not None


def _are_numbers(entries: Sequence[Lines]) -> bool:
    """Say whether English dates are numbers, of which day and month may be exchanged."""
    other = ENGLISH.swap()
    return other is not None and any(_try_form(other, entries).clocks)


def _settle_language(form: DateForm, spoken: str | None) -> str | None:
    """Let the names of months say the language where the words say none, or one that has other names."""
    languages = _languages_of(form)
    named = all(load_cldr()["locales"][name].get("months") for name in form.reads if name not in GENERIC)
    if len(languages) == 1 and (spoken is None or (named and form.swap() is None)):
        return languages.pop()
    return spoken


def _list_forms() -> list[DateForm]:
    """List every form there is, and each once more with day and month exchanged where they can be."""
    forms = [DateForm(name) for name in (*load_cldr()["locales"], *GENERIC)]
    return forms + [other for form in forms if (other := form.swap()) is not None]


def _try_form(form: DateForm, entries: Sequence[Lines]) -> _Reading:
    clocks = (next(filter(None, map(form.read, lines)), None) for lines in entries)
    return _Reading(form, tuple(clocks))


def _choose(readings: Sequence[_Reading], entries: Sequence[Lines], spoken: str | None) -> DateForm:
    """Choose among forms that read as many entries: by the language spoken, else the one printed just so."""
    in_language = [reading for reading in readings if _languages_of(reading.form) == {spoken}]
    return _join(_keep_exact([reading.form for reading in in_language or readings], entries))


def _keep_exact(forms: Sequence[DateForm], entries: Sequence[Lines]) -> list[DateForm]:
    """Keep the forms that would print most of the lines just so; where none would, the generic ones."""
    spread = entries[:: len(entries) // STAGES[1] + 1]
    lines = [write_western(tidy_line(line)) for lines in spread for line in lines]
    counts = {form: sum(map(_fits_exactly(form), lines)) for form in forms}
    most = max(counts.values())
    kept = [form for form in forms if counts[form] == most]
    return kept if most else [form for form in kept if GENERIC.keys() & form.reads] or kept


def _fits_exactly(form: DateForm) -> Callable[[str], bool]:
    record = load_cldr()["locales"].get(form.reads[0])
    if record is None or form.swapped:
        return lambda line: False
    joins = [join for join in record["joins"] if "'" not in join]
    exact = [compile_exact(*parts) for parts in product(record["dates"], record["times"], joins)]
    return lambda line: any(pattern.fullmatch(line) for pattern in exact)


def _join(forms: Sequence[DateForm]) -> DateForm:
    """Make one form of several that read alike: all that are named may tell what a zone means."""
    names = tuple(name for form in forms for name in form.reads)
    is_english = set(names) <= set(ENGLISH_LOCALES)
    # "en" is everybody's English: beside it the others say nothing of where a file comes from
    form = DateForm("en" if "en" in names else " ".join(names), ENGLISH_LOCALES if is_english else names)
    swapped = form.swap() if forms[0].swapped else None
    return swapped or form


def _languages_of(form: DateForm) -> set[str]:
    return {find_table(name) or name.split("_")[0] for name in form.reads if name not in GENERIC}
