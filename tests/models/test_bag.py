"""The bag layer: an affine map that touches only the columns that a row holds."""

from __future__ import annotations

from functools import partial

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.check import check_pullback
from models.layers.affine import Affine, affine
from models.layers.bag import bag
from models.types import Array


def draw_rows(rng: np.random.Generator, n_rows: int, n_in: int) -> tuple[dict[str, Array], Array]:
    """Sparse rows, some empty, some with a column twice, and the same as a dense matrix."""
    sizes = rng.integers(0, 4, n_rows)
    offset = np.concatenate([[0], np.cumsum(sizes)])
    index = rng.integers(0, n_in, offset[-1]).astype(np.int32)
    value = rng.normal(size=offset[-1])
    dense = np.zeros((n_rows, n_in))
    for k in range(n_rows):
        for at in range(offset[k], offset[k + 1]):
            dense[k, index[at]] += value[at]
    return {"index": index, "value": value, "offset": offset}, dense


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 4), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_bag_pulls_back_and_equals_the_dense_product(seed: int, n_in: int, n_out: int, n_rows: int) -> None:
    rng = np.random.default_rng(seed)
    p = Affine(rng.normal(size=(n_in, n_out)), rng.normal(size=n_out))
    rows, dense = draw_rows(rng, n_rows, n_in)
    check_pullback(partial(bag, **rows), p, rng=rng)
    (y, pull), (expected, pull_dense) = bag(p, **rows), affine(p, dense)
    np.testing.assert_allclose(y, expected, atol=1e-12)
    dy = rng.normal(size=y.shape)
    for found, wanted in zip(pull(dy)[0], pull_dense(dy)[0], strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_columns_that_no_row_holds_have_no_gradient_even_where_out_held_one() -> None:
    rng = np.random.default_rng(0)
    p = Affine(rng.normal(size=(5, 2)), rng.normal(size=2))
    out = Affine(np.full((5, 2), np.nan), np.full(2, np.nan))
    _, pull = bag(p, index=np.array([3]), value=np.array([2.0]), offset=np.array([0, 1, 1]))
    (dp,) = pull(np.array([[1.0, -1.0], [10.0, 20.0]]), out=out)
    assert dp is out
    np.testing.assert_array_equal(out.weight, [[0, 0], [0, 0], [0, 0], [2, -2], [0, 0]])
    np.testing.assert_array_equal(out.bias, [11, 19])


def test_a_bag_keeps_its_parameters_dtype() -> None:
    rows, _ = draw_rows(np.random.default_rng(0), 6, 5)
    for dtype in (np.float32, np.float64):
        p = Affine(np.ones((5, 3), dtype), np.ones(3, dtype))
        y, pull = bag(p, **rows)
        (dp,) = pull(y)
        assert (y.dtype, dp.weight.dtype, dp.bias.dtype) == (dtype, dtype, dtype)


def test_changing_the_rows_after_the_call_changes_no_gradient() -> None:
    rows, _ = draw_rows(np.random.default_rng(1), 6, 5)
    p = Affine(np.ones((5, 3)), np.ones(3))
    before = {name: part.copy() for name, part in rows.items()}
    y, pull = bag(p, **rows)
    pull(y)
    for name, part in rows.items():
        np.testing.assert_array_equal(part, before[name])
