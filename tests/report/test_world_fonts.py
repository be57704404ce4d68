"""A friend's system has other fonts: every letter of the page comes from a font inside it."""

import re
import shutil
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontPath

from pipeline.charts.faces import list_installed
from pipeline.charts.style import FONT_FOLDER
from pipeline.report import world_fonts
from pipeline.report.fonts import write_font_faces
from pipeline.report.variables import write_variables
from pipeline.report.world_fonts import SERIF_SEMIBOLD, cut_face, write_world_faces

RULE = re.compile(
    r'@font-face\{font-family:"(?P<family>[^"]+)";font-weight:(?P<weight>\d+);font-style:normal;'
    r'src:url\("data:font/woff;base64,(?P<content>[^"]+)"\) format\("woff"\);unicode-range:(?P<range>[^}]+)\}'
)
WORDS = (
    "موسيقى", "آب و هوا", "מוזיקה", "क्षत्रिय", "ที่นี่", "音乐", "你們", "音楽", "ラーメン", "음악", "🍅", "🧀",
)  # fmt: skip
FAMILIES = ("Noto Naskh Arabic", "Noto Serif Thai", "Noto Serif CJK SC", "Noto Sans CJK KR", "Symbola")

FIND_LEFTS = """() => {
  const whole = document.querySelector("svg").getBoundingClientRect().left;
  return [...document.querySelectorAll("text")].map((one) => one.getBoundingClientRect().left - whole);
}"""


@pytest.fixture
def fonts() -> None:
    """Skip where the fonts are not installed that an owner of such words is told of."""
    if missing := [family for family in FAMILIES if family not in list_installed()]:
        pytest.skip(f"not installed here: {', '.join(missing)} (fonts-noto-core, -noto-cjk, -symbola)")


def _read_rules(page: str) -> list[tuple[str, int, frozenset[int], bytes]]:
    """Return family, weight, range and font of each rule for other scripts."""
    rules = []
    for found in RULE.finditer(write_world_faces(page)):
        codes: set[int] = set()
        for span in found["range"].split(","):
            first, _, last = span.removeprefix("U+").partition("-")
            codes.update(range(int(first, 16), int(last or first, 16) + 1))
        rules.append((found["family"], int(found["weight"]), frozenset(codes), b64decode(found["content"])))
    return rules


def _write_page(words: tuple[str, ...]) -> str:
    """Write a page with each word in a table, a heading, a sentence and a picture."""
    cells = "".join(f"<td>{word}</td>" for word in words)
    texts = "".join(
        f'<text y="40" font-size="20" font-family="var(--serif)" font-weight="600">{word}</text>'
        for word in words
    )
    head, sentence = f"<h3>{' '.join(words)}</h3>", f'<p class="sentence">{" ".join(words)}</p>'
    return f"{head}{sentence}<svg class='picture'>{texts}</svg><table><tr>{cells}</tr></table>"


def test_a_page_of_our_own_letters_carries_no_other_font() -> None:
    assert write_world_faces("naïve лампа Ελλάδα – “x” ×") == ""


@pytest.mark.slow
def test_every_letter_of_another_script_has_a_face_that_holds_it(fonts: None) -> None:
    rules = _read_rules(_write_page(WORDS))
    assert {(family, weight) for family, weight, *_ in rules} == {
        ("Almanac World Serif", 400),
        ("Almanac World Serif", 600),
        ("Almanac World Sans", 400),
    }
    for voice in {(family, weight) for family, weight, *_ in rules}:
        of_voice = [rule for rule in rules if rule[:2] == voice]
        ranges = [code for *_, codes, _ in of_voice for code in codes]
        assert sorted(ranges) == sorted({ord(letter) for letter in "".join(WORDS)} - {0x20})
        for *_, codes, content in of_voice:
            assert codes <= set(TTFont(BytesIO(content)).getBestCmap())


def test_serif_holds_only_what_the_page_sets_in_serif(fonts: None) -> None:
    rules = _read_rules(f"<h3>音楽</h3><td>ดนตรี</td>{'<text font-family=x>서울</text>'}")
    assert {(family, frozenset(map(chr, codes))) for family, _, codes, _ in rules} == {
        ("Almanac World Serif", frozenset("音楽")),
        ("Almanac World Sans", frozenset("音楽")),
        ("Almanac World Sans", frozenset("ดนตรี")),
        ("Almanac World Sans", frozenset("서울")),
    }


