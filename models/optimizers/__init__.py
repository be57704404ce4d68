"""The optimizers, over one flat vector of parameters: each step a few operations on whole vectors.

Where libraries differ, the formulas are PyTorch's, and each class says which; ε always stands outside of
the root except in Adadelta.
"""

from models.optimizers.adam import Adam, Nadam
from models.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from models.optimizers.descent import SGD, Momentum, Nesterov
from models.optimizers.noise import NoiseTraining, with_noise
from models.optimizers.optimizer import FlatOptimizer, Optimizer
from models.optimizers.rates import with_rates
from models.optimizers.shrinking import with_shrinking

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "FlatOptimizer",
    "Momentum",
    "Nadam",
    "Nesterov",
    "NoiseTraining",
    "Optimizer",
    "RMSprop",
    "with_noise",
    "with_rates",
    "with_shrinking",
]
