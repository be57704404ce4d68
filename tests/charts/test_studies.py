"""Every study's picture is drawn from invented arrays: nothing is cut off, no word stands on another."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from PIL import Image

from models.studies.registry import ENTRIES
from pipeline.charts.boxes import open_sheet
from pipeline.charts.frame import stand_alone
from pipeline.charts.studies import load_picture, render_gif, render_study
from pipeline.charts.study_conv_update_gate import say_chance
from pipeline.charts.study_graph import arrange_parts
from pipeline.charts.study_line import N_FRAMES, cut_paths
from pipeline.charts.study_maps import draw_classes
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import (
    APART,
    Box,
    Named,
    choose_powers,
    choose_round,
    name_ends,
    open_plot,
    say_tick,
    share_grid,
)
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.wording import NO_BREAK

Arrays = dict[str, Any]


def make_plane(rng: np.random.Generator) -> Arrays:
    """Invent points of two classes and the axes of a grid."""
    x = rng.normal(size=(60, 2))
    axis = np.linspace(-3, 3, 9)
    return {"x": x, "y": (x[:, 0] > 0).astype(int), "across": axis, "up": axis}


def make_map(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.random((*shape, 9, 9))


def fall(n: int, *more: int) -> np.ndarray:
    """Return curves that fall from 1 to 10⁻⁴."""
    return np.broadcast_to(np.geomspace(1, 1e-4, n), (*more, n)).copy()


IMAGE_NETS = {
    "convolutional": ("digits", "clothes"),
    "vgg": ("normalised", "plain", "two_rates"),
    "small_net": ("small",),
    "resnet": ("resnet", "strided", "stochastic", "article"),
    "highway": ("random", "ones", "highway", "plain"),
}


def invent_image_nets(name: str, rng: np.random.Generator) -> Arrays:
    """Invent what the studies of nets on pictures give."""
    arrays: Arrays = {}
    for net in IMAGE_NETS[name]:
        arrays |= {f"{net}_{kind}": fall(4) for kind in ("learned", "held", "right")}
        arrays[f"{net}_best"] = np.array(4)
    arrays |= {"wrong": rng.integers(0, 255, (12, 28, 28)), "wrong_label": np.arange(12) % 10}
    arrays |= {"wrong_said": np.arange(1, 13) % 10, "kernels": rng.normal(size=(16, 3, 3))}
    names = np.array(["T-shirt", "trousers", "pullover", *"abcdefg"])
    arrays |= {"confusion": rng.integers(0, 99, (10, 10)), "clothes": names, "gates": rng.random((40, 10))}
    shares = np.array([0.99, 0.1, 0.4, 0.97])
    return arrays | {"resnet_without": shares, "stochastic_without": shares[[0, 2, 3, 3]]}


def invent(name: str) -> Arrays:
    """Invent the arrays of a study, small and of the right shapes."""
    rng = np.random.default_rng(0)
    steps = np.unique(np.geomspace(1, 1000, 20).astype(int)) - 1
    n = len(steps)
    if name in ("ring", "quadrants"):
        nets = {f"{net}_maps": make_map(rng, 10) for net in ("logistic", "relu")}
        shares = {f"{net}_accuracy": np.linspace(0.5, 1, 10) for net in ("logistic", "relu")}
        maps = {key: make_map(rng) for key in ("line", "feature")}
        return {**make_plane(rng), **maps, **nets, **shares, "epoch": np.arange(50, 501, 50)}
    if name == "tribes":
        return make_plane(rng) | {key: make_map(rng) for key in ("truth", "shared", "own", "logistic")}
    if name == "logistic":
        curves = {"loss": fall(101), "accuracy": np.append(0.5, np.full(100, 0.9))}
        return make_plane(rng) | curves | {"map": make_map(rng)}
    if name == "line":
        way = np.array([[-4.0, 4.0], [-2.5, 2.5], [0.0, 1.0], [1.0, 0.01], [1.0, 0.0]])
        axis = np.linspace(-5, 5, 9)
        losses = axis[None] ** 2 + axis[:, None] ** 2
        more = {"searched": way, "descended": way, "slopes": axis, "biases": axis, "losses": losses}
        return {
            "x": rng.uniform(-1, 1, 30),
            "y": rng.uniform(-1, 1, 30),
            "exact": np.array([1.0, -0.01]),
            **more,
        }
    if name == "nine_inputs":
        exact = np.append(np.arange(9.0), 9.0)
        path = exact * np.linspace(0, 1, n)[:, None]
        return {"steps": steps, "parameters": path, "losses": fall(n), "exact": exact}
    if name == "polynomial":
        x, exact = np.sort(rng.random(20)), np.arange(5.0)
        return {
            "x": x, "y": x**4, "steps": steps, "coefficients": exact * np.linspace(0, 1, n)[:, None],
            "exact": exact, "shown_steps": np.array([1, 100, 1000]), "curves": np.stack([x, x**2, x**4]),
        }  # fmt: skip
    if name == "minibatch":
        seen = {f"{key}_seen": np.arange(1, 31) * k for k, key in enumerate(("full", "fifty", "one"), 1)}
        losses = {f"{key}_losses": fall(30) for key in ("full", "fifty", "one")}
        return {**seen, **losses, "runaway": fall(30)[::-1]}
    if name == "online_regression":
        x = rng.uniform(5, 20, (30, 1))
        return {
            "x": x, "y": x[:, 0], "new_x": x, "new_y": 2 * x[:, 0], "weights": np.array([-3.6, 1.17]),
            "new_weights": np.array([-9, 1.8]),
            "way_names": np.array(["divided by the old 97", "one row", "least"]),
            "way_steps": np.arange(1, 41), "way_slopes": 1.2 + rng.normal(0, [[0.01], [3], [0.1]], (3, 40)),
        }  # fmt: skip
    if name == "eigenvectors":
        wines = rng.normal(size=(40, 3))
        pair = {"values": np.array([2.0, 0.5]), "vectors": np.eye(2)}
        axes = {
            f"{kind}_{key}": value for kind in ("covariance", "correlation") for key, value in pair.items()
        }
        rows = dict.fromkeys(("wines", "standardised", "kept_1", "kept_2"), wines)
        lengths, shares = np.array([3.0, 2.0, 1.0]), np.full(13, 1 / 13)
        return {
            **rows,
            **axes,
            "growers": np.arange(40) % 3,
            "lengths": lengths,
            "shares": shares,
            "scores": wines[:, :2],
        }
    if name == "losses_penalties":
        grid, x = np.linspace(-2, 2, 11), rng.uniform(-2, 2, (40, 1))
        cases = [
            f"{loss} loss{penalty}"
            for loss in ("L1", "L2", "loosened L1")
            for penalty in ("", ", L1 penalty", ", L2 penalty")
        ]
        return {
            "x": x, "y": 60 * x, "n_outliers": np.array(4), "case": np.array(cases), "grid": grid,
            "line": 60 * grid,
            "fit": np.tile(50 * grid, (9, 1)), "sums": np.full((9, 4), 5e3), "zeros": np.linspace(0, 0.3, 9),
        }  # fmt: skip
    if name == "monte_carlo":
        names = ("normal_totals", "johnson_totals", "same_month_totals", "season_totals")
        totals = {key: rng.normal(183 - 2 * k, 2, 500) for k, key in enumerate(names)}
        return {**totals, "target": np.array(186.0), "by_month": rng.uniform(10, 17, (4, 12))}
    if name == "spatial_lstm":
        keys = {"small_images": 2, "small_counts": 5}
        small = {key: rng.integers(0, most, (16, 2, 2)).astype(float) for key, most in keys.items()}
        small |= {"small_said": rng.uniform(0, 4, (16, 2, 2)), "small_cost": fall(300)}
        curves = {"learned": 17 + 8 * fall(40), "held": 18 + 5 * fall(40), "best": np.array(34)}
        ends = {"alone": np.array(25.2), "belief": np.array(18.3), "lstm": np.array(17.2)}
        digits = {key: rng.integers(0, 2, (12, 8, 8)) for key in ("real", "drawn")}
        digits |= {key: rng.integers(0, 2, (6, 8, 8)) for key in ("usual", "unusual")}
        nats = {"usual_nats": np.linspace(7, 9, 6), "unusual_nats": np.linspace(133.7, 128, 6)}
        return {**small, **curves, **ends, **digits, **nats}
    if name == "autoencoder":
        slices = {key: rng.random((6, 24, 24)) for key in ("clean", "noisy", "components", "drawn")}
        names = {"way_names": np.array(["Adam, ReLU", "descent, ReLU, high rate"])}
        names |= {"beside_names": np.array(["noise", "mean of 3 × 3 neighbours", "16 principal components"])}
        errors = {"test": np.array([0.076, 0.227]), "beside": np.array([0.2, 0.093, 0.063])}
        long = {"long_cost": fall(60), "long_test": np.array(0.059), "long_name": np.array("Adam, 60 epochs")}
        return {**slices, **names, **errors, **long, "cost": fall(8, 2)}
    if name == "gan":
        names = np.array(["128–256", "128–256–256, batch norm", "128–256, early fall"])
        losses = {f"{side}_loss": fall(30, 3) for side in ("discriminator", "generator")}
        digits = {"digits": rng.random((3, 10, 28, 28)), "real": rng.random((10, 28, 28))}
        distance = {"distance": np.array([31.2, 8.4, 120.0]), "floor": np.array(0.6), "best": np.array(1)}
        return {**losses, **digits, **distance, "name": names, "step": np.arange(50, 1501, 50)}
    if name == "optimizers":
        names = ["SGD", "noise training, gradient noise", *"abcdefghij"]
        costs = {"cost": fall(40, 12), "best_cost": fall(40, 12), "best_rate": np.full(12, 1e-4)}
        return {**costs, "name": np.array(names), "best_right": np.linspace(0.4, 1, 12)}
    if name == "conv_update_gate":
        losses = {f"look{k}_{kind}": fall(15) for k in (1, 2) for kind in ("held", "learned")}
        seen = {"pictures": rng.random((8, 8, 8)), "maps": rng.normal(size=(8, 2, 4, 4))}
        return {
            **losses,
            **seen,
            "digit": np.arange(8) // 4,
            "chance": rng.random((2, 8)),
            "wrong": np.zeros(2),
        }
    if name == "decoupled":
        cases = np.array(["joint", "joint, noise", "decoupled", "decoupled, noise"])
        curves = {"cost": fall(40, 4), "far": np.moveaxis(fall(40, 2, 2), -1, 1)}
        return {**make_plane(rng), **curves, "case": cases, "maps": make_map(rng, 4)}
    if name == "decoupled_conv_lstm":
        cases = np.array(["decoupled", "joint", "last frame alone"])
        shown = {"clips": rng.random((6, 3, 8, 8)), "way": np.arange(6) // 3}
        shown["said"] = np.linspace(-0.2, 1.2, 6)
        return {**shown, "case": cases, "cost": fall(18, 3), "far": fall(18, 2).T}
    if name == "perceptron":
        curves = {
            f"{net}_{kind}": fall(6)
            for net in ("softmax", "plain", "dropout", "wide")
            for kind in ("learned", "held")
        }
        best = {f"{net}_best": np.array(5) for net in ("softmax", "plain", "dropout", "wide")}
        deep = {"logistic_gradient": fall(6)[::-1], "relu_gradient": np.full(6, 0.1)}
        shares = {"logistic_accuracy": np.full(9, 0.5), "relu_accuracy": np.full(9, 0.9)}
        own = {"own": rng.integers(0, 255, (28, 28)), "own_chance": np.eye(10)[7] * 0.97 + 0.003}
        digits = own | {"weight": rng.normal(size=(10, 28, 28)), "wrong": rng.integers(0, 255, (12, 28, 28))}
        return {
            **curves,
            **best,
            **deep,
            **shares,
            **digits,
            "wrong_digit": np.arange(12),
            "wrong_said": np.arange(12),
        }
    if name == "running_sum":
        names = np.array(["intersection", "update gate", "LSTM", "simple"])
        return {
            "cell": names, "error": fall(40, 4), "by_place": rng.uniform(0, 1, (4, 6)),
            "n_learned": np.array(3), "x": rng.random((8, 3)), "sum": rng.random((8, 3)),
            "said": rng.random((8, 3)),
        }  # fmt: skip
    if name == "lstm":
        names = np.array(["LSTM, forget gate open", "LSTM, half open", "simple net"])
        back = np.stack([np.linspace(1, 2, 61), np.geomspace(1, 1e-14, 61), np.geomspace(1, 1e-6, 61)])
        sums = {"at_each": np.linspace(0, 0.2, 20), "at_end": np.linspace(1, 0.2, 20)}
        return {"cost": fall(50), "back_names": names, "back": back} | sums
    if name == "two_heads":
        edges = np.array([[-1, 0], [-2, 1], [0, 2], [1, 2], [2, 3], [2, 4]])
        names = np.array(["dense 24", "dense 8", "concatenate", "dense 7", "dense 1"])
        count = rng.uniform(50, 150, 90)
        graph = {"edges": edges, "part_names": names, "part_sizes": np.array([600, 64, 0, 231, 33])}
        return {**graph, "count": count, "expected": count + 5, "confusion": rng.integers(0, 40, (7, 7))}
    if name in IMAGE_NETS:
        return invent_image_nets(name, rng)
    if name == "whitening_seeds":
        rights = np.linspace(0.85, 0.9, 15) + rng.normal(0, 1e-3, (2, 5, 15))
        return {"whitened": rights[0] + 1e-3, "plain": rights[1]}
    assert name == "whitening"
    panels = {"panels": rng.normal(size=(5, 6, 28, 28)), "covariances": np.tile(np.eye(28), (5, 1, 1))}
    histograms = {"bins": np.linspace(-4, 4, 21), "histograms": rng.random((5, 20))}
    shares = {
        f"{net}_test": np.linspace(0.8, 0.88 + 0.01 * k, 15)
        for k, net in enumerate(("plain", "whitened", "wide"))
    }
    names = np.array(["original", "centred", "standardised", "whitened", "both"])
    return {**panels, **histograms, **shares, "panel_names": names}


@pytest.mark.slow
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_studys_picture_keeps_its_words_apart_and_within(
    entry: Any,
    find_clipped: Callable[..., list[str]],
    find_collisions: Callable[..., list[tuple[str, str]]],
) -> None:
    arrays = invent(entry.name)
    before = {key: np.copy(value) for key, value in arrays.items()}
    picture = load_picture(entry.name)(arrays)
    figure = stand_alone(
        lambda ax: picture.draw(ax, theme=DARK), width=picture.width, plot_height=picture.height,
        headline="A headline of ours", deck=picture.deck, source="somebody 2019", theme=DARK,
    )  # fmt: skip
    assert find_clipped(figure) == []
    assert find_collisions(figure) == []
    for key, value in before.items():
        np.testing.assert_array_equal(arrays[key], value, err_msg=key)


@pytest.mark.parametrize(
    ("chance", "said"), [(0.0, "under 1 %"), (0.004, "under 1 %"), (0.3903, "39 %"), (0.9999, "over 99 %")]
)
def test_a_net_that_looks_twice_is_never_said_to_be_sure(chance: float, said: str) -> None:
    assert say_chance(chance) == said.replace(" %", f"{NO_BREAK}%")


def test_what_a_spatial_lstm_comes_to_on_the_test_has_a_line_where_its_name_stands(
    sheet: Callable[..., Axes],
) -> None:
    arrays = invent("spatial_lstm")
    picture = load_picture("spatial_lstm")(arrays)
    plot = picture.draw(sheet(picture.width, picture.height), theme=LIGHT)
    level = [float(line.get_ydata()[0]) for line in plot.lines if line.is_dashed()]
    assert level == [25.2, 18.3, 17.2]
    assert {"logistic regressions: 18.3", "spatial LSTM, test: 17.2"} <= {
        text.get_text() for text in plot.texts
    }


def test_every_study_has_its_picture_and_no_other_has() -> None:
    assert all(callable(load_picture(entry.name)) for entry in ENTRIES)
    folder = Path(__file__).parents[2] / "pipeline" / "charts"
    drawn = {
        path.stem.removeprefix("study_")
        for path in folder.glob("study_*.py")
        if f"\ndef picture_{path.stem.removeprefix('study_')}(" in path.read_text("utf-8")
    }
    assert drawn - {"bent"} == {entry.name for entry in ENTRIES}


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an empty drawing in the place of every study's."""
    empty = StudyPicture(lambda ax, *, theme: ax, "deck", 40.0, 400.0)
    monkeypatch.setattr("pipeline.charts.studies.load_picture", lambda name: lambda arrays: empty)


