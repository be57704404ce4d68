"""Ten scripts and emoji in clouds, lists and labels: no letter is drawn as a box, and none out of order."""

import warnings
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.text import Text
from numpy.typing import NDArray
from PIL import Image

from pipeline.charts import placing
from pipeline.charts.cloud import draw_cloud, find_cloud_height
from pipeline.charts.cloud_years import draw_cloud_years, find_cloud_years_height
from pipeline.charts.faces import find_file, find_holders, list_installed
from pipeline.charts.frame import stand_alone
from pipeline.charts.lettering import begin_at_left, measure, write
from pipeline.charts.placing import find_ink
from pipeline.charts.render import render_png, render_svg
from pipeline.charts.repeated import draw_repeated, find_repeated_height
from pipeline.charts.rising import draw_rising, find_rising_height
from pipeline.charts.scripts import find_variety
from pipeline.charts.words_apart import draw_words_apart, find_words_apart_height
from pipeline.charts.words_years import draw_words_years, find_words_years_height

SCRIPTS = {
    "Latin": ["música", "straße", "tiếng Việt"],
    "Cyrillic": ["музыка", "рецепт", "ў"],
    "Greek": ["μουσική", "Αθήνα", "καιρός"],
    "Arabic": ["موسيقى", "القاهرة", "آب و هوا"],
    "Hebrew": ["מוזיקה", "ירושלים", "שָׁלוֹם"],
    "Devanagari": ["संगीत", "क्षत्रिय", "दिल्ली"],
    "Thai": ["ดนตรี", "กรุงเทพ", "ที่นี่"],
    "Chinese": ["音乐", "图书馆", "你們"],
    "Japanese": ["音楽", "ラーメン", "お好み焼き"],
    "Korean": ["음악", "서울", "도서관"],
    "emoji": ["🍅", "🚀", "👩🏽‍💻", "❤️", "🧀"],
}
WORDS = [word for words in SCRIPTS.values() for word in words]
MIXED = ["python مرحبا 12", "чай 茶 tea", "שלום world", "🍅 tomato"]
FAMILIES = ("Noto Naskh Arabic", "Noto Serif Thai", "Noto Serif CJK SC", "Noto Sans CJK KR", "Symbola")


@pytest.fixture(autouse=True)
def fonts() -> None:
    """Skip where the fonts are not installed that an owner of such words is told of."""
    if missing := [family for family in FAMILIES if family not in list_installed()]:
        pytest.skip(f"not installed here: {', '.join(missing)} (fonts-noto-core, -noto-cjk, -symbola)")


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Matplotlib's warning of a missing glyph through, where it is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def _find_texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]


def _list_boxes(figure: Figure) -> list[str]:
    """List the letters of a figure that the fonts which really draw them do not hold."""
    boxes = []
    for text in _find_texts(figure):
        font = text.get_fontproperties()
        semibold = int(font.get_weight()) >= 600
        charmaps = [get_font(find_file(name, semibold)).get_charmap() for name in font.get_family()]
        for letter in text.get_text():
            if letter not in "\u200d\u200e\n" and not any(ord(letter) in charmap for charmap in charmaps):
                boxes.append(letter)
    return boxes


def _ink_of(text: str, families: tuple[str, ...]) -> NDArray[np.uint8]:
    """Draw ``text`` in ``families`` as it is, Matplotlib's box for letters that they lack included."""
    renderer: Any = placing.RendererAgg(120, 80, 72)  # type: ignore[no-untyped-call]
    font = FontProperties(family=list(families), weight=600, size=32)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph ")
        renderer.draw_text(renderer.new_gc(), 20, 50, text, font, 0)
    return np.asarray(renderer.buffer_rgba())[:, :, 3].copy()


def _years() -> pd.DataFrame:
    rows = [
        (2014 + k, word, 90 - n, 40.0 / (n + 1))
        for k, words in enumerate(SCRIPTS.values())
        for n, word in enumerate(words)
    ]
    return pd.DataFrame(rows, columns=["year", "word", "count", "z"])


def test_no_letter_of_a_cloud_is_a_box(sheet: Callable[..., Axes], strict: None) -> None:
    frame = pd.DataFrame({"word": WORDS + MIXED, "count": range(99, 99 - len(WORDS + MIXED), -1)})
    ax = draw_cloud(sheet(744, 400), frame)
    assert len(ax.texts) == len(WORDS + MIXED)  # and no line about words left out
    assert _list_boxes(ax.figure) == []
    ax.figure.canvas.draw()


