"""The check of derivatives passes right ones and catches each way of being wrong."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from models.check import check_pullback
from models.errors import PullbackError
from models.layers.affine import Affine, affine
from models.types import Array

SQUARE = Affine(np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.3, -0.7]))
ROWS = np.array([[0.2, -1.1], [1.7, 0.4], [-0.6, 0.9]])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_a_right_pullback_passes(rng: np.random.Generator) -> None:
    check_pullback(affine, SQUARE, ROWS, rng=rng)


def fail_with(pull: Any) -> Any:
    """Return an affine map of the square weights with another pullback."""
    return lambda p, x: (x @ p.weight + p.bias, lambda dy, out=None: pull(p, x, dy, out))


def write(out: Any, weight: Array, bias: Array) -> Affine:
    """Return the gradient, or write it into ``out``."""
    if out is None:
        return Affine(weight, bias)
    np.copyto(out.weight, weight)
    np.copyto(out.bias, bias)
    return Affine(*out)


WRONG = {
    "sign": lambda p, x, dy, out: (write(out, -(x.T @ dy), dy.sum(axis=0)), dy @ p.weight.T),
    "transposed weight": lambda p, x, dy, out: (write(out, x.T @ dy, dy.sum(axis=0)), dy @ p.weight),
    "transposed gradient": lambda p, x, dy, out: (write(out, (x.T @ dy).T, dy.sum(axis=0)), dy @ p.weight.T),
    "missing bias": lambda p, x, dy, out: (write(out, x.T @ dy, 0 * p.bias), dy @ p.weight.T),
    "mean for sum": lambda p, x, dy, out: (write(out, x.T @ dy, dy.mean(axis=0)), dy @ p.weight.T),
    "a thousandth": lambda p, x, dy, out: (write(out, x.T @ dy, dy.sum(axis=0)), dy @ p.weight.T * 1.001),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_pullback_is_caught_with_both_numbers(fault: str, rng: np.random.Generator) -> None:
    with pytest.raises(
        PullbackError, match=r"^by differences -?\d.*, by the pullback -?\d.* \(pullback\)\. "
    ):
        check_pullback(fail_with(WRONG[fault]), SQUARE, ROWS, rng=rng)


def test_a_nan_is_caught(rng: np.random.Generator) -> None:
    pull = fail_with(lambda p, x, dy, out: (write(out, x.T @ dy, dy.sum(axis=0)), dy @ p.weight.T * np.nan))
    with pytest.raises(PullbackError, match=r"^by differences -?\d.*, by the pullback nan "):
        check_pullback(pull, SQUARE, ROWS, rng=rng)


def test_a_gradient_of_another_shape_or_type_is_caught(rng: np.random.Generator) -> None:
    class Other(NamedTuple):
        weight: Array
        bias: Array

    def other(p: Affine, x: Array) -> Any:
        return x @ p.weight + p.bias, lambda dy, out=None: (Other(x.T @ dy, dy.sum(axis=0)), dy @ p.weight.T)

    words = r"gradients are tuple\(Other\(\(2, 2\), \(2,\)\), \(3, 2\)\), arguments are tuple\(Affine"
    with pytest.raises(PullbackError, match=words):
        check_pullback(other, SQUARE, ROWS, rng=rng)


def test_too_few_gradients_are_caught(rng: np.random.Generator) -> None:
    with pytest.raises(PullbackError, match="2 positional arguments need a tuple of as many gradients"):
        check_pullback(fail_with(lambda p, x, dy, out: (p,)), SQUARE, ROWS, rng=rng)


def double(x: Array, pull: Any) -> Any:
    return 2 * x, pull


def test_a_pullback_with_a_memory_is_caught(rng: np.random.Generator) -> None:
    total = np.zeros(3)

    def pull(dy: Array, out: Any = None) -> tuple[Array]:
        np.add(total, 2 * dy, out=total)
        return (total.copy(),)

    with pytest.raises(PullbackError, match="called twice, it gives two answers"):
        check_pullback(lambda x: double(x, pull), np.ones(3), rng=rng)


def test_a_forward_call_that_spoils_an_earlier_pullback_is_caught(rng: np.random.Generator) -> None:
    kept = np.zeros(3)  # one work array for all calls: the second forward call overwrites it

    def square(x: Array) -> Any:
        np.copyto(kept, x)
        return x * x, lambda dy, out=None: (np.multiply(2 * kept, dy, out=out),)

    with pytest.raises(PullbackError, match="a second forward call changes its answer"):
        check_pullback(square, np.array([1.0, 2.0, 3.0]), rng=rng)


def test_gradients_that_live_in_a_shared_work_array_are_caught(rng: np.random.Generator) -> None:
    work = np.zeros(3)

    def triple(x: Array) -> Any:
        work[:] = 0
        return 3 * x, lambda dy, out=None: (np.multiply(dy, 3, out=work if out is None else out),)

    with pytest.raises(PullbackError, match="a later call changes the gradients that it gave"):
        check_pullback(triple, np.ones(3), rng=rng)


def test_gradients_that_another_call_of_the_same_pullback_spoils_are_caught(rng: np.random.Generator) -> None:
    def triple(x: Array) -> Any:
        work = np.empty(3)  # new at each forward call, and shared by all calls of its pullback
        return 3 * x, lambda dy, out=None: (np.multiply(dy, 3, out=work if out is None else out),)

    with pytest.raises(PullbackError, match="a later call changes the gradients that it gave"):
        check_pullback(triple, np.ones(3), rng=rng)


def test_a_pullback_that_changes_what_it_is_given_is_caught(rng: np.random.Generator) -> None:
    def relu(x: Array) -> Any:
        def pull(dy: Array, out: Any = None) -> tuple[Array]:
            np.multiply(dy, x > 0, out=dy)
            return (np.multiply(dy, 1, out=out),)

        return np.maximum(x, 0), pull

    with pytest.raises(PullbackError, match="it changes the gradient that it is given"):
        check_pullback(relu, np.array([1.0, -2.0, 3.0]), rng=rng)


def test_a_first_gradient_that_is_the_one_given_is_caught(rng: np.random.Generator) -> None:
    def move(x: Array) -> Any:
        return x + 1, lambda dy, out=None: (dy if out is None else np.positive(dy, out=out),)

    with pytest.raises(PullbackError, match="its first gradient lies in the memory of the one that it is"):
        check_pullback(move, np.ones(3), rng=rng)


def test_out_that_is_not_returned_is_caught(rng: np.random.Generator) -> None:
    def pull(dy: Array, out: Any = None) -> tuple[Array]:
        if out is not None:
            np.multiply(dy, 2, out=out)
        return (2 * dy,)

    with pytest.raises(PullbackError, match="it assigns to out, and gives another array"):
        check_pullback(lambda x: double(x, pull), np.ones(3), rng=rng)


def test_adding_to_out_instead_of_assigning_is_caught(rng: np.random.Generator) -> None:
    def pull(dy: Array, out: Any = None) -> tuple[Array]:
        return (2 * dy if out is None else np.add(out, 2 * dy, out=out),)

    with pytest.raises(PullbackError, match="it does not assign the whole gradient to out"):
        check_pullback(lambda x: double(x, pull), np.ones(3), rng=rng)


def test_another_answer_with_out_is_caught(rng: np.random.Generator) -> None:
    def pull(dy: Array, out: Any = None) -> tuple[Array]:
        if out is None:
            return (2 * dy,)
        np.multiply(dy, 2, out=out)
        return (out + 1,)

    with pytest.raises(PullbackError, match="with out it gives another answer"):
        check_pullback(lambda x: double(x, pull), np.ones(3), rng=rng)


def test_a_function_that_changes_its_argument_is_caught(rng: np.random.Generator) -> None:
    def spoil(x: Array) -> Any:
        value = 2 * x
        x += 1
        return value, lambda dy, out=None: (np.multiply(dy, 2, out=out),)

    with pytest.raises(PullbackError, match="it changes its arguments"):
        check_pullback(spoil, np.ones(3), rng=rng)