@pytest.mark.parametrize(
    ("words", "headline"),
    [
        (("It fell to -3.", "More."), "It fell to −3"),
        (("It is 99.4 % at 1e-05.",), "It is 99.4\u00a0% at 1e−05"),
        ((), "A title"),
        (("Long words " * 20,), "A title"),
        (("Tom's line is x-1 long.",), "Tom’s line is x-1 long"),
    ],
)
def test_a_picture_is_headed_by_the_first_finding_or_the_title(
    plain: None, words: tuple[str, ...], headline: str
) -> None:
    files = dict(render_study("line", {}, title="A title", source="Somebody 2019", words=words))
    assert list(files) == ["studies/line.png", "studies/line.svg", "studies/line-dark.png"]
    assert headline in files["studies/line.svg"].decode().replace("&#x27;", "'")
    assert files["studies/line.png"] != files["studies/line-dark.png"]


@given(
    low=st.floats(-1e6, 1e6), wide=st.floats(1e-3, 1e6), most=st.integers(2, 9)
)  # as the look asks: round numbers, within
def test_round_numbers_lie_within_evenly_and_are_not_too_many(low: float, wide: float, most: int) -> None:
    found = choose_round(low, low + wide, most)
    assert 1 <= len(found) <= most + 1
    assert all(low - 1e-6 * wide <= value <= low + wide + 1e-6 * wide for value in found)
    assert np.allclose(np.diff(found, 2), 0, atol=1e-6 * wide)


