"""Trees: one buffer holds all leaves, and views into it are the leaves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.layers.affine import Affine
from models.tree import list_leaves, map_tree, pack, view_as
from models.types import Array


class Net(NamedTuple):
    first: Affine
    rest: tuple[Affine, Array]


def make_net() -> Net:
    numbers = iter(np.arange(100.0))
    draw = lambda *shape: np.array([next(numbers) for _ in range(int(np.prod(shape)))]).reshape(shape)  # noqa: E731
    return Net(Affine(draw(2, 3), draw(3)), (Affine(draw(3, 1), draw(1)), draw()))


def test_the_leaves_come_left_to_right() -> None:
    assert [leaf.shape for leaf in list_leaves(make_net())] == [(2, 3), (3,), (3, 1), (1,), ()]


def test_packing_keeps_types_shapes_and_values() -> None:
    net = make_net()
    flat, views = pack(net)
    np.testing.assert_array_equal(flat, np.arange(14.0))
    assert (type(views), type(views.first), type(views.rest)) == (Net, Affine, tuple)
    for leaf, view in zip(list_leaves(net), list_leaves(views), strict=True):
        np.testing.assert_array_equal(leaf, view)


def test_the_packed_leaves_are_views_of_one_buffer_and_not_of_the_originals() -> None:
    net = make_net()
    flat, views = pack(net)
    flat += 1
    assert views.rest[0].bias[0] == net.rest[0].bias[0] + 1
    views.first.weight[0, 0] = 50
    assert flat[0] == 50


def test_packing_casts_to_the_wanted_type() -> None:
    flat, views = pack(make_net(), np.float32)
    assert flat.dtype == views.first.weight.dtype == np.float32


def test_another_buffer_can_be_seen_as_the_same_tree() -> None:
    gradient = np.zeros(14)
    view_as(gradient, make_net()).rest[1][...] = 7
    np.testing.assert_array_equal(gradient, [0] * 13 + [7])


def test_mapping_pairs_the_leaves_of_two_trees() -> None:
    net = make_net()
    total = map_tree(np.add, net, net)
    assert type(total) is Net
    np.testing.assert_array_equal(pack(total)[0], 2 * np.arange(14.0))
