"""A picture in one colour becomes a mask of its strengths, through which any colour can be poured."""

import base64
import io
import re

import numpy as np
from PIL import Image

from pipeline.charts.raster import find_colour, mask_pictures


def _write(pixels: np.ndarray) -> str:
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8), "RGBA").save(out, format="PNG")
    address = "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
    turned = 'transform="scale(1 -1) translate(0 -30)"'
    return f'<g><image xlink:href="{address}" id="image1" {turned} x="4" y="-3" width="40" height="30"/></g>'


def _read(svg: str) -> np.ndarray:
    (content,) = re.findall(r'base64,([^"]*)"', svg)
    with Image.open(io.BytesIO(base64.b64decode(content))) as image:
        return np.asarray(image.convert("RGBA"))


def _make_pixels(colour: tuple[int, int, int]) -> np.ndarray:
    pixels = np.zeros((60, 80, 4))
    pixels[..., :3] = colour
    pixels[..., 3] = np.random.default_rng(0).integers(0, 256, (60, 80))
    return pixels


def test_a_raster_of_one_colour_becomes_its_strengths_and_a_rectangle_of_the_colour() -> None:
    pixels = _make_pixels((43, 74, 155))
    svg = mask_pictures(_write(pixels))
    assert len(svg) < len(_write(pixels))
    read = _read(svg)
    assert np.abs(read[..., 3].astype(int) - pixels[..., 3]).max() <= 9
    assert (read[..., :3] == 255).all()
    box = 'x="4" y="-3" width="40" height="30"'
    assert re.sub('base64,[^"]*', "…", svg) == (
        '<g><g transform="scale(1 -1) translate(0 -30)">'
        f'<mask id="strengths-0" maskUnits="userSpaceOnUse" {box}>'
        f'<image {box} xlink:href="data:image/png;…"/></mask>'
        f'<rect {box} mask="url(#strengths-0)" style="fill: #2b4a9b"/></g></g>'
    )


def test_two_rasters_have_two_masks() -> None:
    svg = mask_pictures(_write(_make_pixels((43, 74, 155))) + _write(_make_pixels((194, 49, 25))))
    assert re.findall(r'mask id="([^"]*)"', svg) == ["strengths-0", "strengths-1"]
    assert re.findall(r"mask=.url\(#([^)]*)\). style=.fill: (#\w+)", svg) == [
        ("strengths-0", "#2b4a9b"),
        ("strengths-1", "#c23119"),
    ]


def test_a_raster_of_several_colours_or_of_none_stays_as_it_is() -> None:
    several = np.zeros((4, 4, 4))
    several[..., 3] = 255
    several[:2, :, 0] = 200
    for svg in (_write(several), _write(np.zeros((4, 4, 4))), "<svg><rect/></svg>"):
        assert mask_pictures(svg) == svg


def test_a_faint_raster_has_its_colour_too() -> None:
    faint = np.zeros((4, 4, 4), dtype=np.uint8)
    faint[1, 1] = (43, 74, 155, 30)
    assert find_colour(faint) == (43, 74, 155)
