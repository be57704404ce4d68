"""The colours, by name: the one place where a hex value of the look is written down.

A drawing for the page uses the light values only; ``LIGHT.names()`` says which name each hex stands for,
so that the report can put a CSS variable in its place and both themes share one picture.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of one edition, as upper-case hex."""

    bg: str
    surface: str
    raised: str
    ink: str
    muted: str  # decks, ticks, sources
    faint: str  # baselines and other years; never text
    axis: str
    grid: str
    data: str
    data_soft: str
    mark: str  # the one thing that the headline speaks of
    mark_soft: str
    quiet: str
    weekend: str
    hatch: str  # not in the archive
    sequential: tuple[str, ...]  # nine steps, nothing to much; the first is zero
    diverging: tuple[str, ...]  # nine steps, less to more than usual
    categories: tuple[str, ...]  # at most six
    word_steps: tuple[int, int, int]  # of ``sequential``, for a cloud's words from frequent to rare

    @property
    def words(self) -> tuple[str, str, str]:
        """The three blues of a word cloud, from frequent to rare."""
        first, second, third = self.word_steps
        return self.sequential[first], self.sequential[second], self.sequential[third]

    def names(self) -> dict[str, str]:
        """Map each hex, in lower case as in an SVG, to its CSS name: ``data-soft``, ``sequential-1`` …"""
        found: dict[str, str] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            name = field.name.replace("_", "-")
            if isinstance(value, str):
                found.setdefault(value.lower(), name)
            elif field.name != "word_steps":
                for step, colour in enumerate(value, 1):
                    found.setdefault(colour.lower(), f"{name}-{step}")
        return found

    def variables(self) -> dict[str, str]:
        """Map each CSS name to its hex in this edition; one name may share another's hex."""
        found = {f.name.replace("_", "-"): getattr(self, f.name) for f in fields(self) if f.type == "str"}
        for ramp in ("sequential", "diverging", "categories"):
            found |= {f"{ramp}-{step}": colour for step, colour in enumerate(getattr(self, ramp), 1)}
        return found


def _ramp(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LIGHT = Theme(
    bg="#FAFAF7",
    surface="#FFFFFF",
    raised="#F2F2ED",
    ink="#1A1D29",
    muted="#585D6E",
    faint="#858A99",
    axis="#A9ACB6",
    grid="#E3E3DF",
    data="#2B4A9B",
    data_soft="#A9B6DB",
    mark="#C23119",
    mark_soft="#F0C9BF",
    quiet="#E6EAF5",
    weekend="#F1F1EB",
    hatch="#858B9E",
    sequential=_ramp("#ECF1F8 #C9D8EE #A7BFE4 #7F9FD6 #5C7EC7 #4161B1 #2A449B #1F3179 #141E59"),
    diverging=_ramp("#6B480C #9A6F2B #C29A5F #DFC7A0 #F1F1EC #B9CBE9 #809FD7 #4C6EBB #253E94"),
    categories=_ramp("#2B4A9B #D27908 #368C74 #7A1A57 #8F87CB #4A3413"),
    word_steps=(8, 6, 5),
)

DARK = Theme(
    bg="#10131C",
    surface="#171B27",
    raised="#1F2433",
    ink="#ECEDF2",
    muted="#A3A8B8",
    faint="#747A8D",
    axis="#555B6E",
    grid="#262B3A",
    data="#8FA8F5",
    data_soft="#43527F",
    mark="#FF7A59",
    mark_soft="#5E2F28",
    quiet="#1B2238",
    weekend="#191D29",
    hatch="#7A8094",
    sequential=_ramp("#181C25 #20293F #29365A #374A7F #465EA7 #617DC5 #7E9CE3 #ACC7F4 #E4F0FF"),
    diverging=_ramp("#EED49F #D1AB66 #A67E3F #6E512A #20242F #3A4C80 #5C77BD #8BA9E6 #CBE0FE"),
    categories=_ramp("#8FA8F5 #F0C250 #8EE6C2 #B56DAC #DCE8F7 #7F7F6B"),
    word_steps=(8, 7, 6),
)
