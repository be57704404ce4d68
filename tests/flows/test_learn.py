"""The step ``learn``, from archives to files: it goes on, starts again, and says so."""

from __future__ import annotations

import json
import re
import shutil
import stat
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from flows.networks.networks import NAMES
from flows.steps.ingest import ingest
from flows.steps.learn import WORKS, learn, read_left, read_results
from flows.work.result import TOO_LITTLE
from pipeline.errors import SettingsError, StoreError
from pipeline.sample import write_sample
from pipeline.settings import Settings, load_settings
from pipeline.tables.journal import is_fresh, prepare_out, read_digest_of, read_journal

CELL = b'<div class="outer-cell'
SHORT = (
    "next_day",
    "usual_day",
    "daily_trend",
    "day_shape",
    "two_heads",
    "season",
    "term_or_holiday",
    "text_product",
)  # what 80 days are too few for
NEW = dict.fromkeys(WORKS, "new") | dict.fromkeys(SHORT, TOO_LITTLE)
TOO_SMALL = {
    "term_or_holiday": r"Not done: only its owner can say which days are holidays\. .*",
    "text_product": r"Still learning: [\d,]+ texts of products that Almanac knows; it takes 100 of .*",
}
"""What each piece of work says that does not count days, on an archive of a few weeks."""


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of 80 days."""
    place = tmp_path_factory.mktemp("newer")
    return write_sample(place, years=0, since=date(2025, 9, 1), until=date(2025, 11, 19), seed=3).path


@pytest.fixture(scope="module")
def older(newer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same person's archive of some days before: without the newest 400 cells of each file."""
    path = tmp_path_factory.mktemp("older") / "takeout-20251110T081500Z-1-001.zip"
    with zipfile.ZipFile(newer) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            head, *cells = source.read(name).split(CELL)
            target.writestr(name, CELL.join([head, *cells[400:]]))
    return path


def settle(out: Path) -> Settings:
    settings = load_settings({"out": out, "home_zone": "Europe/Paris"}, environment={})
    prepare_out(out)
    return settings


def read_models(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / "models").iterdir()}


def test_a_refresh_goes_on_and_ends_as_if_it_had_learned_all_at_once(
    older: Path, newer: Path, tmp_path: Path
) -> None:
    settings, fresh = settle(tmp_path / "a"), settle(tmp_path / "b")
    ingest([str(older)], settings)
    first = learn(settings)
    assert first.started == NEW
    ingest([str(newer)], settings)
    second = learn(settings)
    ingest([str(newer)], fresh)
    whole = learn(fresh)
    assert second.started["next_hour"] == "went on"
    assert 0 < second.n_hours_learned == whole.n_hours_learned - first.n_hours_learned
    assert read_models(settings.out) == read_models(fresh.out)
    assert [result.name for result in read_results(settings.out)] == list(WORKS)


def test_an_older_archive_that_comes_later_starts_the_learner_again(
    older: Path, newer: Path, tiny_archive: Path, tmp_path: Path
) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    learn(settings)
    other = tmp_path / "takeout-20251121T081500Z-1-001.zip"
    shutil.copyfile(tiny_archive, other)  # other entries of the same days, from another export
    ingest([str(other)], settings)
    assert learn(settings).started["next_hour"] == "started again: entries before its last hour have changed"


