"""From a figure to bytes: the same figure always gives the same bytes."""

from __future__ import annotations

import io

from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image

from pipeline.charts.style import DPI, SAVING, keep_letters_secret
from pipeline.charts.svg import finish_svg, take_off_halos

COMPRESSION = 3  # of 9: beyond it a picture takes a third more of the time for one per cent
RASTER_DPI = 144  # of dots within an SVG; all else there has no pixels


def render_png(figure: Figure, dpi: int = DPI) -> bytes:
    """Return the figure as PNG of ``dpi`` dots an inch, without date or maker; an opaque one has no alpha."""
    out = io.BytesIO()
    with rc_context(SAVING), keep_letters_secret():
        figure.savefig(out, format="rgba", dpi=dpi)
    width, height = (int(inches * dpi) for inches in figure.get_size_inches())
    image = Image.frombytes("RGBA", (width, height), out.getvalue())
    if image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    png = io.BytesIO()
    image.save(png, "png", dpi=(dpi, dpi), compress_level=COMPRESSION)
    return png.getvalue()


def render_svg(figure: Figure) -> str:
    """Return the figure as one ``<svg>`` element whose text is text and whose size is in CSS pixels."""
    out = io.StringIO()
    with rc_context(SAVING), keep_letters_secret(), take_off_halos(figure) as halos:
        figure.savefig(out, format="svg", dpi=RASTER_DPI, metadata={"Date": None, "Creator": None})
    return finish_svg(out.getvalue(), halos)
