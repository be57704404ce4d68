"""``almanac sample --like-me``: an archive of invented weeks, with nothing of the owner's but the rhythm."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from flows.commands import app
from flows.like_me import LEARN, invent_archive, lay_out, list_mondays
from flows.networks import invented_weeks
from flows.networks.invented_weeks_likeness import compare_weeks
from flows.networks.invented_weeks_nearness import find_nearest, find_nearest_others
from flows.steps.ingest import ingest
from flows.steps.learn import learn
from flows.subject import find_subject
from models.types import Array
from pipeline.errors import SettingsError
from pipeline.features.week_maps import make_week_maps
from pipeline.sample import write_sample
from pipeline.sample.queries import load_words
from pipeline.settings import Settings, load_settings
from pipeline.tables.journal import prepare_out
from pipeline.tables.store import Store


def take_in(out: Path, archive: Path) -> Settings:
    settings = load_settings({"out": out, "home_zone": "Europe/Paris"}, environment={})
    prepare_out(settings.out)
    ingest([archive], settings)
    return settings


def read_weeks(settings: Settings) -> Array:
    maps = make_week_maps(find_subject(Store(settings.out), settings))
    return maps.counts.reshape(-1, 168).astype(float)


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Tables of three years of an owner who asks in German, and the network taught by them."""
    folder = tmp_path_factory.mktemp("owner")
    written = write_sample(folder / "archive", years=3, per_day=12.0, seed=5, locale="de")
    settings = take_in(folder / "out", written.path)
    learn(settings, only=invented_weeks.NAME)
    return settings


@pytest.fixture(scope="module")
def figures(owner: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command printed for an archive of three years like the owner's."""
    dest = tmp_path_factory.mktemp("dest")
    words = ["sample", str(dest), "--like-me", "--years", "3", "--out", str(owner.out), "--json"]
    figures: dict[str, Any] = json.loads(CliRunner().invoke(app, words).stdout)
    return figures


@pytest.fixture(scope="module")
def other(figures: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tables of that archive."""
    return take_in(tmp_path_factory.mktemp("other") / "out", Path(figures["path"]))


@pytest.mark.slow
def test_an_archive_like_the_owners_reads_back_and_lies_no_nearer_to_the_weeks_than_these_to_one_another(
    owner: Settings, other: Settings, figures: dict[str, Any]
) -> None:
    asked = invent_archive(owner, years=3, seed=0)
    assert figures["n_searches"] == asked["counts"].sum()
    real, invented = read_weeks(owner), read_weeks(other)
    nearest, between = find_nearest(invented, real), find_nearest_others(real)
    # The limit was found on a thousand weeks; of these 140 the median varies by about 1 %.
    assert np.median(nearest) > 0.97 * np.median(between)
    assert nearest.min() > np.quantile(between, 0.05)
    likeness, halves = compare_weeks(invented, real), compare_weeks(real[::2], real[1::2])
    assert likeness.means > halves.means - 0.05 and likeness.spreads > halves.spreads - 0.1
    assert invented.sum(axis=1).mean() == pytest.approx(real.sum(axis=1).mean(), rel=0.25)


@pytest.mark.slow
def test_nothing_of_the_owner_but_the_rhythm_is_in_it(
    owner: Settings, other: Settings, figures: dict[str, Any]
) -> None:
    asked = invent_archive(owner, years=3, seed=0)
    assert set(asked) == {"counts", "until", "effects", "seed"}  # no word can come by another way
    size = asked["effects"].session_searches
    assert size > 1 and size == round(size, 1) and asked["effects"].trips == ()
    said, own = (list_queries(one) for one in (other, owner))
    assert len(said) > 1000 and len(own) > 1000
    assert said & own <= set(load_words()["odd"])  # the sample writes these in every language
    truth = json.loads(Path(figures["truth"]).read_text("utf-8"))
    days = list_mondays(3)[0][0] + np.arange(len(asked["counts"]))
    filled = days[asked["counts"].any(axis=1)]  # the last Sunday may be empty
    assert days[-1] == asked["until"] == date(2025, 11, 16)
    assert (truth["first_day"], truth["last_day"]) == (str(filled[0]), str(filled[-1]))
    assert truth["trips"] == [] and truth["holidays"] == [] and truth["silent_days"] is None


def list_queries(settings: Settings) -> set[str]:
    """Return the searches of two words or more, without their numbers."""
    rows = Store(settings.out).activity(["text", "action"])
    texts = rows.loc[rows["action"] == "searched", "text"].dropna()
    return set(texts[texts.str.contains(" ")])


def test_its_weeks_begin_on_mondays_at_four_and_end_with_a_sunday() -> None:
    mondays, until = list_mondays(2)
    assert until == date(2025, 11, 16) and until.isoweekday() == 7
    assert mondays[-1] == np.datetime64("2025-11-10") and len(mondays) == (730 - 110) // 7
    weeks = np.arange(2 * 168).reshape(2, 168)
    days = lay_out(weeks)
    assert days.shape == (14, 24)
    assert list(days[0, :6]) == [0, 0, 0, 0, 0, 1] and days[7, 4] == 168 and days[-1, -1] == 2 * 168 - 5


@pytest.mark.slow
def test_it_is_refused_where_nothing_is_learned_where_there_is_too_little_and_where_weeks_lie_too_near(
    owner: Settings, tiny_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = take_in(tmp_path / "out", tiny_archive)
    with pytest.raises(
        SettingsError, match=rf"No network has learned from these tables .* Run {LEARN} first"
    ):
        invent_archive(settings, years=1, seed=0)
    result = CliRunner().invoke(app, ["sample", str(tmp_path), "--like-me", "--out", str(settings.out)])
    assert result.exit_code == 2 and "Traceback" not in result.stderr and LEARN in result.stderr
    learn(settings, only=invented_weeks.NAME)
    with pytest.raises(SettingsError, match=r"too little in these tables .* of 104 whole weeks\."):
        invent_archive(settings, years=1, seed=0)
    monkeypatch.setattr("flows.like_me.load_week_gan", lambda content, where: (None, {"limit": None}))
    with pytest.raises(
        SettingsError, match=r"lie too near to the real ones .* With more weeks in the tables"
    ):
        invent_archive(owner, years=1, seed=0)