def test_powers_and_numbers_at_axes_are_written_shortly() -> None:
    assert choose_powers(1e-6, 2e3, 5) == [1e-5, 1e-3, 1e-1, 1e1, 1e3]
    assert choose_powers(1, 100) == [1.0, 10.0, 100.0]
    ticks = [0.0, -2.5, 2000.0, 1e-4, 1e16, -1e-5, 0.25]
    assert [say_tick(tick) for tick in ticks] == ["0", "−2.5", "2,000", "10⁻⁴", "10¹⁶", "−10⁻⁵", "0.25"]


def test_boxes_of_a_grid_have_one_size_and_fill_their_place() -> None:
    boxes = share_grid(Box(10, 20, 100, 90), 3, 2, 20, 10)
    assert boxes == [Box(10, 20, 40, 40), Box(70, 20, 40, 40), Box(10, 70, 40, 40)]


@pytest.mark.parametrize("at", [[0.0, 0.0, 0.0], [1.0, 1.0, 0.99], [0.5, 0.02, 0.01]])
def test_names_at_line_ends_keep_their_order_and_their_distance(
    at: list[float], sheet: Callable[..., Axes]
) -> None:
    whole = sheet()
    open_sheet(whole)
    plot = open_plot(whole, Box(40, 20, 300, 200), (0, 1), (0, 1), LIGHT)
    name_ends(plot, [Named(value, f"n{k}", "#000000") for k, value in enumerate(at)])
    plot.figure.canvas.draw()
    spots = {text.get_text(): text.get_window_extent().y0 for text in plot.texts if text.get_text()[0] == "n"}
    ordered = [spots[f"n{k}"] for k in np.argsort(-np.array(at), kind="stable")]
    apart = -np.diff(ordered) * 96 / plot.figure.dpi
    assert (apart >= APART - 1e-6).all()
    assert min(ordered) >= plot.get_window_extent().y0 - 24  # dots: half a name
    assert max(ordered) <= plot.get_window_extent().y1


