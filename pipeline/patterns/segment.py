"""Where words end in scripts that write without spaces: Chinese, Japanese and Thai.

Simplified Chinese is cut by the dictionary of jieba. Where that is missing, and for all others, BudouX
(Google, Apache 2.0) weighs the one, two and three characters around a place; a word ends where the sum is
above zero. Here the sums of all runs are taken at once. Its models are statistical: some cuts fall wrongly,
and words that are often cut apart can come together again as a phrase. Korean has spaces between words; what
lies between two of them is cut further where ``korean`` can.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.patterns.korean import cut_nouns, load_analyser
from pipeline.patterns.runs import N_CODES, Codes, cut_codes

Ints = NDArray[np.int64]
MODELS = {
    "Chinese": "zh-hans.json",
    "traditional Chinese": "zh-hant.json",
    "Japanese": "ja_word.json",
    "Thai": "th.json",
}
KOREAN = "Hangul"
UNKNOWN = ("Lao", "Khmer", "Myanmar")  # written without spaces, too, and no model of them
# A character that only one of the two ways of writing Chinese has, at the same place in both.
SIMPLIFIED = "这们来说国时会对学过还没样发开关问间见车东马门电话语书买卖长张点热冷气现认让从两种听爱难课饭钱"
TRADITIONAL = "這們來說國時會對學過還沒樣發開關問間見車東馬門電話語書買賣長張點熱冷氣現認讓從兩種聽愛難課飯錢"
KANA_SHARE = 0.2  # of the runs with Han or kana, from which runs of Han alone are read as Japanese
KOREAN_SHARE = 0.01  # of all runs, from which it is said that they stay whole
SHORT = 2  # characters of Han that are one word
PADS = 3
RUNS_AT_ONCE = 20_000
# Where the characters of a feature stand: the first one's place before the gap, by the feature's name.
WINDOWS = {
    "UW1": (-3, 1), "UW2": (-2, 1), "UW3": (-1, 1), "UW4": (0, 1), "UW5": (1, 1), "UW6": (2, 1),
    "BW1": (-2, 2), "BW2": (-1, 2), "BW3": (0, 2),
    "TW1": (-3, 3), "TW2": (-2, 3), "TW3": (-1, 3), "TW4": (0, 3),
}  # fmt: skip


class Cut(NamedTuple):
    """The pieces of runs that were cut, in order, and the scripts whose runs stayed whole."""

    run: Ints  # (n,) place of the run that a piece is of
    pieces: pa.StringArray  # (n,)
    unsplit: frozenset[str]


def cut_runs(runs: pa.StringArray) -> Cut:
    """Cut every run that holds a script without spaces; the others are not in the result."""
    places, pieces = [np.zeros(0, dtype=np.int64)], [pa.array([], pa.string())]
    unsplit = {script for script in UNKNOWN if pc.any(_holds(runs, script)).as_py()}
    if not load_analyser() and (pc.sum(_holds(runs, KOREAN)).as_py() or 0) > KOREAN_SHARE * len(runs):
        unsplit.add(KOREAN)
    for language, chosen in _choose_models(runs).items():
        at = np.flatnonzero(chosen)
        cut = _cut_in(language, runs.take(pa.array(at)))
        if cut is None:
            unsplit.add(language.removeprefix("traditional "))
            continue
        owner, found = cut
        places.append(at[owner])
        pieces.append(found)
    return Cut(np.concatenate(places), pa.concat_arrays(pieces), frozenset(unsplit))


def _cut_in(language: str, runs: pa.StringArray) -> tuple[Ints, pa.StringArray] | None:
    """Return each piece and the place of its run; ``None`` where what the language needs is not installed."""
    if language == "Chinese" and (dictionary := load_dictionary()):
        return _list_pieces([dictionary(run, True) for run in runs.to_pylist()])
    if language == KOREAN and (analyse := load_analyser()):
        words = runs.to_pylist()
        return _list_pieces(
            [cut_nouns(word, parts) for word, parts in zip(words, analyse(words), strict=True)]
        )
    model = load_model(language)
    return _cut_by(model, runs, joins=language == "Thai") if model else None


def _list_pieces(cut: list[list[str]]) -> tuple[Ints, pa.StringArray]:
    owner = np.repeat(np.arange(len(cut)), [len(pieces) for pieces in cut])
    return owner, pa.array([piece for pieces in cut for piece in pieces], pa.string())


@cache
def load_dictionary() -> Callable[[str, bool], list[str]] | None:
    """Return what cuts simplified Chinese, unlisted names included; ``None`` where it is not installed."""
    try:
        import rjieba
    except ImportError:
        return None
    cut: Callable[[str, bool], list[str]] = rjieba.cut
    return cut


def _holds(runs: pa.StringArray, *scripts: str) -> pa.BooleanArray:
    classes = "".join(f"\\p{{{script}}}" for script in scripts)
    return pc.match_substring_regex(runs, f"[{classes}]")


def _choose_models(runs: pa.StringArray) -> dict[str, NDArray[np.bool_]]:
    """Return for each language which runs its model cuts.

    Kana are Japanese; Han alone is Japanese where a fifth of such runs have kana, else Chinese, in the
    way of writing whose characters the run shows, or most of the runs do.
    """
    kana, han, thai = (
        mask.to_numpy(zero_copy_only=False)
        for mask in (_holds(runs, "Hiragana", "Katakana"), _holds(runs, "Han"), _holds(runs, "Thai"))
    )
    long = pc.utf8_length(runs).to_numpy(zero_copy_only=False) > SHORT
    chosen: dict[str, NDArray[np.bool_]] = {}
    if kana.any() and kana.sum() >= KANA_SHARE * (kana | han).sum():
        chosen["Japanese"] = (kana | han) & long
    elif (kana | han).any():
        old, new = (
            pc.count_substring_regex(runs, f"[{signs}]").to_numpy(zero_copy_only=False)
            for signs in _tell_apart()
        )
        balance = np.where(old == new, old.sum() - new.sum(), old - new)
        chosen["Japanese"] = kana & long
        chosen["traditional Chinese"] = han & ~kana & long & (balance > 0)
        chosen["Chinese"] = han & ~kana & long & (balance <= 0)
    chosen["Thai"] = thai & ~(kana | han)
    if load_analyser():
        chosen[KOREAN] = _holds(runs, KOREAN).to_numpy(zero_copy_only=False) & ~(kana | han | thai)
    return {language: mask for language, mask in chosen.items() if mask.any()}


@cache
def _tell_apart() -> tuple[str, str]:
    """Return the characters that only traditional, and those that only simplified Chinese has."""
    pairs = [(old, new) for old, new in zip(TRADITIONAL, SIMPLIFIED, strict=True) if old != new]
    return "".join(old for old, _ in pairs), "".join(new for _, new in pairs)


class Model(NamedTuple):
    """Weights by the number of a character; 0 is one that the model does not know."""

    number: NDArray[np.uint16]  # by character
    base: float
    single: dict[int, NDArray[np.int32]]  # by place: (n,)
    double: dict[int, NDArray[np.int32]]  # (n, n), flat
    pairs: NDArray[np.int32]  # (n, n), flat: the number of two characters that begin a triple
    triple: dict[int, NDArray[np.int32]]  # (n_pairs, n), flat


@cache
def load_model(language: str) -> Model | None:
    """Read a model of BudouX; ``None`` where the package is not installed."""
    try:
        text = files("budoux").joinpath("models", MODELS[language]).read_text("utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return None
    return build_model(json.loads(text))


def build_model(weights: dict[str, dict[str, int]]) -> Model:
    """Turn weights by feature and characters into tables; the base is minus half of all weights."""
    letters = sorted({letter for group in weights.values() for letters in group for letter in letters})
    place = {letter: k for k, letter in enumerate(letters, start=1)}
    n = len(letters) + 1
    number = np.zeros(N_CODES, dtype=np.uint16)
    number[[ord(letter) for letter in letters]] = np.arange(1, n)
    threes = [key for name, group in weights.items() if WINDOWS[name][1] == 3 for key in group]
    begun = {pair: k for k, pair in enumerate(sorted({key[:2] for key in threes}), start=1)}
    pairs = np.zeros(n * n, dtype=np.int32)
    for pair, k in begun.items():
        pairs[place[pair[0]] * n + place[pair[1]]] = k
    tables: dict[int, dict[int, NDArray[np.int32]]] = {1: {}, 2: {}, 3: {}}
    for name, group in weights.items():
        first, length = WINDOWS[name]
        table = np.zeros({1: n, 2: n * n, 3: (len(begun) + 1) * n}[length], dtype=np.int32)
        for key, weight in group.items():
            row = begun[key[:2]] if length == 3 else place[key[0]] if length == 2 else 0
            table[row * n + place[key[-1]]] = weight
        tables[length][first] = table
    base = -0.5 * sum(sum(group.values()) for group in weights.values())
    return Model(number, base, tables[1], tables[2], pairs, tables[3])


def find_ends(model: Model, codes: Codes) -> NDArray[np.bool_]:
    """Return before which characters a word ends; zeros, three at least, stand between and around runs."""
    numbers = model.number[codes].astype(np.int32)
    n = len(model.single[next(iter(model.single))])
    twos = numbers[:-1] * n + numbers[1:]
    score = np.full(len(codes), model.base)
    for first, table in model.single.items():
        _add(score, table[numbers], first)
    for first, table in model.double.items():
        _add(score, table[twos], first)
    threes = model.pairs[twos[:-1]] * n + numbers[2:]
    for first, table in model.triple.items():
        _add(score, table[threes], first)
    inside = codes != 0
    ends: NDArray[np.bool_] = (score > 0) & inside
    ends[1:] &= inside[:-1]
    return ends


def _add(score: NDArray[np.float64], values: NDArray[np.int32], first: int) -> None:
    """Add at each place the value that begins ``first`` characters after it."""
    if first < 0:
        score[-first : len(values) - first] += values[: len(score) + first]
    else:
        score[: len(values) - first] += values[first:]


def _cut_by(model: Model, runs: pa.StringArray, *, joins: bool) -> tuple[Ints, pa.StringArray]:
    """Return each piece and the place of its run; ``joins`` puts a lone letter to the piece before it."""
    places, pieces = [np.zeros(0, dtype=np.int64)], [pa.array([], pa.string())]
    for first in range(0, len(runs), RUNS_AT_ONCE):
        place, piece = _cut_some(model, runs[first : first + RUNS_AT_ONCE].to_pylist(), joins)
        places.append(place + first)
        pieces.append(piece)
    return np.concatenate(places), pa.concat_arrays(pieces)


def _cut_some(model: Model, runs: list[str], joins: bool) -> tuple[Ints, pa.StringArray]:
    pad = "\0" * PADS
    text = pad + pad.join(runs) + pad
    codes: Codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    ends, inside = find_ends(model, codes), codes != 0
    if joins:
        closed = ends | ~inside
        ends[:-1] &= ~closed[1:]
    begins = inside & ~np.concatenate([[False], inside[:-1]])
    place = np.cumsum(begins)[inside] - 1
    starts = np.flatnonzero((begins | ends)[inside])
    lengths = np.diff(np.append(starts, len(place)))
    return place[starts], cut_codes(codes[inside], lengths)


def name_scripts(unsplit: Sequence[str] | frozenset[str]) -> list[str]:
    """Return the scripts in order, for a sentence."""
    return sorted("Burmese" if script == "Myanmar" else script for script in unsplit if script != KOREAN)
