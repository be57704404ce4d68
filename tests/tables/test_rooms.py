from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError, StoreError
from pipeline.settings import Settings
from pipeline.tables.intake import take_in
from pipeline.tables.journal import prepare_out
from pipeline.tables.rooms import MADE, NAMES, list_made

FILE = "My Activity/Search/MyActivity.html"
FOREIGN = (
    "letter.txt",
    "tables/mine.parquet",
    "tables/activity-2020.parquet",
    "tables/exports/mine/a.parquet",
    "tables/exports/notes.txt",
    "patterns/knitting.pdf",
    "patterns/mine.json",
    "models/thesis.pt",
    "charts/mine/a.png",
    "charts/paper.tex",
    "clouds/cumulus.jpg",
    "report/draft.docx",
    "sample/mine.zip",
    "prefect/mine.db",
    "cohort/names.csv",
)


def plant(out: Path) -> dict[str, str]:
    for name in FOREIGN:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(name)
    return list_foreign(out)


def list_foreign(out: Path) -> dict[str, str]:
    return {name: (out / name).read_text() for name in FOREIGN if (out / name).is_file()}


def take(settings: Settings, *paths: Path) -> None:
    take_in(paths, settings, tell=lambda what, done, total: None)


@pytest.mark.parametrize("name", [name for name in FOREIGN if "/" in name])
def test_a_folder_with_something_else_in_a_room_of_ours_is_refused_and_left_alone(
    settings: Settings, put_archive: Callable[..., Path], name: str
) -> None:
    (settings.out / name).parent.mkdir(parents=True)
    (settings.out / name).write_text(name)
    with pytest.raises(StoreError) as caught:
        take(settings, put_archive({FILE: []}))
    assert str(caught.value) == (
        f"This folder holds something else under the name {name.split('/')[0]}, to which Almanac would write "
        f"({settings.out}). Use another --out, or move it away."
    )
    left = [path.relative_to(settings.out).as_posix() for path in settings.out.rglob("*") if path.is_file()]
    assert left == [name]


@pytest.mark.parametrize("name", NAMES)
def test_so_is_a_file_where_a_room_would_be_and_an_empty_folder_is_not(settings: Settings, name: str) -> None:
    settings.out.mkdir()
    (settings.out / name).touch()
    with pytest.raises(StoreError, match=f"something else under the name {name},"):
        prepare_out(settings.out)
    (settings.out / name).unlink()
    (settings.out / name).mkdir()
    prepare_out(settings.out)


def test_an_intake_that_ends_well_or_fails_leaves_what_others_put_into_our_rooms(
    settings: Settings, put_archive: Callable[..., Path], days: list[object]
) -> None:
    prepare_out(settings.out)
    foreign = plant(settings.out)
    with pytest.raises(ArchiveError):
        take(settings, put_archive({"a.jpg": b"x"}))
    assert list_foreign(settings.out) == foreign
    take(settings, put_archive({FILE: days}))
    assert list_foreign(settings.out) == foreign and len(foreign) == len(FOREIGN)


def test_a_folder_that_lost_its_run_json_is_ours_by_its_tables(
    settings: Settings, put_archive: Callable[..., Path], days: list[object]
) -> None:
    take(settings, archive := put_archive({FILE: days}))
    (settings.out / "charts").mkdir()
    (settings.out / "charts" / "years.png").touch()
    (settings.out / "run.json").unlink()
    take(settings, archive)
    assert not (settings.out / "charts").exists()


def test_a_folder_of_a_cohort_that_lost_its_run_json_is_ours_by_its_people(tmp_path: Path) -> None:
    person = tmp_path / "cohort" / "people" / "ann"
    person.mkdir(parents=True)
    with pytest.raises(StoreError, match="something else under the name cohort"):
        prepare_out(tmp_path)
    prepare_out(person)
    prepare_out(tmp_path)


def test_the_outputs_of_a_checkout_are_ours_also_without_run_json(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "takeout-almanac"\n')
    (tmp_path / "outputs" / "charts").mkdir(parents=True)
    (tmp_path / "outputs" / "charts" / "years.png").touch()
    prepare_out(tmp_path / "outputs")


def test_neither_a_link_nor_what_it_leads_to_is_ours(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "a.png").touch()
    for room in ("charts", "clouds"):
        (tmp_path / "out" / room).mkdir(parents=True)
    (tmp_path / "out" / "clouds" / "b.png").symlink_to(theirs / "a.png")
    (tmp_path / "out" / "charts").rmdir()
    (tmp_path / "out" / "charts").symlink_to(theirs)
    assert [list_made(tmp_path / "out", room) for room in MADE] == [[]] * 4
