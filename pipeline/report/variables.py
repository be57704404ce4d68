"""The tokens as CSS variables, so that one drawing serves the light and the dark edition."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.charts.tokens import DARK, LIGHT, Theme


def map_colours(theme: Theme) -> Mapping[str, str]:
    """Return hex in lower case → ``var(--token)``, for the pictures that are drawn in ``theme``."""
    return {colour: f"var(--{name})" for colour, name in theme.names().items()}


def write_variables() -> str:
    """Return the CSS rules that set the variables: light, and dark on a screen that asks for it."""
    light, dark = (_list_declarations(theme) for theme in (LIGHT, DARK))
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}}}\n"
        "@media print{:root{--bg:#FFFFFF}}\n"
    )


def _list_declarations(theme: Theme) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in theme.variables().items())
