"""The studies by name: what each is about and needs, known without importing any of them."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple, cast

from models.errors import InputError, name_known
from models.studies.study import Study


class Entry(NamedTuple):
    """A study, before it is imported."""

    name: str  # its module's name in this folder
    about: str
    needs: str = ""  # the pictures that it cannot do without: "mnist", "fashion_mnist"


ENTRIES = (
    Entry("line", "one line through points: nine neighbours, then the way down the loss surface"),
    Entry("nine_inputs", "nine weights and a bias from forty rows"),
    Entry("polynomial", "a curve of the fourth degree through a hundred points"),
    Entry("minibatch", "descent by all rows, by one row, by fifty"),
    Entry("online_regression", "profit by population, then one new row at a time"),
    Entry("tribes", "two Gaussian tribes and the line between them"),
    Entry("logistic", "logistic regression on two features"),
    Entry("ring", "a ring around a disc: by a line, by its radius, by a net"),
    Entry("quadrants", "four quadrants: by a line, by a product, by a net"),
    Entry("two_heads", "one net with two inputs and two outputs"),
    Entry("losses_penalties", "two losses and three penalties on a noisy curve"),
    Entry("running_sum", "the running sum of three inputs, by four recurrent cells"),
    Entry("lstm", "two steps of an LSTM by hand; a loss at each step; how far a gradient comes back"),
    Entry("eigenvectors", "the main directions of 178 wines"),
    Entry("monte_carlo", "will the year's sales pass 186? Seven fits, Johnson's, and the season"),
    Entry("conv_update_gate", "the digits 0 and 1, looked at once and twice"),
    Entry("decoupled", "layers that guess their gradients: four cases"),
    Entry("decoupled_conv_lstm", "clips of three frames by guessed gradients"),
    Entry("spatial_lstm", "small digits read and drawn pixel by pixel: how likely is a picture?"),
    Entry("autoencoder", "noise taken from slices of an invented body, or of your CT scans, eight ways"),
    Entry("optimizers", "twelve optimizers on the digits 0 and 1", "mnist"),
    Entry("perceptron", "digits by a net of two hidden layers, and by simpler ones", "mnist"),
    Entry("gan", "digits that nobody wrote: six generators, each against a discriminator", "mnist"),
    Entry("whitening", "clothes, whitened, and a net that whitens inside", "fashion_mnist"),
    Entry("whitening_seeds", "whitened inside or not: five seeds of each", "fashion_mnist"),
    Entry("convolutional", "digits and clothes by two convolutions", "mnist"),
    Entry("vgg", "digits by VGG-7, with batch normalising, without, by two rates", "mnist"),
    Entry("small_net", "clothes by a small VGG-7, with moved and mirrored pictures", "fashion_mnist"),
    Entry("resnet", "digits by residual blocks, with stochastic depth, of affine layers", "mnist"),
    Entry("highway", "digits by four highway layers; forty of them beside forty plain ones", "mnist"),
)


def list_studies() -> tuple[Entry, ...]:
    """Return all studies, in the order in which they are best read."""
    return ENTRIES


def find_entry(name: str) -> Entry:
    """Return the study ``name``. Raises ``InputError`` where there is none; underlines may be hyphens."""
    wanted = name.replace("-", "_")
    found = next((entry for entry in list_studies() if entry.name == wanted), None)
    if found is None:
        remedy = name_known(wanted, [entry.name for entry in list_studies()])
        raise InputError(f"There is no study {name!r}", where="studies", remedy=remedy)
    return found


def load_study(entry: Entry) -> Study:
    """Import a study and return its function."""
    return cast(Study, import_module(f"models.studies.{entry.name}").run_study)