def test_what_was_learned_is_not_learned_twice_and_its_files_are_private(newer: Path, tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    told: list[tuple[str, int, int | None]] = []
    counts = learn(settings, tell=lambda *words: told.append(words))
    said = [*(f"learning {name.replace('_', ' ')}" for name in WORKS), "learning"]
    assert told == [(what, k, len(WORKS)) for k, what in enumerate(said)]
    assert (counts.n_models, counts.n_too_little) == (len(WORKS) - len(SHORT), len(SHORT))
    assert not counts.nothing_new
    before = read_models(settings.out)
    again = learn(settings)
    assert (again.nothing_new, again.n_hours_learned, again.n_better) == (True, 0, counts.n_better)
    assert read_models(settings.out) == before
    kinds = {name: ("json",) if NEW[name] == TOO_LITTLE else ("json", "npz") for name in WORKS}
    assert sorted(before) == sorted(f"{name}.{kind}" for name in WORKS for kind in kinds[name])
    assert {stat.S_IMODE((settings.out / "models" / name).stat().st_mode) for name in before} == {0o600}
    assert stat.S_IMODE((settings.out / "models").stat().st_mode) == 0o700


def test_one_piece_of_work_alone_leaves_the_step_stale(newer: Path, tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    assert list(learn(settings, only="next_hour").started) == ["next_hour"]
    journal = read_journal(settings.out)
    assert not is_fresh(journal, settings.out, "learn", read_digest_of(journal, "learn", settings))
    assert [result.name for result in read_results(settings.out)] == ["next_hour"]
    both = learn(settings)
    assert both.started == {name: began for name, began in NEW.items() if name != "next_hour"}
    assert len(read_results(settings.out)) == len(WORKS)


def test_pieces_done_one_by_one_on_the_same_tables_make_the_whole_step(newer: Path, tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    for name in list(WORKS)[:-1]:
        learn(settings, only=name)
    counts = learn(settings, only="text_product")
    assert (counts.n_models, list(counts.started)) == (3, ["text_product"])
    assert learn(settings).nothing_new
    assert [result.name for result in read_results(settings.out)] == list(WORKS)


def test_a_result_of_older_tables_falls_away_and_its_learner_still_goes_on(
    older: Path, newer: Path, tmp_path: Path
) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(older)], settings)
    learn(settings)
    ingest([str(newer)], settings)
    assert learn(settings, only="weekend_or_weekday").n_models == 1
    assert [result.name for result in read_results(settings.out)] == ["weekend_or_weekday"]
    assert sorted(read_models(settings.out)) == [
        "next_hour.npz",
        "weekday.npz",
        "weekend_or_weekday.json",
        "weekend_or_weekday.npz",
    ]
    assert learn(settings).started["next_hour"] == "went on"


def test_a_model_that_run_json_does_not_name_as_it_is_is_trained_again(
    older: Path, newer: Path, tmp_path: Path
) -> None:
    settings, other = settle(tmp_path / "a"), settle(tmp_path / "b")
    for place in (settings, other):
        ingest([str(older)], place)
    reason = "started again: its file was changed or damaged"
    learn(settings)
    shutil.copytree(settings.out / "models", other.out / "models")  # as an interrupted run leaves them
    assert learn(other).started["next_hour"] == reason
    (settings.out / "models" / "next_hour.npz").write_bytes(b"damaged")
    ingest([str(newer)], settings)
    assert learn(settings).started["next_hour"] == reason


def test_a_result_that_was_changed_is_refused_and_learn_writes_it_again(newer: Path, tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    learn(settings)
    path = settings.out / "models" / "next_hour.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"better", b"bitter"))
    with pytest.raises(StoreError) as caught:
        read_results(settings.out)
    assert str(caught.value) == (
        f"A model's result is not the one that run.json names ({path}). "
        "Run `almanac learn` to write it again."
    )
    again = learn(settings)
    assert (list(again.started), again.nothing_new) == (["next_hour"], False)  # the others stand
    assert path.read_bytes() == before
    path.unlink()
    assert (list(learn(settings).started), path.read_bytes()) == (["next_hour"], before)


def test_a_small_archive_gets_words_and_no_model(tiny_archive: Path, tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(tiny_archive)], settings)
    counts = learn(settings)
    assert (counts.n_models, counts.n_better, counts.n_too_little) == (0, 0, len(WORKS))
    for result in read_results(settings.out):
        words = TOO_SMALL.get(result.name, r"Still learning: \d\d of 56 covered days\.")
        assert re.fullmatch(words, str(result.too_little))
    assert sorted(read_models(settings.out)) == sorted(f"{name}.json" for name in WORKS)


def test_nothing_that_the_owner_wrote_stands_in_results_or_counts(newer: Path, tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    counts = learn(settings)
    from pipeline.tables.store import Store

    texts = {text for text in Store(settings.out).activity()["text"].dropna() if " " in text}
    assert len(texts) > 100
    for content in (*read_models(settings.out).values(), json.dumps(counts.started).encode()):
        assert [text for text in texts if text.encode() in content] == []


def test_the_saved_learner_names_its_watermark(newer: Path, tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    learn(settings)
    with np.load(settings.out / "models" / "next_hour.npz", allow_pickle=False) as file:
        mark = json.loads(file["header.json"])["watermark"]
    assert (mark["subject"], mark["last_hour"]) == ("search/searched", "2025-11-18T23")
    assert mark["home_zone"] == ["always Europe/Paris"]


def test_without_tables_it_says_what_to_run_first(tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    assert read_results(settings.out) == []
    with pytest.raises(StoreError) as caught:
        learn(settings)
    assert str(caught.value) == (
        f"There are no tables here yet ({settings.out}). Run almanac ingest PATH first."
    )


def test_an_unknown_piece_of_work_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        learn(settle(tmp_path / "out"), only="horoscope")
    networks = "".join(f", {name}" for name in NAMES)
    assert str(caught.value) == (
        "There is no such piece of model work (--only). Known: next_hour, next_day, usual_day, daily_trend, "
        f"day_shape, weekday, weekend_or_weekday, two_heads, season, term_or_holiday, text_product{networks}."
    )
    with pytest.raises(SettingsError, match=r"\(--only\). Did you mean season_vgg\? Known: next_hour, "):
        learn(settle(tmp_path / "out"), only="VGG")


def test_what_does_not_fit_the_time_is_left_with_its_reason_and_the_next_learn_goes_on(
    newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    monkeypatch.setattr("flows.steps.learn.NAMES", ())  # no network; they have tests of their own
    slow = {"weekday", "season"}
    estimates = {name: 90.0 if name in slow else 0.0 for name in WORKS}
    for name, work in WORKS.items():
        given = work._replace(estimate=lambda materials, name=name: estimates[name])
        monkeypatch.setitem(WORKS, name, given)  # type: ignore[arg-type]
    counts = learn(settings, minutes=1.0)
    assert list(counts.left) == ["weekday", "season"] and not slow & counts.started.keys()
    assert counts.left["weekday"].startswith("Not trained: that takes about 2 minutes, more than the ")
    assert read_left(settings.out) == {WORKS[name].question: counts.left[name] for name in counts.left}
    journal = read_journal(settings.out)
    assert is_fresh(journal, settings.out, "learn", read_digest_of(journal, "learn", settings))
    estimates["season"] = 0.0
    before = read_models(settings.out)
    again = learn(settings, minutes=1.0)
    assert (list(again.started), list(again.left)) == (["season"], ["weekday"])
    estimates["weekday"] = 400.0
    assert learn(settings).left["weekday"].endswith("about 7 minutes: almanac learn --all trains it.")
    done = learn(settings, every=True)
    assert (list(done.started), done.left, learn(settings).nothing_new) == (["weekday"], {}, True)
    after = read_models(settings.out)
    assert {name: after[name] for name in before} == before and len(after) == len(before) + 3


def test_one_piece_that_is_asked_for_by_name_is_trained_however_long_it_takes(
    newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    given = WORKS["weekday"]._replace(estimate=lambda materials: 9999.0)
    monkeypatch.setitem(WORKS, "weekday", given)  # type: ignore[arg-type]
    assert learn(settings, only="weekday").started == {"weekday": "new"}


def test_no_time_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        learn(settle(tmp_path / "out"), minutes=0.0)
    assert str(caught.value) == "There is no time to train in (--minutes). Give more than 0."


def test_every_model_that_was_scored_has_a_card(newer: Path, tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(newer)], settings)
    learn(settings)
    for result in read_results(settings.out):
        card = dict(result.card)
        assert bool(card) == (result.too_little is None)
        if card:
            assert {"Learned from", "Looks at", "Says", "Chosen", "Scored once", "Not for", "Its file"} <= {
                *card
            }
            assert (
                result.baseline_score_text in card["Scored once"] and result.certainty in card["Scored once"]
            )
            assert f"models/{result.name}.npz" in card["Its file"] and "may not be used" in card["Not for"]


@pytest.mark.slow
def test_on_the_sample_the_learner_beats_the_hours_usual_count(sample_archive: Path, tmp_path: Path) -> None:
    settings = settle(tmp_path / "out")
    ingest([str(sample_archive)], settings)
    learn(settings)
    result = read_results(settings.out)[0]
    assert (result.verdict, result.baseline_name) == ("a little better", "the hour’s eight-week mean")
    assert len(result.curve) > 50
