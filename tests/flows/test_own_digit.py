"""A drawing of a digit becomes what MNIST's digits are, whatever paper, size and place it has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from flows.commands import app
from flows.own_digit import centre_digit, read_digit
from pipeline.errors import SettingsError


def draw_seven(path: Path, *, size: int = 200, at: tuple[int, int] = (60, 40), dark: bool = False) -> Path:
    """Draw a seven of 60 × 100 pixels with a broad pen."""
    ink, paper = ("white", "black") if dark else ("black", "white")
    image = Image.new("RGB", (size, size), paper)
    x, y = at
    ImageDraw.Draw(image).line([(x, y), (x + 60, y), (x + 20, y + 100)], ink, width=12, joint="curve")
    image.save(path)
    return path


def find_middle(digit: np.ndarray) -> list[float]:
    places = np.indices(digit.shape)
    return [float((place * digit).sum() / digit.sum()) for place in places]


def test_a_drawing_is_light_on_black_as_large_as_mnists_and_in_the_middle(tmp_path: Path) -> None:
    digit = read_digit(draw_seven(tmp_path / "7.png"))
    assert (digit.shape, digit.dtype, digit[0, 0], digit.max()) == ((28, 28), np.uint8, 0, 255)
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    assert rows[-1] - rows[0] + 1 == 20 and columns[-1] - columns[0] + 1 < 20
    assert np.abs(np.array(find_middle(digit)) - 13.5).max() <= 0.6


def test_place_paper_size_and_form_of_the_file_change_nothing(tmp_path: Path) -> None:
    digit = read_digit(draw_seven(tmp_path / "7.png"))
    for name, more in (
        ("moved.png", {"at": (100, 90)}),
        ("dark.png", {"dark": True}),
        ("large.png", {"size": 400}),
    ):
        np.testing.assert_allclose(read_digit(draw_seven(tmp_path / name, **more)), digit, atol=1)
    with Image.open(tmp_path / "7.png") as image:
        alpha = Image.fromarray(255 - np.asarray(image.convert("L")))
        clear = Image.new("RGBA", image.size, "black")
        clear.putalpha(alpha)
        clear.save(tmp_path / "clear.png")
    np.testing.assert_allclose(read_digit(tmp_path / "clear.png"), digit, atol=1)


def test_a_shadow_on_the_paper_is_no_ink() -> None:
    page = np.full((50, 50), 200.0)
    page[20:30, 24:26] = 0
    with_shadow = page.copy()
    with_shadow[:5, 5:45] = 185
    np.testing.assert_array_equal(centre_digit(with_shadow, Path("a.png")), centre_digit(page, Path("a.png")))


def test_a_single_dot_is_drawn_large() -> None:
    page = np.full((9, 9), 255.0)
    page[4, 4] = 0
    assert np.count_nonzero(centre_digit(page, Path("a.png"))) == 400


def test_what_is_no_picture_of_a_digit_is_refused(tmp_path: Path) -> None:
    Image.new("L", (20, 20), 255).save(tmp_path / "empty.png")
    (tmp_path / "text.png").write_text("7")
    for name, said in (
        ("empty.png", "shows nothing"),
        ("text.png", "no picture"),
        ("none.png", "no picture"),
    ):
        with pytest.raises(SettingsError, match=said):
            read_digit(tmp_path / name)


def test_a_picture_too_large_to_be_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.own_digit.MOST_PIXELS", 399)
    Image.new("L", (20, 20), 255).save(tmp_path / "large.png")
    with pytest.raises(SettingsError, match="too large"):
        read_digit(tmp_path / "large.png")


def test_a_digit_that_no_study_would_read_is_refused(tmp_path: Path) -> None:
    path = draw_seven(tmp_path / "7.png")
    done = CliRunner().invoke(app, ["study", "line", "--digit", str(path), "--out", str(tmp_path / "out")])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no study that reads it" in done.stderr and not (tmp_path / "out").exists()
