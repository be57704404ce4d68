"""What the two multi-layer perceptrons share: the net, its training, early stopping, save and load.

Layers of units: h₀ = standardised row, hₖ = f(aₖ) with aₖ = hₖ₋₁ Wₖ + bₖ, and the output aₘ of the last.

    δₘ = ∂loss/∂aₘ,  δₖ₋₁ = (δₖ Wₖᵀ) ⊙ f′(aₖ₋₁)
        ∂loss/∂Wₖ = hₖ₋₁ᵀ δₖ,  ∂loss/∂bₖ = Σ over rows of δₖ

The objective of a batch is

    mean loss + l1 · Σ|w| + ½ · l2 · Σw²        over all weights, not the biases

where l2 is a term of the loss and l1 a proximal step after each step, which makes exact zeros (the strength
is exact for plain descent; momentum and adaptive rates, which go further, weaken it). With
``keep`` below 1, dropout follows each hidden layer. A share of the rows is held back; the parameters of
the epoch that met these best are kept. The net is of the rows' own type: float32 rows give a float32 net.

References: D. Rumelhart, G. Hinton & R. Williams 1986, *Learning Representations by Back-Propagating
Errors*; C. M. Bishop 2006, *Pattern Recognition and Machine Learning*, eq. 5.48 to 5.56, and ch. 5.5.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from numbers import Integral
from typing import Any, NamedTuple, Self

import numpy as np

from models import optimizers
from models.batches import count_batches, split_rows, take_batches
from models.early_stopping import Epoch, Tell, train_until_worse
from models.errors import InputError
from models.estimator import Estimator
from models.initial import glorot_uniform, he_uniform
from models.layers import activations
from models.net import Net, activation, dense, dropout, sequence
from models.objective import list_weights, make_objective
from models.optimizers import Optimizer, with_shrinking
from models.penalties import squared_penalty
from models.rows import find_scale
from models.saving import Saved, fit_together, pack_model, unpack_model
from models.schedules import keep_constant
from models.training import train
from models.tree import pack
from models.types import Array, Pullback, Tree

VERSION = 1
FEWEST_TO_SPLIT = 10  # rows; of fewer, none is held back
ACTIVATIONS = ("logistic", "tanh", "relu", "elu", "arctan", "identity")
OPTIMIZERS: dict[str, Callable[[Array], Optimizer]] = {
    "sgd": optimizers.SGD,
    "momentum": optimizers.Momentum,
    "nesterov": optimizers.Nesterov,
    "rmsprop": optimizers.RMSprop,
    "adam": optimizers.Adam,
    "nadam": optimizers.Nadam,
}


class Examples(NamedTuple):
    """Rows and what they should give."""

    x: Array
    answers: Array


class Perceptron(Estimator, ABC):
    """A net of dense layers, trained in batches.

    Parameters
    ----------
    hidden : the number of units of each hidden layer.
    activation : of the hidden units: "logistic", "tanh", "relu", "elu", "arctan" or "identity".
    keep : the probability with which dropout keeps a hidden unit; 1 for no dropout.
    l1, l2 : penalties on the weights, beside the *mean* loss of a row.
    optimizer, rate : "sgd", "momentum", "nesterov", "rmsprop", "adam" or "nadam", and its rate.
    batch_rows, epochs : rows a step, and how often all rows are shown at most.
    validation : the share of rows to hold back and stop by; with 0 the loss of the learned rows is watched.
    patience : after how many epochs without anything better it stops.
    standardise : whether columns are brought to mean 0 and spread 1 first.
    seed : of the initial weights, the split, the order of rows and dropout.
    """

    keeps_float32 = True
    parameters_: Tree

    def __init__(
        self,
        hidden: tuple[int, ...] = (32,),
        *,
        activation: str = "relu",
        keep: float = 1.0,
        l1: float = 0.0,
        l2: float = 1e-4,
        optimizer: str = "adam",
        rate: float = 3e-3,
        batch_rows: int = 32,
        epochs: int = 200,
        validation: float = 0.1,
        patience: int = 10,
        standardise: bool = True,
        seed: int = 0,
    ) -> None:
        self.hidden, self.activation, self.keep = hidden, activation, keep
        self.l1, self.l2 = l1, l2
        self.optimizer, self.rate = optimizer, rate
        self.batch_rows, self.epochs = batch_rows, epochs
        self.validation, self.patience = validation, patience
        self.standardise, self.seed = standardise, seed

    @abstractmethod
    def _count_outputs(self) -> int:
        """Return how many numbers the net gives for a row."""

    @abstractmethod
    def _lose(self, outputs: Array, *, answers: Array) -> tuple[Array, Pullback]:
        """Return the mean loss of the net's ``outputs (n_rows, n_outputs)``, without penalties."""

    def make_net(self) -> Net:
        """Return the fitted net's structure, whose parameters are ``parameters_``."""
        self._check_fitted()
        return self._make_net()

    def summarise(self) -> str:
        """Return the fitted net's layers as a table: name, output, number of parameters."""
        return self.make_net().summarise((self.n_features_in_,))

    def _make_net(self) -> Net:
        """Return the structure: hidden layers, each with its activation and dropout, and the output."""
        bends = self.activation in ("relu", "elu")
        function = getattr(activations, self.activation)
        parts = []
        for n_units in self.hidden:
            parts += [dense(n_units, initial=he_uniform if bends else glorot_uniform), activation(function)]
            if self.keep < 1:
                parts.append(dropout(self.keep))
        return sequence(*parts, dense(self._count_outputs(), initial=glorot_uniform))

    def _draw_parameters(self, rng: np.random.Generator) -> tuple[Array, Tree]:
        """Return new parameters as one vector, and as views into it."""
        parameters, _ = self._make_net().init(rng, (self.n_features_in_,), dtype=self.mean_.dtype)
        return pack(parameters, self.mean_.dtype)

    def _learn(self, learned: Examples, held: Examples | None, tell: Tell | None) -> Self:
        """Fit the net; ``learned`` and ``held`` hold checked rows."""
        self._check_settings()
        rng = np.random.default_rng(self.seed)
        if held is None and self.validation > 0 and len(learned.x) >= FEWEST_TO_SPLIT:
            chosen, kept = split_rows(len(learned.x), self.validation, rng)
            held = Examples(learned.x[kept], learned.answers[kept])
            learned = Examples(learned.x[chosen], learned.answers[chosen])
        self.mean_, self.scale_ = self._find_scale(learned.x)
        learned = Examples(self._scale(learned.x), learned.answers)
        watched = learned if held is None else Examples(self._scale(held.x), held.answers)
        net = self._make_net()
        flat, parameters = self._draw_parameters(rng)
        optimizer = OPTIMIZERS[self.optimizer](flat)
        if self.l1:
            optimizer = with_shrinking(optimizer, list_weights(parameters), l1=self.l1)
        penalty = partial(squared_penalty, strength=self.l2) if self.l2 else None
        steps = train(
            make_objective(net, self._lose, penalty=penalty, rng=rng),
            flat,
            parameters,
            take_batches(learned._asdict(), self.batch_rows, rng=rng, n_epochs=self.epochs),
            optimizer=optimizer,
            schedule=keep_constant(self.rate),
        )
        watch = make_objective(net, self._lose)
        self.curves_: list[Epoch] = list(
            train_until_worse(
                steps,
                lambda: float(watch(parameters, **watched._asdict())[0]),
                flat=flat,
                every=count_batches(len(learned.x), self.batch_rows),
                patience=self.patience,
                n_epochs=self.epochs,
                tell=tell,
            )
        )
        if not any(epoch.best for epoch in self.curves_):
            raise InputError(
                f"No epoch ended with a loss that is a number, at the rate {self.rate}",
                where=type(self).__name__,
                remedy="Give a lower rate.",
            )
        self.parameters_ = parameters
        return self

    def _put_out(self, rows: Array) -> Array:
        """Return the fitted net's outputs for checked rows."""
        outputs: Array = self._make_net()(self.parameters_, self._scale(rows))[0]
        return outputs

    def _find_scale(self, rows: Array) -> tuple[Array, Array]:
        n_features = rows.shape[1]
        if not self.standardise:
            return np.zeros(n_features, rows.dtype), np.ones(n_features, rows.dtype)
        return find_scale(rows, where=type(self).__name__)

    def _scale(self, rows: Array) -> Array:
        """Return checked rows as the net takes them, of its own type; raise ``InputError`` beyond that."""
        dtype = self.mean_.dtype
        with np.errstate(over="ignore"):
            z: Array = (rows.astype(dtype, copy=False) - self.mean_) / self.scale_
        if not np.isfinite(z).all():
            raise InputError(
                f"The rows are beyond the net's {dtype}",
                where=type(self).__name__,
                remedy="Give them in the units of those that were learned.",
            )
        return z

    def _check_settings(self) -> None:
        """Refuse settings that no net can be made of."""
        faults = {
            f"activation is {self.activation!r}": self.activation not in ACTIVATIONS,
            f"optimizer is {self.optimizer!r}": self.optimizer not in OPTIMIZERS,
            f"hidden is {self.hidden}": not all(isinstance(n, Integral) and n >= 1 for n in self.hidden),
            f"keep is {self.keep}": not 0 < self.keep <= 1,
            f"validation is {self.validation}": not 0 <= self.validation < 1,
            f"batch_rows is {self.batch_rows}": self.batch_rows < 1,
            f"epochs is {self.epochs}": self.epochs < 1,
            f"patience is {self.patience}": self.patience < 1,
            f"rate is {self.rate}": not 0 < self.rate < np.inf,
            f"l1 is {self.l1} and l2 is {self.l2}": not all(
                0 <= part < np.inf for part in (self.l1, self.l2)
            ),
        }
        fault = next((words for words, is_fault in faults.items() if is_fault), None)
        if fault is not None:
            raise InputError(fault, where=type(self).__name__, remedy="The class says what it may be.")

    def save(self, features: list[str]) -> bytes:
        """Return the fitted model as a file; ``features`` names its columns, in order.

        Raises ``InputError`` unless there are as many names as columns.
        """
        self._check_fitted()
        if len(features) != self.n_features_in_:
            raise InputError(
                f"{len(features)} names are given for {self.n_features_in_} columns",
                where=type(self).__name__,
                remedy="Give one for each, in order.",
            )
        arrays = {
            "flat": pack(self.parameters_, self.mean_.dtype)[0],
            "mean": self.mean_,
            "scale": self.scale_,
        }
        settings = self.get_params()
        return pack_model(
            type(self).__name__, VERSION, features, arrays, settings=settings, **self._list_more()
        )

    @classmethod
    def load(cls, content: bytes, *, features: list[str], where: str) -> Self:
        """Return the model that ``save`` packed; ``where`` names the file.

        Raises ``SavedModelError`` for a file that is damaged, of another class or of other features.
        """
        saved = unpack_model(content, name=cls.__name__, version=VERSION, features=features, where=where)
        with fit_together(where):
            return cls._restore(saved)

    @classmethod
    def _restore(cls, saved: Saved) -> Self:
        settings = dict(saved.header["settings"])
        model = cls(**(settings | {"hidden": tuple(settings["hidden"])}))
        model._check_settings()
        np.random.default_rng(model.seed)  # refuses what is no seed
        model._take_more(saved.header)
        model.n_features_in_ = len(saved.header["features"])
        widths = [model.n_features_in_, *model.hidden, model._count_outputs()]
        lengths = {"mean": widths[0], "scale": widths[0]}
        lengths["flat"] = sum((n_in + 1) * n_out for n_in, n_out in pairwise(widths))
        mean, scale, read = (saved.arrays[name] for name in lengths)
        for array, length in zip((mean, scale, read), lengths.values(), strict=True):
            if array.shape != (length,) or array.dtype != mean.dtype or not np.isfinite(array).all():
                raise ValueError("not numbers, or not those of this net")
        if mean.dtype not in (np.float32, np.float64) or not (scale > 0).all():
            raise ValueError("no columns' mean and spread")
        model.mean_, model.scale_ = mean, scale
        flat, model.parameters_ = model._draw_parameters(np.random.default_rng(0))
        flat[:] = read
        return model

    def _list_more(self) -> dict[str, Any]:
        """Return what else a saved file's header needs."""
        return {}

    def _take_more(self, header: dict[str, Any]) -> None:
        """Take it from the header again."""
