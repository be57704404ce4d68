"""A believable archive of an invented person, with the truth beside it; nothing here reads an archive."""

from pipeline.sample.clocks import list_locales
from pipeline.sample.effects import NO_EFFECTS, Effects, Step, Trip
from pipeline.sample.writing import Invention, Sample, invent, write_sample

__all__ = [
    "NO_EFFECTS",
    "Effects",
    "Invention",
    "Sample",
    "Step",
    "Trip",
    "invent",
    "list_locales",
    "write_sample",
]
