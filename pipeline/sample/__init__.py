"""A believable archive of an invented person, with the truth beside it; nothing here reads an archive."""

from pipeline.sample.clocks import list_locales
from pipeline.sample.effects import NO_EFFECTS, Effects, Trip
from pipeline.sample.writing import Sample, write_sample

__all__ = ["NO_EFFECTS", "Effects", "Sample", "Trip", "list_locales", "write_sample"]
