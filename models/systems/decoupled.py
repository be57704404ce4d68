"""Decoupled neural interfaces: a module moves by a guess of its gradient, and waits for no other.

With modules f₁ … f_m, h₀ = x and h_k = f_k(h_{k−1}), the loss L is a mean over n rows. An *interface* guesses
the gradient of a row's own loss, g_k ≈ n·∂L/∂h_k, from what its module put out and a context s, such as the
row's label (then it is *conditional*); behind the last module the gradient is known:

    g_k = M_k(h_k, s),   g_m = n·∂L/∂h_m
        dθ_k = (∂f_k/∂θ_k)ᵀ g_k / n                     the module's own gradient, at once
        t_k  = (∂f_{k+1}/∂h_k)ᵀ g_{k+1}                 what the next module passes back, later
        dφ_k = (∂M_k/∂φ_k)ᵀ (g_k − t_k) / n             of the mean of ½‖g_k − t_k‖², t_k a constant

No gradient goes further back than one module; each t_k is itself made of a guess, the last one of the truth,
which so comes forward by one interface a step. All h_k of a batch are computed before anything moves, thus
moving all parameters together is the same as moving each module right behind its own output. Guesses are of
a row's own loss, so that their size does not depend on the batch's. An interface begins with guesses of 0,
as the paper has it.

Shapes: x (n, …), h_k and g_k as the module puts them out, the context (n, n_context).

Reference: M. Jaderberg et al. 2017, *Decoupled Neural Interfaces using Synthetic Gradients*, arXiv
1608.05343, sec. 2.1 (feed-forward nets; 2.2 in the first version).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from models.composition import Net, Part, Random, Shape
from models.errors import InputError
from models.initial import he_uniform, zeros
from models.layers.activations import relu
from models.net import activation, concatenate, dense, sequence
from models.tree import map_tree
from models.types import Array, Pullback, Tree

Value = tuple[Array, Pullback]


class Decoupled(NamedTuple):
    """The parameters θ and φ; ``sequence(*net.modules)`` takes ``modules``."""

    modules: tuple[Tree, ...]
    interfaces: tuple[Tree, ...]  # one fewer


class DecoupledNet(NamedTuple):
    """Modules in a row, and an interface behind each but the last."""

    modules: tuple[Net, ...]
    interfaces: tuple[Net, ...]

    def init(
        self, rng: np.random.Generator, shape: Shape, *, n_context: int, dtype: Any = np.float64
    ) -> Decoupled:
        """Return new parameters for rows of this ``shape``; those of the modules are drawn first.

        Raises ``InputError`` where an interface is missing, or gives another shape than its module.
        """
        if len(self.interfaces) != len(self.modules) - 1:
            raise InputError(
                f"{len(self.modules)} modules have {len(self.interfaces)} interfaces",
                where="decoupled",
                remedy="Give each module but the last one of its own.",
            )
        modules, interfaces, shapes = [], [], []
        for module in self.modules:
            theta, shape = module.init(rng, shape, dtype=dtype)
            modules.append(theta)
            shapes.append(shape)
        for interface, wanted in zip(self.interfaces, shapes[:-1], strict=True):
            phi, guessed = interface.init(rng, wanted, (n_context,), dtype=dtype)
            if guessed != wanted:
                raise InputError(
                    f"An interface guesses the shape {guessed} behind a module that gives {wanted}",
                    where="decoupled",
                    remedy="Let it end in the shape of what it follows.",
                )
            interfaces.append(phi)
        return Decoupled(tuple(modules), tuple(interfaces))

    def guess(self, p: Decoupled, x: Array, *, context: Array) -> list[Array]:
        """Return each interface's guess of n·∂L/∂h_k for the rows ``x``, first to last."""
        guesses, h = [], x
        for module, interface, theta, phi in zip(self.modules, self.interfaces, *p, strict=False):
            h, _ = module(theta, h)
            guesses.append(interface(phi, h, context)[0])
        return guesses


def make_interface(n_units: int, n_hidden: int = 0) -> Net:
    """Return an interface for ``n_units``: affine in output and context, or with a layer of ReLU between."""
    hidden = (dense(n_hidden, he_uniform), activation(relu)) if n_hidden else ()
    return sequence(concatenate(), *hidden, dense(n_units, zeros))


def make_decoupled_objective(
    net: DecoupledNet, loss: Callable[..., Value], *, rng: Random = None
) -> Callable[..., Value]:
    """Return what ``models.training.train`` takes: the loss, and what moves the parameters.

    It is called as ``objective(parameters, x=…, context=…, **truth)``; ``truth`` goes to ``loss``, a mean
    over rows. What it gives beside the loss is no pullback of it: the modules' gradients are borrowed from
    their interfaces, and the interfaces' are those of their own errors. With ``rng`` modules are in training.
    """

    def objective(p: Decoupled, *, x: Array, context: Array, **truth: Any) -> Value:
        h, pulls, guesses = x, [], []
        for k, module in enumerate(net.modules):
            h, pull = module.run(p.modules[k], h, rng, k > 0)
            pulls.append(pull)
            if k < len(net.interfaces):
                guesses.append(net.interfaces[k].run(p.interfaces[k], (h, context), None, False))
        value, pull_loss = loss(h, **truth)

        def borrow(d_loss: float, out: Decoupled | None = None) -> tuple[Decoupled]:
            outs = Decoupled((None,) * len(pulls), (None,) * len(guesses)) if out is None else out
            d_modules, d_interfaces = [], []
            d_module, passed = pulls[-1](pull_loss(d_loss)[0], outs.modules[-1])  # t / n
            d_modules.append(d_module)
            for k in range(len(guesses) - 1, -1, -1):
                guess, pull_guess = guesses[k]
                dh = guess * (float(d_loss) / len(x))  # g / n
                d_interfaces.append(pull_guess(dh - passed, outs.interfaces[k])[0])
                d_module, passed = pulls[k](dh, outs.modules[k])
                d_modules.append(d_module)
            return (Decoupled(tuple(reversed(d_modules)), tuple(reversed(d_interfaces))),)

        return value, borrow

    return objective


def make_joint(net: DecoupledNet, n_context: int) -> Part:
    """Return the same net as one part with the true gradient, through all modules.

    It takes the same parameters; those of the interfaces, which play no part, get gradients of 0.
    """
    whole = sequence(*net.modules)

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Decoupled, Shape]:
        p = net.init(rng, shape, n_context=n_context, dtype=dtype)
        for module in net.modules:
            _, shape = module.init(np.random.default_rng(0), shape, dtype=dtype)
        return p, shape

    def layer(p: Decoupled, x: Array, rng: Random, pull_input: bool) -> Value:
        y, pull_whole = whole.run(p.modules, x, rng, pull_input)

        def pull_joint(dy: Array, out: Decoupled | None = None) -> tuple[Decoupled, Array | None]:
            d_interfaces = map_tree(np.empty_like, p.interfaces) if out is None else out.interfaces
            map_tree(lambda leaf: leaf.fill(0), d_interfaces)
            d_modules, dx = pull_whole(dy, None if out is None else out.modules)
            return Decoupled(d_modules, d_interfaces), dx

        return y, pull_joint

    return Part("modules", make, layer)