def test_no_letter_of_a_list_or_a_year_is_a_box(sheet: Callable[..., Axes], strict: None) -> None:
    frame = pd.DataFrame({"word": MIXED, "count": [9, 7, 5, 4]})
    years = _years()
    for width, narrow in ((744, False), (328, True)):
        drawn = [
            draw_cloud(sheet(width, find_cloud_height(frame, width, narrow)), frame, narrow=narrow),
            draw_cloud_years(sheet(width, find_cloud_years_height(years, width)), years, size_by="z"),
            draw_words_years(sheet(width, find_words_years_height(years, width)), years, narrow=narrow),
        ]
        for ax in drawn:
            assert _list_boxes(ax.figure) == []
            assert "see the table" not in "".join(text.get_text() for text in _find_texts(ax.figure))
            ax.figure.canvas.draw()


def _draw_repeated(sheet: Callable[..., Axes]) -> Axes:
    frame = pd.DataFrame({"query": WORDS + MIXED, "times": 9})
    asked = pd.DataFrame({"rank": [0, 1], "date": pd.to_datetime(["2021-03-01", "2021-04-01"])})
    span = (pd.Timestamp("2021-01-01"), pd.Timestamp("2021-12-31"))
    return draw_repeated(sheet(744, find_repeated_height(frame, False)), frame, asked=asked, span=span)


def _draw_apart(sheet: Callable[..., Axes]) -> Axes:
    parts = np.resize(["night", "day", "weekend", "workday"], len(WORDS))
    frame = pd.DataFrame({"part": parts, "word": WORDS, "count": 9, "z": np.linspace(20, 5, len(WORDS))})
    return draw_words_apart(sheet(744, find_words_apart_height(frame, 744, False)), frame)


def _draw_rising(sheet: Callable[..., Axes]) -> Axes:
    z = np.resize([9.0, -9.0], len(WORDS))
    frame = pd.DataFrame({"word": WORDS, "slope": z / 9, "z": z, "count": 90})
    years = frame[["word"]].merge(pd.DataFrame({"year": [2020, 2021, 2022]}), how="cross")
    years = years.assign(count=30, searches=900)
    return draw_rising(sheet(744, find_rising_height(frame, 744, False)), frame, years=years)


@pytest.mark.parametrize("draw", [_draw_repeated, _draw_apart, _draw_rising])
def test_no_label_of_another_chart_is_a_box(draw: Any, sheet: Callable[..., Axes], strict: None) -> None:
    ax = draw(sheet)
    assert len(_find_texts(ax.figure)) > len(WORDS) / 2
    assert _list_boxes(ax.figure) == []
    ax.figure.canvas.draw()


