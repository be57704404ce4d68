"""A picture of Matplotlib's, made fit to stand inside a page under a strict policy.

A Content-Security-Policy with hashes covers ``<style>`` but no ``style`` attribute, and Matplotlib (3.11)
writes both. Here each declaration becomes a presentation attribute, each token's hex a variable, each id
gets the picture's own prefix; whatever is not on the lists below is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from markupsafe import Markup, escape

SPACES = ("{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ELEMENTS = _names(
    "svg g defs path rect circle ellipse line polyline polygon use text tspan image clipPath pattern"
    " linearGradient stop mask"
)
GEOMETRY = _names(
    "id d x y x1 y1 x2 y2 cx cy r rx ry dx dy width height points transform viewBox offset patternUnits"
    " patternTransform patternContentUnits gradientUnits gradientTransform clipPathUnits maskUnits"
    " preserveAspectRatio href"
)
PROPERTIES = _names(
    "fill fill-opacity fill-rule stroke stroke-opacity stroke-width stroke-dasharray stroke-dashoffset"
    " stroke-linecap stroke-linejoin stroke-miterlimit paint-order opacity clip-path clip-rule mask"
    " font-family font-size font-style font-weight text-anchor dominant-baseline letter-spacing"
    " image-rendering stop-color stop-opacity visibility"
)
COLOURED = frozenset({"fill", "stroke", "stop-color"})
PIXELS_PER_POINT = 96 / 72

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"url\(\s*[\"']?#([^\"')\s]+)[\"']?\s*\)")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FONT = re.compile(r"(?P<before>.*?)(?P<size>[\d.]+px)\s+(?P<family>.+)", re.DOTALL)


def inline_svg(
    source: str,
    *,
    prefix: str,
    colours: Mapping[str, str],
    label_id: str | None = None,
    label: str = "",
) -> Markup:
    """Return ``source`` as one ``<svg>`` element with no style, no foreign id and no reference elsewhere.

    Parameters
    ----------
    prefix : put before every id, so that two pictures of one page never share one.
    colours : hex in lower case → what stands for it, such as ``var(--data)``.
    label_id : id of the element that holds the alternative text; without it ``label`` is the text itself,
        and without both the picture is hidden from screen readers.
    """
    root = ElementTree.fromstring(_UNPRINTABLE.sub("", source))
    wanted = _list_references(root)
    attributes = dict(_convert_attributes(root, prefix, colours, wanted))
    for side in ("width", "height"):
        attributes[side] = _to_pixels(attributes.get(side, ""))
    attributes |= {"stroke-linejoin": "round", "stroke-linecap": "butt", "class": "picture"}
    if label_id:
        attributes |= {"role": "img", "aria-labelledby": label_id}
    elif label:
        attributes |= {"role": "img", "aria-label": label}
    else:
        attributes |= {"aria-hidden": "true"}
    inside = "".join(_write(child, prefix, colours, wanted) for child in root)
    return Markup(f"<svg{_write_attributes(attributes)}>{inside}</svg>")


def _list_references(root: ElementTree.Element) -> frozenset[str]:
    found: set[str] = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            found.update(_REFERENCE.findall(value))
            if _local(name) == "href" and value.startswith("#"):
                found.add(value[1:])
    return frozenset(found)


def _write(
    element: ElementTree.Element, prefix: str, colours: Mapping[str, str], wanted: frozenset[str]
) -> str:
    tag = _local(element.tag)
    if tag not in ELEMENTS:
        return ""
    attributes = dict(_convert_attributes(element, prefix, colours, wanted))
    if tag in ("image", "use") and "href" not in attributes:
        return ""
    holds_text = tag in ("text", "tspan")
    inside = str(escape(element.text or "")) if holds_text else ""
    for child in element:
        inside += _write(child, prefix, colours, wanted)
        if holds_text:
            inside += str(escape(child.tail or ""))
    if tag == "g" and not inside:
        return ""
    if tag == "g" and not attributes:
        return inside
    return f"<{tag}{_write_attributes(attributes)}>{inside}</{tag}>"


def _convert_attributes(
    element: ElementTree.Element, prefix: str, colours: Mapping[str, str], wanted: frozenset[str]
) -> Iterator[tuple[str, str]]:
    for qualified, value in element.attrib.items():
        name = _local(qualified)
        if name == "style":
            for property_name, part in _split_style(value):
                yield property_name, _convert_property(property_name, part, prefix, colours)
        elif name == "id":
            if value in wanted:
                yield name, prefix + value
        elif name == "href":
            if value.startswith("#"):
                yield name, "#" + prefix + value[1:]
            elif value.startswith("data:image/png;base64,"):
                yield name, "".join(value.split())
        elif name in PROPERTIES:
            yield name, _convert_property(name, value, prefix, colours)
        elif name == "d":
            yield name, _LONG_NUMBER.sub(_shorten, " ".join(value.split()))
        elif name in GEOMETRY and not (name == "transform" and value.startswith("rotate(-0 ")):
            yield name, value


def _split_style(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip(), value.strip()
        if name == "font":
            yield from _split_font(value)
        elif name in PROPERTIES and value:
            yield name, value


def _split_font(value: str) -> Iterator[tuple[str, str]]:
    """Take apart the shorthand, for which there is no presentation attribute."""
    match = _FONT.fullmatch(value)
    if match is None:
        return
    for word in match["before"].split():
        if word in ("italic", "oblique"):
            yield "font-style", word
        elif word in ("bold", "bolder", "lighter") or word.isdigit():
            yield "font-weight", word
    yield "font-size", match["size"]
    yield "font-family", match["family"]


def _convert_property(name: str, value: str, prefix: str, colours: Mapping[str, str]) -> str:
    if name == "font-family":
        return "var(--serif)" if "Serif" in value.split(",")[0] else "var(--sans)"
    if name in COLOURED and value.startswith("#"):
        value = value.lower()
        if len(value) == 4:
            value = "#" + "".join(2 * digit for digit in value[1:])
        return colours.get(value, value)
    return _REFERENCE.sub(lambda match: f"url(#{prefix}{match[1]})", value)


def _write_attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _to_pixels(length: str) -> str:
    match = re.fullmatch(r"([\d.]+)(pt|px)?", length)
    if match is None:
        return length
    return f"{float(match[1]) * (PIXELS_PER_POINT if match[2] == 'pt' else 1):g}"


def _shorten(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")


def _local(name: str) -> str:
    """Strip SVG's and XLink's namespace; any other stays and is on no list."""
    for space in SPACES:
        if name.startswith(space):
            return name[len(space) :]
    return name
