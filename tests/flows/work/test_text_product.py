"""The product of a text: planted words are found, shuffled ones are not, and no word is kept anywhere."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from flows.work.result import CLEARLY_BETTER, NO_BETTER, TOO_LITTLE, parse_result, write_result
from flows.work.text_model import begin, learn_epochs, list_arrays, measure, tell_classes
from flows.work.text_product import choose, label_texts, run_work
from models.check import check_pullback
from models.layers.affine import Affine
from models.tree import map_tree
from models.validation import split_by_time
from pipeline.features.text import hash_texts

WORDS = {
    "search": ["tomato", "oboe", "gravel", "kyoto", "thesis"],
    "youtube": ["concert", "trailer", "remix"],
}


def make_texts(n: int = 900, *, seed: int = 0, planted: bool = True, extra: str = "") -> pd.DataFrame:
    """Texts of two products, one in six hours; each has words of its own where they are ``planted``."""
    rng = np.random.default_rng(seed)
    product = rng.choice(["search", "youtube"], n, p=[0.7, 0.3])
    pool = sorted({word for words in WORDS.values() for word in words})
    texts = [
        " ".join([*rng.choice(WORDS[one] if planted else pool, 2), str(rng.integers(99)), extra])
        for one in product
    ]
    local = pd.Series(pd.date_range("2024-01-01", periods=n, freq="6h").astype("datetime64[ms]"))
    return pd.DataFrame(
        {
            "time": local.dt.tz_localize("UTC"), "product": product, "action": "searched", "mark": None,
            "text": texts, "date": local.dt.normalize(),
        }
    )  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1])
def test_planted_words_are_found(seed: int) -> None:
    done = run_work(make_texts(seed=seed))
    result = done.result
    assert (result.verdict, result.baseline_name) == (CLEARLY_BETTER, "always search")
    assert result.headline.startswith(f"A text’s words tell its product {result.emphasis}; always saying ")
    assert (result.n_scored, result.scored_unit, done.n_learned) == (180, "texts", 720)
    card = dict(result.card)
    assert "one of search, youtube; never its text" in card["Says"]
    control = card["Shuffled labels"]
    assert control.endswith("by its probabilities it is no better than the baseline.")
    assert float(control.split("\u00a0%")[0].split()[-1]) > 60  # taught nothing, it says the commonest one
    assert parse_result(write_result(result), where="x") == result


@pytest.mark.parametrize("seed", range(3))
def test_products_that_share_their_words_are_not_told_apart(seed: int) -> None:
    result = run_work(make_texts(seed=seed, planted=False)).result
    assert result.verdict == NO_BETTER
    assert result.headline == "A text’s words tell its product no better than the baseline"


def test_labels_that_changed_places_are_not_found() -> None:
    texts = make_texts()
    texts["product"] = np.random.default_rng(5).permutation(texts["product"])
    assert run_work(texts).result.verdict == NO_BETTER


def test_no_word_stands_in_the_file_or_in_the_result() -> None:
    done = run_work(make_texts(extra="velvetsecret"))
    assert done.saved is not None
    with np.load(io.BytesIO(done.saved), allow_pickle=False) as file:
        held = b"".join(file[name].tobytes() if name != "header.json" else file[name] for name in file.files)
    for content in (held, done.saved, write_result(done.result)):
        assert not any(
            word.encode() in content for word in ("velvetsecret", *WORDS["search"], *WORDS["youtube"])
        )


def test_a_product_that_almanac_has_no_name_for_is_no_class() -> None:
    texts = make_texts()
    texts["product"] = texts["product"].replace("youtube", "velvet_gadget")
    result = run_work(texts).result
    assert result.too_little is not None and "velvet" not in write_result(result).decode()


def test_where_there_is_one_product_its_actions_are_told_apart() -> None:
    texts = make_texts()
    texts["action"] = texts["product"].map({"search": "searched", "youtube": "visited"})
    texts["product"] = "search"
    result = run_work(texts).result
    assert (result.question, result.verdict) == ("Which action, by the words?", CLEARLY_BETTER)
    assert "one of searched, visited" in dict(result.card)["Says"]


@pytest.mark.parametrize("n", [0, 250])
def test_too_few_texts_say_what_is_missing(n: int) -> None:
    done = run_work(make_texts(n))
    assert done.result.too_little == (
        f"Still learning: {n} texts of products that Almanac knows; it takes 100 of each of two products, or "
        "of two actions, in the first three fifths of them."
    )
    assert (done.saved, done.started) == (None, TOO_LITTLE)


def test_one_product_and_one_action_alone_are_said_to_be_too_few_however_many_texts_there_are() -> None:
    texts = make_texts(700).assign(product="youtube", action="watched")
    assert run_work(texts).result.too_little == (
        "Not done: 700 texts of products that Almanac knows, but nearly all of one product and one action; "
        "it takes 100 of a second."
    )


def test_the_choice_never_sees_the_scored_texts() -> None:
    labelled = label_texts(make_texts(700))
    assert not isinstance(labelled, str)
    split = split_by_time(700)
    other = labelled.truth.copy()
    other[split.test] = 1 - other[split.test]
    x = labelled.x
    blank = replace(x, value=x.value.copy())
    blank.value[x.offset[split.test.start] :] = np.nan
    assert choose(x, labelled.truth, 2, split, 0) == choose(blank, other, 2, split, 0)


def test_the_same_texts_give_the_same_bytes() -> None:
    first, again = (run_work(make_texts(600)) for _ in range(2))
    assert (write_result(first.result), first.saved) == (write_result(again.result), again.saved)


@pytest.mark.parametrize("hidden", [False, True])
def test_both_nets_have_their_gradient_and_stay_float32(hidden: bool) -> None:
    texts = hash_texts(pd.Series(["tomato oboe", "kyoto", "", "oboe gravel"]), n_columns=64)
    label, rng = np.array([0, 2, 1, 1]), np.random.default_rng(0)
    start = map_tree(lambda leaf: leaf + rng.normal(size=leaf.shape), begin(64, 3, hidden, rng))
    check_pullback(partial(measure, texts=texts, label=label), start, rng=rng)
    *_, taught = learn_epochs(texts, label, 3, hidden=hidden, n_epochs=3, seed=0)
    assert isinstance(taught, Affine) != hidden
    assert {array.dtype for array in list_arrays(taught).values()} == {np.dtype(np.float32)}
    np.testing.assert_allclose(tell_classes(taught, texts).sum(axis=1), 1)
