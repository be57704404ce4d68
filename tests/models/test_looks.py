"""Looking at a picture again: the part's pullback, its shapes, and that looks share their parameters."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from models.check import check_pullback
from models.errors import InputError
from models.net import dense, flatten, sequence
from models.parts.looks import look_again, look_at
from models.recurrent.conv_update_gate import conv_update_gate_step
from models.tree import list_leaves


@pytest.mark.parametrize(("n_looks", "padding", "maps"), [(1, "same", (5, 4)), (3, "valid", (3, 2))])
def test_looks_pull_back_also_within_a_net(n_looks: int, padding: str, maps: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    net = sequence(look_again(2, n_looks=n_looks, padding=padding), flatten(), dense(3))  # type: ignore[arg-type]
    p, shape = net.init(rng, (5, 4, 2))
    assert shape == (3,) and net.list_parts((5, 4, 2))[0].shape == (*maps, 2)
    x = rng.normal(size=(2, 5, 4, 2))
    check_pullback(net, p, x, rng=rng)
    check_pullback(partial(look_at, n_looks=n_looks, padding=padding), p[0], x, rng=rng)
    assert net(p, x, pull_input=False)[1](np.ones((2, 3)))[1] is None


def test_a_look_is_a_step_on_what_the_looks_before_left() -> None:
    rng = np.random.default_rng(0)
    p, _ = look_again(2).init(rng, (4, 4, 1))
    x, h = rng.normal(size=(3, 4, 4, 1)), np.zeros((3, 4, 4, 2))
    states, _ = look_at(p, x, n_looks=3)
    for t in range(3):
        h, _ = conv_update_gate_step(p, h, x)
        np.testing.assert_allclose(states[:, t], h, rtol=1e-12)
    np.testing.assert_array_equal(look_again(2, n_looks=3)(p, x)[0], states[:, -1])


def test_float32_stays_and_rows_are_no_pictures() -> None:
    rng = np.random.default_rng(0)
    part = look_again(2)
    p, _ = part.init(rng, (4, 4, 1), dtype=np.float32)
    y, pull = part(p, rng.normal(size=(2, 4, 4, 1)).astype(np.float32))
    assert {leaf.dtype.name for leaf in [y, *list_leaves(pull(y))]} == {"float32"}
    with pytest.raises(InputError, match=r"A look cannot take the shape \(16,\) \(net\)\. Give pictures as"):
        part.init(rng, (16,))
