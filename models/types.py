"""The words that all models share: arrays, parameters, values and pullbacks.

The style is *value and pullback*. A layer is one function ``f(params, *inputs, **constants)`` that
returns its value and a pullback, the derivative written under the formula it differentiates.
``pullback(d_value, out=None)`` returns a tuple with one gradient for each positional argument, in
order, each of its argument's own type; keyword-only arguments are constants and get none. A pullback
is pure: called twice it gives the same, a later call never changes what it gave, and ``d_value`` stays as
it is. That holds while the arguments of ``f`` stay as they were: parameters are moved after the last
pullback, never between. With ``out``, a tree shaped like the first argument, it writes that argument's
gradient there (assigned, never added) and returns those arrays; without, that gradient lies in memory of its
own.

Public arrays are batch-first and channel-last; float32 for large training, float64 for checks and
small models. Parameters are ``NamedTuple``s of arrays, nested where a net has parts: a *tree*.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Flags: TypeAlias = NDArray[np.bool_]
Tree: TypeAlias = Any  # an array, or a tuple or NamedTuple of trees


class Pullback(Protocol):
    """Take the gradient of a value back to the arguments that the value was made of."""

    def __call__(self, d_value: Any, /, out: Any = None) -> tuple[Any, ...]: ...


class Layer(Protocol):
    """Any function in the style above."""

    def __call__(self, *arguments: Any) -> tuple[Any, Pullback]: ...
