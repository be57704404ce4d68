from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from pipeline.charts.tokens import LIGHT
from pipeline.report.inline_svg import inline_svg
from pipeline.report.variables import map_colours

COLOURS = {"#2b4a9b": "var(--data)", "#ffffff": "var(--surface)"}
SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
FRAME = 'class="picture" aria-hidden="true"'


def _inline(inside: str, **more: str) -> str:
    source = f'<svg {SPACES} width="540pt" height="90pt" viewBox="0 0 540 90">{inside}</svg>'
    return str(inline_svg(source, prefix="p-", colours=COLOURS, **more))


def _frame(inside: str) -> str:
    return (
        '<svg width="720" height="120" viewBox="0 0 540 90" stroke-linejoin="round" stroke-linecap="butt"'
        f' class="picture" aria-hidden="true">{inside}</svg>'
    )


def test_a_style_attribute_becomes_presentation_attributes_with_variables_for_tokens() -> None:
    assert _inline(
        '<path d="M 0.123456 1\nL 2 3" style="fill: #2B4A9B; stroke: #fff; stroke-width: 1.5"/>'
    ) == _frame(
        '<path d="M 0.12 1 L 2 3" fill="var(--data)" stroke="var(--surface)" stroke-width="1.5"></path>'
    )


def test_a_colour_that_is_no_token_stays_as_it_is() -> None:
    assert _inline('<rect fill="#123456"/>') == _frame('<rect fill="#123456"></rect>')


def test_the_font_shorthand_is_taken_apart() -> None:
    style = "font: italic 600 9.5px 'Source Serif Pro', serif; text-anchor: middle"
    assert _inline(f'<text style="{style}">a</text>') == _frame(
        '<text font-style="italic" font-weight="600" font-size="9.5px" font-family="var(--serif)"'
        ' text-anchor="middle">a</text>'
    )


def test_ids_and_every_kind_of_reference_get_the_prefix_and_unused_ids_go() -> None:
    source = (
        '<g id="axes_1"><defs><path id="m1" d="M 0 0"/></defs><use xlink:href="#m1"/>'
        '<path clip-path="url(#c1)" style="fill: url(#h1)"/></g>'
        '<clipPath id="c1"/><pattern id="h1"/>'
    )
    assert _inline(source) == _frame(
        '<defs><path id="p-m1" d="M 0 0"></path></defs><use href="#p-m1"></use>'
        '<path clip-path="url(#p-c1)" fill="url(#p-h1)"></path>'
        '<clipPath id="p-c1"></clipPath><pattern id="p-h1"></pattern>'
    )


def test_styles_scripts_handlers_metadata_and_links_elsewhere_are_left_out() -> None:
    source = (
        "<style>*{}</style><script>alert(1)</script><metadata><b>x</b></metadata><foreignObject/>"
        '<rect onclick="alert(1)" width="1"/><image xlink:href="https://example.com/a.png"/>'
        '<image xlink:href="data:image/svg+xml;base64,AAAA"/><use xlink:href="other.svg#a"/>'
    )
    assert _inline(source) == _frame('<rect width="1"></rect>')


def test_a_raster_inside_stays_as_a_data_address() -> None:
    assert _inline('<image xlink:href="data:image/png;base64,AA\nBB" width="3"/>') == _frame(
        '<image href="data:image/png;base64,AABB" width="3"></image>'
    )


def test_a_labelled_picture_is_an_image_and_a_decoration_is_hidden() -> None:
    assert 'role="img" aria-labelledby="years-alt"' in _inline("", label_id="years-alt")
    assert 'role="img" aria-label="&lt;b&gt;"' in _inline("", label="<b>")
    assert "aria-hidden" not in _inline("", label="<b>")


def test_characters_that_xml_cannot_hold_do_not_stop_the_page() -> None:
    assert _inline("<text>a\x00\x0bb</text>") == _frame("<text>ab</text>")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30))
def test_any_text_comes_out_as_the_same_text(text: str) -> None:
    found: list[str] = []
    reader = HTMLParser(convert_charrefs=True)
    reader.handle_data = found.append  # type: ignore[method-assign]
    reader.feed(_inline(f"<text>{escape(text)}</text>") + "<p>")
    expected = re.sub("[\ufffe\uffff]", "", text)
    assert "".join(found) == expected


def test_nothing_of_matplotlibs_picture_breaks_the_policy(draw_svg: Callable[..., str]) -> None:
    svg = inline_svg(draw_svg(), prefix="a-", colours=map_colours(LIGHT))
    assert not re.search(r"style=|<style|<script|metadata|http", svg)
    assert LIGHT.data.lower() not in svg
    assert 'fill="var(--data)"' in svg
    assert "data:image/png;base64," in svg


def test_every_reference_of_a_picture_is_found_in_it_and_two_pictures_share_no_id(
    draw_svg: Callable[..., str],
) -> None:
    ids = []
    for prefix in ("a-", "b-"):
        root = ElementTree.fromstring(inline_svg(draw_svg(), prefix=prefix, colours={}))
        own = {element.get("id") for element in root.iter() if element.get("id")}
        text = ElementTree.tostring(root, encoding="unicode")
        named = {*re.findall(r"url\(#([^)]+)\)", text), *re.findall(r'href="#([^"]+)"', text)}
        assert named == own
        ids.append(own)
    assert ids[0]
    assert not ids[0] & ids[1]
