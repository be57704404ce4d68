"""Four quadrants: by a line, with the product, by nets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipeline.charts.study_bent import picture_bent
from pipeline.charts.study_picture import StudyPicture


def picture_quadrants(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the shape; the feature is the product."""
    return picture_bent(arrays, "the product")