def test_a_letter_of_several_languages_is_drawn_as_in_most_of_its_words(fonts: None) -> None:
    rules = _read_rules("<td>京都</td><td>ラーメン</td><td>お好み焼き</td><td>音乐</td>")
    assert {frozenset(map(chr, codes)) for _, _, codes, _ in rules} == {
        frozenset("京都ラーメンお好み焼き"),
        frozenset("音乐"),
    }


def test_how_often_a_word_stands_there_decides(fonts: None) -> None:
    rules = _read_rules("<td>音乐</td><td>音楽</td><td>音楽</td>")
    assert {frozenset(map(chr, codes)) for _, _, codes, _ in rules} == {frozenset("音楽"), frozenset("乐")}


def test_a_face_keeps_its_licence_under_our_name_and_is_the_same_each_time(fonts: None) -> None:
    for word in ("音乐", "موسيقى", "🍅"):
        ((file, letters), *_) = world_fonts._choose_files(word, SERIF_SEMIBOLD)
        first = cut_face(file, letters, SERIF_SEMIBOLD)
        cut_face.cache_clear()
        assert cut_face(file, letters, SERIF_SEMIBOLD) == first
        font = TTFont(BytesIO(first))
        names = {record.nameID: str(record) for record in font["name"].names}
        assert names[1] == "Almanac World Serif"
        assert 0 in names
        assert set(names) <= {0, 1, 2, 4, 6, 13, 14}
        assert not {"Source", "Noto", "Symbola"} & set(
            re.findall(r"\w+", " ".join(names[k] for k in (1, 2, 4, 6)))
        )


def test_a_font_that_is_not_free_stays_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bought = FontPath(str(tmp_path / "SimSun.ttc"), 0)
    shutil.copy(FONT_FOLDER / "SourceSansPro-Regular.otf", bought.path)
    monkeypatch.setattr(world_fonts, "find_holders", lambda text, *_: dict.fromkeys(text, bought))
    assert write_world_faces("<td>音乐</td>") == ""


def test_a_thousand_chinese_letters_stay_within_a_megabyte(fonts: None) -> None:
    letters = "".join(
        bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xBB) for low in range(0xA1, 0xFF)
    )
    clouds = "".join(f'<text font-family="var(--serif)" font-weight="600">{letters[:200]}</text>')
    rules = write_world_faces(f"{clouds}<td>{letters[:1000]}</td>")
    assert 100_000 < len(rules) < 1_000_000


@pytest.mark.slow
def test_a_browser_takes_every_letter_from_the_page_itself(fonts: None, browser: Any, tmp_path: Path) -> None:
    body = _write_page(WORDS)
    css = (Path(world_fonts.__file__).parent / "page.css").read_text("utf-8")
    path = tmp_path / "index.html"
    style = write_font_faces(body) + write_variables() + css
    path.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{body}", "utf-8")
    tab = browser.new_page()
    tab.goto(path.as_uri())
    tab.evaluate("() => document.fonts.ready.then(() => true)")
    used = _list_fonts(tab)
    lefts = tab.evaluate(FIND_LEFTS)
    tab.evaluate("() => { document.documentElement.dir = 'rtl' }")
    turned = tab.evaluate(FIND_LEFTS)
    tab.close()
    assert turned == lefts  # words in a picture keep their places in a page from right to left
    assert {name for name, custom in used if not custom} == set()
    assert {name.split("-")[0] for name, _ in used} >= {"AlmanacWorldSans", "AlmanacWorldSerif"}


def _list_fonts(tab: Any) -> set[tuple[str, bool]]:
    """List the fonts from which the browser drew, and whether each came with the page."""
    session = tab.context.new_cdp_session(tab)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": -1})["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "h3, p, text, td"})["nodeIds"]
    found = set()
    for node in nodes:
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
            found.add((font.get("postScriptName") or font["familyName"], font["isCustomFont"]))
    return found
