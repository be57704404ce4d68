"""How parts make a net: the chain rule, once for a row of parts and once for parts side by side.

A *value* between parts is an array, batch first, or a tuple of values; its *shape* leaves the batch away,
and is a tuple of shapes for a tuple. ``()`` are the parameters of a part that has none to learn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from models.errors import InputError
from models.tree import list_leaves, map_tree
from models.types import Pullback, Tree

Shape: TypeAlias = tuple[Any, ...]  # sizes without the batch, or shapes
Value: TypeAlias = Any  # an array, or a tuple of values
Random: TypeAlias = np.random.Generator | None  # None means evaluation


class Row(NamedTuple):
    """One part in a net's list, as a graph draws it."""

    name: str
    shape: Shape  # of what it gives
    n_parameters: int
    after: tuple[int, ...]  # the rows, from 0, whose values it takes; −1 is the first input, −2 the second


class Net(ABC):
    """A part, or parts put together."""

    @abstractmethod
    def begin(self, rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        """Return new parameters for a value of this shape, and the shape of what comes out."""

    @abstractmethod
    def run(self, parameters: Tree, x: Value, rng: Random, pull_input: bool) -> tuple[Value, Pullback]:
        """Return the value for ``x`` and its pullback, which gives (d_parameters, dx).

        Where ``pull_input`` is false, ``x`` is data that nobody moves, and dx may be None.
        """

    @abstractmethod
    def trace(self, rows: list[Row], shape: Shape, after: Tree) -> tuple[Shape, Tree]:
        """Add the parts to ``rows``, ``after`` being the rows the value comes from; return what comes out."""

    def init(self, rng: np.random.Generator, *shapes: Shape, dtype: Any = np.float64) -> tuple[Tree, Shape]:
        """Return new parameters for inputs of these shapes, and the shape of the output."""
        return self.begin(rng, _unwrap(shapes), dtype)

    def __call__(
        self, parameters: Tree, *inputs: Value, rng: Random = None, pull_input: bool = True
    ) -> tuple[Value, Pullback]:
        """Return the net's value and its pullback, which gives (d_parameters, d_input, …)."""
        value, pull = self.run(parameters, _unwrap(inputs), rng, pull_input)

        def pull_net(d_value: Value, out: Tree | None = None) -> tuple[Any, ...]:
            dp, dx = pull(d_value, out)
            return (dp, dx) if len(inputs) == 1 or dx is None else (dp, *dx)

        return value, pull_net

    def list_parts(self, *shapes: Shape) -> list[Row]:
        """Return the parts for inputs of these shapes, each with what it gives and what it follows."""
        rows: list[Row] = []
        self.trace(rows, _unwrap(shapes), _unwrap(tuple(range(-1, -1 - len(shapes), -1))))
        return rows

    def summarise(self, *shapes: Shape) -> str:
        """Return a table of the parts: number, name, shape, parameters; what it follows, if not the last."""
        rows = self.list_parts(*shapes)
        names = [f"input {k}" for k in range(1, len(shapes) + 1)] if len(shapes) > 1 else ["input"]
        lines = [("", name, _write_shape(shape), "", "") for name, shape in zip(names, shapes, strict=True)]
        for number, row in enumerate(rows, 1):
            sources = " and ".join(str(k + 1) if k >= 0 else names[-k - 1] for k in row.after)
            plain = row.after == (number - 2,) and (number > 1 or len(shapes) == 1)
            after = "" if plain else f"after {sources}"
            lines.append((str(number), row.name, _write_shape(row.shape), f"{row.n_parameters:,}", after))
        wide = [max(len(line[k]) for line in lines) for k in range(4)]
        table = [
            f"{n:>{wide[0]}}  {name:<{wide[1]}}  {shape:>{wide[2]}}  {size:>{wide[3]}}  {after}".rstrip()
            for n, name, shape, size, after in lines
        ]
        return "\n".join([*table, f"{sum(row.n_parameters for row in rows):,} parameters"])


@dataclass(frozen=True)
class Part(Net):
    """One layer: a name, how its parameters begin, and its function.

    ``make(rng, shape, dtype)`` gives the parameters, always a tuple, and the shape of what comes out;
    ``layer(parameters, x, rng, pull_input)`` is as ``Net.run``.
    """

    name: str
    make: Callable[[np.random.Generator, Shape, Any], tuple[Tree, Shape]]
    layer: Callable[[Tree, Value, Random, bool], tuple[Value, Pullback]]

    def begin(self, rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        """Return new parameters and the shape of what comes out."""
        return self.make(rng, shape, dtype)

    def run(self, parameters: Tree, x: Value, rng: Random, pull_input: bool) -> tuple[Value, Pullback]:
        """Return the layer's value and pullback."""
        return self.layer(parameters, x, rng, pull_input)

    def trace(self, rows: list[Row], shape: Shape, after: Tree) -> tuple[Shape, Tree]:
        """Add one row."""
        parameters, out_shape = self.make(np.random.default_rng(0), shape, np.float32)
        n_parameters = sum(leaf.size for leaf in list_leaves(parameters))
        rows.append(Row(self.name, out_shape, n_parameters, tuple(list_leaves(after))))
        return out_shape, len(rows) - 1


@dataclass(frozen=True)
class Sequence(Net):
    """Parts in a row, each taking what the one before it gives: f = fₙ ∘ … ∘ f₁.

    With xₖ = fₖ(pₖ, xₖ₋₁), from the last to the first: dxₖ₋₁ = (∂fₖ/∂xₖ₋₁)ᵀ dxₖ and dpₖ = (∂fₖ/∂pₖ)ᵀ dxₖ.
    """

    parts: tuple[Net, ...]

    def begin(self, rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        """Return the parts' parameters in order, and the last part's shape."""
        parameters = []
        for part in self.parts:
            p, shape = part.begin(rng, shape, dtype)
            parameters.append(p)
        return tuple(parameters), shape

    def run(self, parameters: Tree, x: Value, rng: Random, pull_input: bool) -> tuple[Value, Pullback]:
        """Return the last part's value; the gradient takes the same way back."""
        pulls = []
        for part, p in zip(self.parts, parameters, strict=True):
            x, pull = part.run(p, x, rng, pull_input)
            pulls.append(pull)
            pull_input = pull_input or bool(p)  # from here on the value depends on parameters

        def pull_sequence(dx: Value, out: Tree | None = None) -> tuple[Tree, Value]:
            gradients = []
            for k in range(len(pulls) - 1, -1, -1):
                if dx is None:  # nobody wants it: what comes before learns nothing
                    gradients.append(parameters[k])
                else:
                    dp, dx = pulls[k](dx, None if out is None else out[k])
                    gradients.append(dp)
            return tuple(reversed(gradients)), dx

        return x, pull_sequence

    def trace(self, rows: list[Row], shape: Shape, after: Tree) -> tuple[Shape, Tree]:
        """Add the parts' rows, one after another."""
        for part in self.parts:
            shape, after = part.trace(rows, shape, after)
        return shape, after


@dataclass(frozen=True)
class Parallel(Net):
    """Parts side by side: a tuple of values goes in, one for each part, and a tuple comes out.

    (y₁, y₂, …) = (f₁(p₁, x₁), f₂(p₂, x₂), …): no part's value depends on another's input, and each dyₖ
    goes back through its own part alone.
    """

    parts: tuple[Net, ...]

    def begin(self, rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        """Return the parts' parameters in order, and the tuple of their shapes."""
        begun = [part.begin(rng, s, dtype) for part, s in self._pair(shape)]
        return tuple(p for p, _ in begun), tuple(s for _, s in begun)

    def run(self, parameters: Tree, x: Value, rng: Random, pull_input: bool) -> tuple[Value, Pullback]:
        """Return the parts' values; each part's gradient goes back to its own input."""
        pairs = zip(self._pair(x), parameters, strict=True)
        done = [part.run(p, v, rng, pull_input) for (part, v), p in pairs]

        def pull_parallel(dy: Value, out: Tree | None = None) -> tuple[Tree, Value]:
            outs = [None] * len(done) if out is None else out
            pulled = [pull(d, o) for (_, pull), d, o in zip(done, dy, outs, strict=True)]
            return tuple(dp for dp, _ in pulled), tuple(dx for _, dx in pulled) if pull_input else None

        return tuple(value for value, _ in done), pull_parallel

    def trace(self, rows: list[Row], shape: Shape, after: Tree) -> tuple[Shape, Tree]:
        """Add all rows of one part, then of the next."""
        pairs = zip(self._pair(shape), after, strict=True)
        traced = [part.trace(rows, s, a) for (part, s), a in pairs]
        return tuple(s for s, _ in traced), tuple(a for _, a in traced)

    def _pair(self, values: Any) -> list[tuple[Net, Any]]:
        """Pair each part with what is its own; raise ``InputError`` where there are more or fewer."""
        if not isinstance(values, tuple) or len(values) != len(self.parts):
            given = len(values) if isinstance(values, tuple) else 1
            raise InputError(
                f"{len(self.parts)} parts side by side were given {given}",
                where="net",
                remedy="Give each part its own.",
            )
        return list(zip(self.parts, values, strict=True))


@dataclass(frozen=True)
class Branch(Parallel):
    """Parts on one value: x ↦ (f₁(x), f₂(x), …), whose gradient is the sum of what comes back."""

    def begin(self, rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        """Return the parts' parameters in order, and the tuple of their shapes."""
        return super().begin(rng, (shape,) * len(self.parts), dtype)

    def run(self, parameters: Tree, x: Value, rng: Random, pull_input: bool) -> tuple[Value, Pullback]:
        """Return the parts' values; a value that is used twice gets the sum of both gradients."""
        value, pull_parallel = super().run(parameters, (x,) * len(self.parts), rng, pull_input)

        def pull_branch(dy: Value, out: Tree | None = None) -> tuple[Tree, Value]:
            dp, dxs = pull_parallel(dy, out)
            return dp, reduce(partial(map_tree, np.add), dxs) if pull_input else None

        return value, pull_branch

    def trace(self, rows: list[Row], shape: Shape, after: Tree) -> tuple[Shape, Tree]:
        """Add all rows of one part, then of the next."""
        return super().trace(rows, (shape,) * len(self.parts), (after,) * len(self.parts))


def _unwrap(values: tuple[Any, ...]) -> Any:
    """Return the only value, or all as they are."""
    return values[0] if len(values) == 1 else values


def _write_shape(shape: Shape) -> str:
    """Write a shape: 784, or 28 × 28 × 1; two of them with a plus between."""
    if shape and isinstance(shape[0], tuple):
        return " + ".join(map(_write_shape, shape))
    return " × ".join(map(str, shape)) or "1"