def test_parts_of_a_net_stand_right_of_what_feeds_them() -> None:
    edges = np.array([[-1, 0], [-2, 1], [0, 2], [1, 2], [2, 3], [2, 4]])
    assert arrange_parts(5, edges) == {
        -1: (0, 0.25), -2: (0, 0.75), 0: (1, 0.25), 1: (1, 0.75), 2: (2, 0.5), 3: (3, 0.25), 4: (3, 0.75),
    }  # fmt: skip


def test_the_ways_down_to_the_line_move_until_they_are_the_whole_picture() -> None:
    arrays = invent("line") | {"searched": np.cumsum(np.full((30, 2), 0.5), axis=0) - 4}
    picture = load_picture("line")(arrays)
    assert len(picture.frames) == N_FRAMES
    first, last = cut_paths(arrays, 1), cut_paths(arrays, N_FRAMES)
    assert [len(first["searched"]), len(last["searched"])] == [2, N_FRAMES + 1]
    np.testing.assert_array_equal(first["exact"], arrays["descended"][1])
    np.testing.assert_array_equal(first["names"], last["names"])


def test_an_animation_has_every_frame_and_the_same_bytes_again(plain: None) -> None:
    figures = [stand_alone(lambda ax: ax, width=200, plot_height=k, headline="h", deck="d", source="s")
               for k in (40, 40)]  # fmt: skip
    first = render_gif(figures)
    assert first == render_gif(figures)
    with Image.open(io.BytesIO(first)) as moving:
        assert moving.format == "GIF"


