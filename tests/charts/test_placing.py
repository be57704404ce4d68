import numpy as np
import pytest
from PIL import Image

from pipeline.charts.placing import ABOVE, BESIDE, LEAST_PX, Ground, find_ink, make_ground, place_words


def _words(n: int) -> tuple[tuple[str, float], ...]:
    words = [
        f"{a}{b}" for a in ("num", "pia", "gly", "tel", "so") for b in ("py", "no", "ph", "escope", "na")
    ]
    scripts = ["лампа", "موسيقى", "ดนตรี", "संगीत", "音楽", "한국어", "שלום"]
    named = [*words, *scripts, *(f"{word}{k}" for k in range(3) for word in words)][:n]
    return tuple((word, 900.0 / (k + 1) + 12) for k, word in enumerate(named))


def _lay(placed: object, width: int, height: int) -> np.ndarray:
    """Count how many words' ink lies on each pixel."""
    layers = np.zeros((height, width), dtype=int)
    for word, size, x, y in placed:  # type: ignore[attr-defined]
        ink = find_ink(word, int(size))
        top, left = int(y) - ink.top, int(x) + ink.left
        rows, columns = ink.strengths.shape
        assert min(top, left) >= 0
        assert top + rows <= height
        assert left + columns <= width
        layers[top : top + rows, left : left + columns] += ink.strengths > 0
    return layers


@pytest.mark.parametrize(("width", "height", "n_words"), [(744, 400, 100), (156, 200, 18), (300, 296, 45)])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_ink_of_no_two_words_meets(width: int, height: int, n_words: int, seed: int) -> None:
    placed = place_words(_words(n_words), Ground(width, height), seed)
    assert {word for word, *_ in placed} == {word for word, _ in _words(n_words)}
    assert _lay(placed, width, height).max() == 1


def test_a_word_keeps_its_distance_to_the_words_before_it() -> None:
    earlier = np.zeros((400, 744), dtype=bool)
    for word, size, x, y in place_words(_words(80), Ground(744, 400), 0):
        ink = find_ink(word, int(size))
        top, left = int(y) - ink.top, int(x) + ink.left
        rows, columns = ink.strengths.shape
        around = earlier[top - ABOVE : top + rows + ABOVE, left - BESIDE : left + columns + BESIDE]
        assert around.size
        assert not around.any()
        earlier[top : top + rows, left : left + columns] |= ink.strengths > 0


@pytest.mark.parametrize("word", ["jade", "fjord"])
def test_ink_left_of_the_pen_or_right_of_it_is_allowed_for(word: str) -> None:
    lefts = set()
    for seed in range(80):
        (placed,) = place_words(((word, 1.0),), Ground(60, 20), seed)
        ink = find_ink(word, int(placed.size))
        lefts.add(int(placed.x) + ink.left)
        wide = ink.strengths.shape[1]
    assert (min(lefts), max(lefts)) == (1 + BESIDE, 60 - wide - BESIDE)


def test_sizes_follow_the_weights_and_none_is_under_ten_pixels() -> None:
    sizes = [placed.size for placed in place_words(_words(80), Ground(744, 400), 0)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 2 * sizes[-1]
    assert sizes[-1] >= LEAST_PX


def test_the_places_depend_on_words_weights_and_seed_alone() -> None:
    first = place_words(_words(40), Ground(500, 300), 0)
    place_words.cache_clear()
    find_ink.cache_clear()
    assert place_words(_words(40), Ground(500, 300), 0) == first
    assert place_words(_words(40), Ground(500, 300), 1) != first


def test_a_hundred_long_words_all_find_a_place() -> None:
    words = ["telescope", "ox", "bibliography", "rye"] * 25
    drawn = tuple((f"{word}{k}", 5000.0 / (k + 3)) for k, word in enumerate(words))
    assert len(place_words(drawn, Ground(744, 400), 0)) == 100


def test_a_shape_holds_all_ink() -> None:
    down, across = np.mgrid[0:120, 0:120]
    disc = (down - 60) ** 2 + (across - 60) ** 2 < 58**2
    ground = make_ground(600, 400, disc)
    blocked = ground.blocked
    assert blocked is not None
    assert ground.area == pytest.approx(np.pi * (58 / 60 * 200) ** 2, rel=0.03)
    assert blocked[:, :99].all()  # the disc stands in the middle, as high as the sheet
    assert blocked[:, 501:].all()
    placed = place_words(_words(40), ground, 0)
    assert len(placed) == 40
    assert not (_lay(placed, 600, 400).astype(bool) & blocked).any()


def test_a_shape_may_be_a_picture_and_its_white_is_outside() -> None:
    picture = np.full((10, 20, 3), 255, dtype=np.uint8)
    picture[2:8, 5:15, 1] = 9
    inside = make_ground(40, 20, picture)
    assert inside.area == 4 * 60
    assert make_ground(40, 20, Image.fromarray(picture)) == inside
    assert make_ground(40, 20, picture[:, :, 1]) == inside
    assert make_ground(40, 20, picture[:, :, 1] == 9) == inside
    clear = np.dstack([np.zeros((10, 20, 3), dtype=np.uint8), np.where(picture[:, :, 1] == 9, 255, 0)])
    assert make_ground(40, 20, clear) == inside


@pytest.mark.parametrize("shape", [np.full((4, 4), 255), np.zeros((4, 4), dtype=bool), np.ones(4)])
def test_a_shape_with_nothing_in_it_is_refused(shape: np.ndarray) -> None:
    words = "^A cloud's shape must be a picture, \\(rows, columns\\), with something in it.$"
    with pytest.raises(ValueError, match=words):
        make_ground(100, 100, shape)


def test_a_ground_too_small_keeps_what_fits() -> None:
    placed = place_words(_words(60), Ground(90, 60), 0)
    assert 0 < len(placed) < 60
    assert _lay(placed, 90, 60).max() == 1


def test_of_no_words_none_is_placed() -> None:
    assert place_words((), Ground(300, 200), 0) == ()


def test_a_word_without_ink_takes_no_room() -> None:
    assert find_ink("\u200d", 20).strengths.shape == (1, 1)
