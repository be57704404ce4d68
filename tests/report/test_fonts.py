from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from pipeline.report.fonts import FACES, Face, cut_font, write_font_faces


@pytest.mark.parametrize("face", FACES)
def test_a_subset_has_the_letters_asked_for_and_no_others(face: Face) -> None:
    font = TTFont(BytesIO(cut_font(face, frozenset("Aéж日"))))
    assert font.flavor == "woff"
    assert set(font.getBestCmap()) == set(map(ord, "Aéж"))


@pytest.mark.parametrize("face", FACES)
def test_a_subset_keeps_its_licence_and_gives_up_the_reserved_name(face: Face) -> None:
    font = TTFont(BytesIO(cut_font(face, frozenset("A"))))
    names = {record.nameID: str(record) for record in font["name"].names}
    assert names[1] == face.family
    assert {0, 13} <= set(names)
    assert not [text for number, text in names.items() if "Source" in text and number not in (0, 13, 14)]
    assert "Source" not in "".join(font["CFF "].cff.fontNames)


def test_the_same_page_gives_the_same_bytes() -> None:
    letters = frozenset("ab")
    assert cut_font(FACES[0], letters) == cut_font.__wrapped__(FACES[0], letters)


def test_there_is_a_rule_for_each_face_with_the_font_inside() -> None:
    rules = write_font_faces("ñ")
    fonts = re.findall(r'url\("data:font/woff;base64,([^"]+)"\)', rules)
    assert [b64decode(font)[:4] for font in fonts] == [b"wOFF"] * 4
    assert "http" not in rules
