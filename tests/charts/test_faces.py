from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from matplotlib.font_manager import FontPath, fontManager

from pipeline.charts import faces
from pipeline.charts.faces import find_holders, list_families, list_installed, list_missing, make_drawable
from pipeline.charts.style import FONT_FOLDER, SERIF_SEMIBOLD

UNHELD = "\ue000"  # private use: no font of a system has it


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Forget what is installed, before and after, and put Matplotlib's list back."""
    entries = list(fontManager.ttflist)
    cached = (list_installed, list_families, faces.find_file, make_drawable)
    for function in cached:
        function.cache_clear()
    yield
    fontManager.ttflist[:] = entries
    for function in cached:
        function.cache_clear()


def test_what_our_fonts_hold_is_drawn_from_them_alone() -> None:
    for text in ("naïve", "лампа", "Ελλάδα"):
        assert list_families(text, True) == ("Source Serif Pro",)
        assert {file and file.path for file in find_holders(text, True, True).values()} == {
            str(SERIF_SEMIBOLD)
        }


def test_letters_that_no_font_holds_are_known_before_they_are_drawn() -> None:
    assert list_missing(f"a{UNHELD}b", True) == UNHELD
    assert make_drawable(f"a{UNHELD}{UNHELD}b", True) == "a…b"
    assert list_missing("plain\n\u200dtext\ufe0f", True) == ""


def test_a_font_installed_since_matplotlib_last_looked_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgetful: None
) -> None:
    other = tmp_path / "NotoInvented-Regular.otf"
    copy(FONT_FOLDER / "SourceSansPro-Regular.otf", other)
    broken = tmp_path / "NotoBroken.ttf"
    broken.write_bytes(b"not a font")
    unasked = tmp_path / "Unasked.otf"
    copy(other, unasked)
    monkeypatch.setattr(faces, "findSystemFonts", lambda: [str(other), str(broken), str(unasked)])
    list_installed()
    assert {entry.fname for entry in fontManager.ttflist} & {str(other), str(broken), str(unasked)} == {
        str(other)
    }


def test_an_archive_without_fonts_for_its_script_misses_its_letters(
    monkeypatch: pytest.MonkeyPatch, forgetful: None
) -> None:
    monkeypatch.setattr(faces, "list_installed", lambda: frozenset({"DejaVu Sans"}))
    assert list_families("ดนตรี", True) == ("Source Serif Pro", "DejaVu Sans")
    assert list_missing("ดนตรี", True) == "ดนตรี"
    assert make_drawable("ดนตรี", True) == "…"


def test_a_face_inside_a_collection_is_told_by_its_number() -> None:
    held = [file for file in find_holders("日", True).values() if file is not None]
    if not held:
        pytest.skip("no font with Chinese letters is installed (fonts-noto-cjk)")
    assert all(isinstance(file, FontPath) for file in held)