def read_panels(name: str, arrays: Arrays, whole: Axes) -> tuple[list[str], list[Axes]]:
    """Draw a study's picture on a sheet; return its words and its plots."""
    load_picture(name)(arrays).draw(whole, theme=DARK)
    plots = [ax for ax in whole.figure.axes + whole.child_axes if ax is not whole]
    return [text.get_text() for ax in (whole, *plots) for text in ax.texts], plots


def test_no_optimizer_is_called_right_on_all_that_missed_one_and_a_low_cost_is_no_floor(
    sheet: Callable[..., Axes],
) -> None:
    arrays = invent("optimizers")
    arrays["best_right"] = np.array([0.99953, 1.0, *[0.994] * 10])
    arrays["best_cost"][3] = np.geomspace(1, 2e-8, 40)
    words, plots = read_panels("optimizers", arrays, sheet())
    notes = [text.replace(NO_BREAK, " ") for text in words if text.startswith("rate")]
    assert notes[:3] == [
        "rate 10⁻⁴, over 99.9 % right",
        "rate 10⁻⁴, 100 % right",
        "rate 10⁻⁴, 99.4 % right",
    ]
    assert {plot.get_ylim()[0] for plot in plots} == {1e-8}


def test_no_digit_of_the_users_own_is_said_to_be_sure(sheet: Callable[..., Axes]) -> None:
    words, _ = read_panels("perceptron", invent("perceptron") | {"own_chance": np.eye(10)[7]}, sheet())
    assert [text for text in words if text.endswith("%")] == [f"over 99.9{NO_BREAK}%"]


def test_a_slope_that_leaps_is_drawn_faint_behind_all_others_and_said_to_leave_the_plot(
    sheet: Callable[..., Axes],
) -> None:
    arrays = invent("online_regression")
    words, plots = read_panels("online_regression", arrays, sheet())
    assert "one row, off the plot" in words and "divided by the old 97" in words
    drawn = [line for line in plots[1].lines if np.size(line.get_xdata()) == 40]
    assert [(line.get_alpha() or 1.0) < 1 for line in drawn] == [False, True, True]
    assert [line.get_zorder() < 1 for line in drawn] == [False, True, True]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_points_of_two_classes_differ_in_fill_and_none_is_cut_at_the_frame(
    theme: Any, sheet: Callable[..., Axes]
) -> None:
    plot = sheet()
    draw_classes(plot, np.eye(2), np.array([0, 1]), theme)
    squares, dots = plot.lines
    assert [squares.get_markerfacecolor(), squares.get_markeredgecolor()] == [theme.diverging[0], theme.bg]
    assert [dots.get_markerfacecolor(), dots.get_markeredgecolor()] == [theme.bg, theme.diverging[-1]]
    assert not squares.get_clip_on() and not dots.get_clip_on()
