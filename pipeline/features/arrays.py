"""The types of the arrays that features hand to models."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Dates: TypeAlias = NDArray[np.datetime64]