def test_the_drawn_ink_is_where_it_was_placed(sheet: Callable[..., Axes]) -> None:
    words = ["machine", "gyp", *WORDS]
    frame = pd.DataFrame({"word": words, "count": [900 // (k + 1) + 30 for k in range(len(words))]})
    ax = draw_cloud(sheet(744, 400), frame)
    drawn = np.asarray(Image.open(BytesIO(render_png(ax.figure, 96))))[:, :, 3] > 128
    expected = np.zeros(drawn.shape, dtype=bool)
    for text in ax.texts:
        ink = find_ink(text.get_text(), round(text.get_fontsize() / 0.75))
        top, left = round(text.xy[1]) - ink.top, round(text.xy[0]) + ink.left
        rows, columns = ink.strengths.shape
        around = expected[max(0, top - 1) : top + rows + 1, max(0, left - 1) : left + columns + 1]
        around |= np.pad(ink.strengths > 0, 1)[: around.shape[0], : around.shape[1]]
    assert drawn.sum() > 10_000
    assert (drawn & ~expected).sum() < 0.02 * drawn.sum()


@pytest.mark.parametrize("serif", [True, False])
@pytest.mark.parametrize("semibold", [True, False])
def test_no_letter_of_a_label_is_a_box(
    serif: bool, semibold: bool, sheet: Callable[..., Axes], strict: None
) -> None:
    ax = sheet(744, 800)
    for k, text in enumerate(WORDS + MIXED):
        write(ax, text, 0.1, k / 50, size=14, colour="#000000", serif=serif, semibold=semibold)
        assert measure(text, 14, serif, semibold) > 5
    assert _list_boxes(ax.figure) == []
    ax.figure.canvas.draw()


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_pixels_of_no_letter_are_those_of_a_missing_one(script: str) -> None:
    for letter, file in find_holders("".join(SCRIPTS[script]), True, True).items():
        assert file is not None
        assert get_font(file).get_char_index(ord(letter)) != 0
        drawn = find_ink(letter, 32).strengths
        ours = ord(letter) in get_font(find_file("Source Serif Pro", True)).get_charmap()
        box = _ink_of("\ue000" if ours else letter, ("Source Serif Pro",))
        rows, columns = np.flatnonzero(box.any(axis=1)), np.flatnonzero(box.any(axis=0))
        box = box[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert letter == " " or drawn.any()
        assert drawn.shape != box.shape or (drawn != box).any()


def test_the_test_knows_a_box_when_it_sees_one(sheet: Callable[..., Axes], strict: None) -> None:
    ax = sheet(744, 100)
    ax.text(0.5, 0.5, "ดนตรี", fontfamily=["Source Serif Pro"], fontweight=400)
    assert _list_boxes(ax.figure) == list("ดนตรี")
    with pytest.raises(UserWarning, match=r"^Glyph \d+ "):
        ax.figure.canvas.draw()
    assert _ink_of("ด", ("Source Serif Pro",)).any()


def _alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the share of ink that two pictures have in common, at the best place of the smaller one."""
    rows = max(one.shape[0], other.shape[0])
    tall = [np.pad(each, ((0, rows - each.shape[0]), (0, 0))) > 100 for each in (one, other)]
    best = 0.0
    for shift in range(-2, 3):
        moved = np.roll(tall[1], shift, axis=0)
        columns = min(tall[0].shape[1], moved.shape[1])
        both = (tall[0][:, :columns] & moved[:, :columns]).sum()
        best = max(best, both / max(1, (tall[0][:, :columns] | moved[:, :columns]).sum()))
    return float(best)


@pytest.mark.parametrize(
    ("word", "first", "last"), [("שמה", "ש", "ה"), ("תמרים", "ת", "ם"), ("אדמת", "א", "ת")]
)
def test_hebrew_runs_from_right_to_left(word: str, first: str, last: str) -> None:
    ink, begins, ends = (find_ink(text, 60).strengths for text in (word, first, last))
    assert _alike(ends, ink[:, : ends.shape[1]]) > 0.6
    assert _alike(begins, ink[:, -begins.shape[1] :]) > 0.6
    assert _alike(begins, ink[:, : begins.shape[1]]) < 0.6


def test_arabic_letters_are_joined() -> None:
    joined, alone = find_ink("ببب", 60).strengths, find_ink("ب", 60).strengths
    assert joined.shape[1] < 2 * alone.shape[1]
    line = joined[: joined.shape[0] * 3 // 4]  # without the dots below
    assert line.any(axis=0).all()


def test_a_sentence_of_ours_begins_at_the_left_whatever_its_first_word() -> None:
    sentence, end = "“שמה” was asked", find_ink("asked", 60).strengths
    assert begin_at_left(sentence).endswith(sentence)
    turned, right = find_ink(sentence, 60).strengths, find_ink(begin_at_left(sentence), 60).strengths
    assert _alike(end, right[:, -end.shape[1] :]) > 0.6 > _alike(end, turned[:, -end.shape[1] :])
    assert begin_at_left("“música” was asked") == "“música” was asked"


def test_a_headline_with_a_word_from_right_to_left_is_a_sentence(strict: None) -> None:
    figure = stand_alone(
        lambda ax: ax, width=720, plot_height=10, headline="“وصفة كبسة” was asked 311 times",
        deck="وصفة كبسة leads", source="6,000 searches",
    )  # fmt: skip
    lines = [text.get_text() for text in _find_texts(figure)]
    assert lines == ["\u200e“وصفة كبسة” was asked 311 times", "\u200eوصفة كبسة leads", "6,000 searches"]
    assert _list_boxes(figure) == []
    figure.canvas.draw()


def test_a_number_among_right_to_left_words_keeps_its_order() -> None:
    ink, number = find_ink("טל 12", 60).strengths, find_ink("12", 60).strengths
    assert _alike(number, ink[-number.shape[0] :, : number.shape[1]]) > 0.5


def test_chinese_letters_are_drawn_in_the_language_of_the_words_around(sheet: Callable[..., Axes]) -> None:
    for around, variety in (("你們", "TC"), ("图书馆", "SC"), ("ラーメン", "JP"), ("서울", "KR")):
        words = pd.DataFrame({"word": ["曜", around, f"{around}{around}"], "count": [9, 5, 4]})
        assert find_variety("曜", variety) == variety  # type: ignore[arg-type]
        ax = draw_cloud(sheet(744, 300), words, least_words=0)
        assert ax.texts[0].get_fontfamily()[1] == f"Noto Serif CJK {variety}"


def test_the_words_of_an_svg_are_text_in_the_order_in_which_they_are_read(sheet: Callable[..., Axes]) -> None:
    ax = sheet(744, 400)
    for k, text in enumerate(MIXED):
        write(ax, text, 0.1, 0.1 + k / 5, size=14, colour="#000000", serif=True)
    svg = render_svg(ax.figure)
    assert all(f">{text}</text>" in svg for text in MIXED)
