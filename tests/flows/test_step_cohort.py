from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.steps.cohort import CohortCounts, check_k, measure_out, write_cohort
from pipeline.errors import SettingsError, StoreError
from pipeline.patterns.coverage import pack_coverage
from pipeline.tables.journal import commit_step
from tests.invented_people import invent_coverage, invent_frames

STAYS = (
    "The page stays as it was, of 9 people: beside it a new one would tell of fewer than 5 people. If nobody "
    "has seen it, remove {page} and run this again."
)


def _write_person(out: Path, seed: int, *, centre: float = 18.0) -> Path:
    """Write what the step reads of one person, as the step of patterns leaves it."""
    folder = out / "patterns"
    folder.mkdir(parents=True, exist_ok=True)
    frames = invent_frames(np.random.default_rng(seed), centre=centre)
    files = []
    for name, frame in frames.items():
        files.append(folder / f"{name}.parquet")
        frame.to_parquet(files[-1], index=False)
    files.append(folder / "coverage.json")
    files[-1].write_text(json.dumps(pack_coverage(invent_coverage())), "utf-8")
    commit_step(out, "patterns", read=f"read {seed}", files=files, seconds=0.1, counts={})
    return out


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out pictures and fonts, which take seconds and change no rule."""
    monkeypatch.setattr("flows.steps.cohort._draw", lambda cohort: {})
    monkeypatch.setattr("pipeline.report.cohort.write_font_faces", lambda page: "")


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    place = tmp_path_factory.mktemp("people")
    return [_write_person(place / f"Zenobia{n}", n, centre=14.0 if n < 5 else 20.0) for n in range(10)]


@pytest.mark.parametrize(
    ("k", "why"),
    [
        (2, "A k of 2 would hide nobody: of two, a mean and its interval give both"),
        (1, "A k of 1 would hide nobody: a number would be one person's"),
    ],
)
def test_a_k_under_three_is_refused(k: int, why: str, tmp_path: Path) -> None:
    check_k(3)
    with pytest.raises(SettingsError) as error:
        write_cohort([], tmp_path / "cohort", k=k)
    assert str(error.value) == f"{why} (--k). Give 3 or more; 5 are usual."
    assert not (tmp_path / "cohort").exists()


def test_the_page_and_who_entered_are_private_and_nobody_is_named(outs: list[Path], tmp_path: Path) -> None:
    counts = write_cohort(outs, tmp_path, k=5)
    page, entered = tmp_path / "report/index.html", tmp_path / "entered.json"
    assert counts == CohortCounts(page, 5, 10, 2, counts.n_numbers)
    assert stat.S_IMODE(page.stat().st_mode) == stat.S_IMODE(entered.stat().st_mode) == 0o600
    assert "Ten people’s questions" in page.read_text("utf-8")
    assert "zenobia" not in (page.read_text("utf-8") + entered.read_text("utf-8")).lower()
    assert len(json.loads(entered.read_text("utf-8"))["people"]) == 10


def test_the_same_people_give_the_same_bytes(outs: list[Path], tmp_path: Path) -> None:
    write_cohort(outs, tmp_path, k=5)
    files = [tmp_path / "report/index.html", tmp_path / "entered.json"]
    before = [file.read_bytes() for file in files]
    assert write_cohort(outs[::-1], tmp_path, k=5).stays == ""
    assert [file.read_bytes() for file in files] == before


def test_under_k_people_the_page_says_how_many_it_takes_and_not_how_many_there_are(
    outs: list[Path], tmp_path: Path
) -> None:
    counts = write_cohort(outs[:4], tmp_path, k=5)
    assert counts == CohortCounts(tmp_path / "report/index.html", 5)
    four = counts.page.read_bytes()
    assert b"It takes five people with enough" in four
    assert not (tmp_path / "entered.json").exists()
    assert write_cohort([], tmp_path, k=5) == counts
    assert counts.page.read_bytes() == four


def test_one_who_joins_changes_nothing_until_the_page_is_removed(outs: list[Path], tmp_path: Path) -> None:
    counts = write_cohort(outs[:9], tmp_path, k=5)
    before = counts.page.read_bytes()
    stays = write_cohort(outs, tmp_path, k=5)
    assert stays == CohortCounts(counts.page, 5, stays=STAYS.format(page=counts.page))
    assert counts.page.read_bytes() == before
    counts.page.unlink()
    assert write_cohort(outs, tmp_path, k=5).n_people == 10


def test_a_page_that_waits_is_told_apart_from_the_earlier_one_that_showed_people(
    outs: list[Path], tmp_path: Path
) -> None:
    page = write_cohort(outs[:6], tmp_path, k=5).page
    assert write_cohort(outs[:4], tmp_path, k=5).stays == ""
    before = page.read_bytes()
    assert write_cohort(outs[:7], tmp_path, k=5).stays == (
        "The page goes on showing nobody. An earlier page of 6 people may have been seen, and beside that a "
        "new one would tell of fewer than 5. If nobody has seen the earlier one, "
        f"remove {page} and run this again."
    )
    assert page.read_bytes() == before


def test_one_whose_numbers_changed_changes_nothing_and_five_do(tmp_path: Path) -> None:
    people = [_write_person(tmp_path / f"p{n}", n) for n in range(10)]
    counts = write_cohort(people, tmp_path / "cohort", k=5)
    before = counts.page.read_bytes()
    _write_person(people[0], 100)
    assert write_cohort(people, tmp_path / "cohort", k=5).stays != ""
    assert counts.page.read_bytes() == before
    for n in range(1, 5):
        _write_person(people[n], 100 + n)
    assert write_cohort(people, tmp_path / "cohort", k=5).stays == ""
    assert counts.page.read_bytes() != before


def test_where_more_are_asked_for_than_stand_behind_the_page_it_is_emptied(
    outs: list[Path], tmp_path: Path
) -> None:
    page = write_cohort(outs, tmp_path, k=3).page
    counts = write_cohort(outs, tmp_path, k=6)
    assert counts.stays == (
        "The earlier page showed fewer than 6 people together, and is emptied. If nobody has seen it, remove "
        f"{page} and run this again."
    )
    assert b"It takes six people" in page.read_bytes()


def test_a_page_made_anew_for_more_is_not_emptied_when_one_joins(outs: list[Path], tmp_path: Path) -> None:
    write_cohort(outs[:9], tmp_path, k=3)
    people = outs[:9]
    page = write_cohort(people, tmp_path, k=4).page
    before = page.read_bytes()
    assert write_cohort(outs, tmp_path, k=4).stays.startswith("The page stays as it was")
    assert page.read_bytes() == before


def test_of_two_people_nothing_is_shown_and_of_three_it_is_said_that_they_are_few(
    outs: list[Path], tmp_path: Path
) -> None:
    assert write_cohort(outs[:2], tmp_path, k=3) == CohortCounts(tmp_path / "report/index.html", 3)
    assert write_cohort(outs[:3], tmp_path, k=3).n_people == 3
    text = (tmp_path / "report/index.html").read_text("utf-8")
    assert "Each number here is of 3 people or more; 5 are usual." in text


def test_who_has_no_patterns_or_broken_ones_is_left_out(outs: list[Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    broken = _write_person(tmp_path / "broken", 50)
    (broken / "patterns/week.parquet").write_bytes(b"nothing")
    assert measure_out(tmp_path / "empty") is None
    assert measure_out(broken) is None
    counts = write_cohort([*outs, tmp_path / "empty", broken], tmp_path / "cohort", k=5)
    assert counts.n_people == 10


def _cut_a_page(content: dict[str, Any]) -> None:
    next(iter(content["people"].values()))["cells"].pop()


def _empty(content: dict[str, Any]) -> None:
    content.clear()


def _make_older(content: dict[str, Any]) -> None:
    content["version"] = 1


def _flatten(content: dict[str, Any]) -> None:
    content["people"] = [*content["people"]]


@pytest.mark.parametrize("damage", [_cut_a_page, _empty, _make_older, _flatten])
def test_what_the_earlier_pages_showed_must_be_readable(
    damage: Callable[[dict[str, Any]], None], outs: list[Path], tmp_path: Path
) -> None:
    write_cohort(outs, tmp_path, k=5)
    entered = tmp_path / "entered.json"
    content = json.loads(entered.read_bytes())
    damage(content)
    entered.write_text(json.dumps(content), "utf-8")
    with pytest.raises(StoreError, match=r"What the earlier cohort pages showed cannot be read .*entered"):
        write_cohort(outs, tmp_path, k=5)


def test_a_page_of_people_without_what_it_showed_is_an_error_and_stays(
    outs: list[Path], tmp_path: Path
) -> None:
    page = write_cohort(outs[:9], tmp_path, k=5).page
    before, entered = page.read_bytes(), tmp_path / "entered.json"
    entered.unlink()
    for people in (outs, outs[:2]):
        with pytest.raises(StoreError) as error:
            write_cohort(people, tmp_path, k=5)
        assert str(error.value) == (
            f"A cohort page shows people, and what it has shown of whom is missing ({entered}). Put it back "
            f"from a copy. If nobody has seen the page, remove {page} and run this again."
        )
    assert page.read_bytes() == before
    assert not entered.exists()
    page.unlink()
    assert write_cohort(outs, tmp_path, k=5).n_people == 10


def test_a_page_that_waits_needs_nothing_beside_it(outs: list[Path], tmp_path: Path) -> None:
    write_cohort(outs[:2], tmp_path, k=5)
    assert write_cohort(outs, tmp_path, k=5).n_people == 10


def test_people_are_counted_while_they_are_read(outs: list[Path], tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    write_cohort(outs, tmp_path, k=5, tell=lambda *what: told.append(what))
    assert told[0] == ("reading the people", 0, 10)
    assert told[-1] == ("drawing the people", 1, 1)
