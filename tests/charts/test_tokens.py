import re
from dataclasses import fields

import pytest

from pipeline.charts.tokens import DARK, LIGHT, Theme

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@THEMES
def test_every_colour_is_a_hex(theme: Theme) -> None:
    assert [
        name for name, colour in theme.variables().items() if not re.fullmatch("#[0-9A-F]{6}", colour)
    ] == []


@THEMES
def test_text_and_data_stand_out_from_the_page(theme: Theme) -> None:
    assert [
        name
        for name, least in {
            "ink": 4.5,
            "muted": 4.5,
            "data": 4.5,
            "mark": 4.5,
            "faint": 3.0,
            "hatch": 3.0,
        }.items()
        if _contrast(getattr(theme, name), theme.bg) < least
    ] == []


@THEMES
def test_words_of_every_rank_can_be_read(theme: Theme) -> None:
    assert min(_contrast(colour, theme.bg) for colour in theme.words) >= 4.5


@THEMES
def test_numbers_in_cells_can_be_read_on_every_class(theme: Theme) -> None:
    from pipeline.charts.scales import NUMBERED_STEPS

    ramp = [theme.sequential[step] for step in NUMBERED_STEPS]
    assert min(_contrast(theme.ink, colour) for colour in ramp[:4]) >= 4.5
    assert min(_contrast(theme.bg, colour) for colour in ramp[4:]) >= 4.5


def test_both_editions_name_the_same_variables() -> None:
    assert list(LIGHT.variables()) == list(DARK.variables())


@THEMES
def test_the_name_of_a_hex_leads_back_to_it(theme: Theme) -> None:
    variables = theme.variables()
    assert {name: variables[name].lower() for name in theme.names().values()} == {
        name: colour for colour, name in theme.names().items()
    }


def test_a_hex_that_two_names_share_shares_it_by_night_too() -> None:
    """Else a drawing in light hexes would be wrong by night for one of the two."""
    light, dark, names = LIGHT.variables(), DARK.variables(), LIGHT.names()
    doubles = {name for name, colour in light.items() if names[colour.lower()] != name}
    assert doubles == {"categories-1"}
    assert dark["categories-1"] == dark["data"]


def test_the_ramps_have_the_steps_of_the_look() -> None:
    sizes = {
        field.name: len(getattr(LIGHT, field.name)) for field in fields(LIGHT) if "tuple" in str(field.type)
    }
    assert sizes == {"sequential": 9, "diverging": 9, "categories": 6, "word_steps": 3}
