"""The sample and the owner's own archives never share tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest

from flows.progress import Watcher
from flows.sample_place import find_sample, keep_apart, makes_way, put_sample
from flows.steps.ingest import ingest
from pipeline.errors import ArchiveError, SettingsError, StoreError
from pipeline.settings import Settings
from pipeline.tables.journal import READS, Input, Journal, StepRecord, commit_journal, read_journal
from pipeline.tables.store import Store


@pytest.fixture
def out(settings: Settings) -> Path:
    return settings.out


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Count the samples that are written, each of two bytes."""
    folders: list[Path] = []

    def write_sample(dest: Path) -> SimpleNamespace:
        folders.append(dest)
        (dest / "takeout-1.zip").write_bytes(b"PK")
        (dest / "takeout-1.truth.json").write_text("{}")
        return SimpleNamespace(path=dest / "takeout-1.zip")

    monkeypatch.setattr("pipeline.sample.write_sample", write_sample)
    return folders


def fill(out: Path, *paths: Path) -> Journal:
    """Pretend that archives were taken in and everything made of them."""
    inputs = tuple(Input(str(path), 1, 1, f"digest {path.name}", "export", path.stem) for path in paths)
    steps = {step: StepRecord("digest", {}, 0.0, {}) for step in READS}
    commit_journal(out, replace(read_journal(out), inputs=inputs, steps=steps))
    files = ("patterns/a.parquet", "models/a.npz", "charts/page/a.svg", "clouds/a.png", "report/index.html")
    for name in (
        "tables/file",
        *files,
        "sample/takeout-1.zip",
        "sample/takeout-1.truth.json",
        "prefect/file",
    ):
        (out / name).parent.mkdir(exist_ok=True, parents=True)
        (out / name).touch()
    return read_journal(out)


def list_rooms(out: Path) -> set[str]:
    return {path.name for path in out.iterdir() if path.is_dir()}


def test_the_owners_first_archive_takes_the_samples_place_in_one_commit(
    out: Path, settings: Settings, tiny_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, rooms = fill(out, out / "sample" / "takeout-1.zip"), list_rooms(out)

    def fail(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr("pipeline.tables.intake.merge_parts", fail)
        ingest([str(tiny_archive)], settings)
    assert (read_journal(out), list_rooms(out)) == (before, rooms)
    counts = ingest([str(tiny_archive)], settings)
    journal = read_journal(out)
    assert counts.new_rows == counts.rows == len(Store(out).activity()) > 0
    assert [archive.path for archive in journal.inputs] == [str(tiny_archive)]
    assert (list(journal.steps), journal.owns_folder) == (["ingest"], before.owns_folder)
    assert list_rooms(out) == {"tables", "report", "sample", "prefect"}


def test_the_sample_stays_while_nothing_can_take_its_place(
    out: Path, settings: Settings, tmp_path: Path
) -> None:
    before, rooms = fill(out, out / "sample" / "takeout-1.zip"), list_rooms(out)
    with ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("Takeout/Google Photos/a.json", "{}")
    (tmp_path / "broken.zip").write_bytes(b"PK, but no archive")
    assert not makes_way(out, [str(tmp_path / "photos.zip")])
    for name in ("broken.zip", "not-there.zip"):
        with pytest.raises(ArchiveError):
            makes_way(out, [str(tmp_path / name)])
        with pytest.raises(ArchiveError):
            ingest([str(tmp_path / name)], settings)
    assert (read_journal(out), list_rooms(out)) == (before, rooms)


def test_the_sample_never_joins_archives_of_the_owners(out: Path) -> None:
    before = fill(out, Path("/home/ann/takeout-2.zip"))
    with pytest.raises(SettingsError) as caught:
        keep_apart(out, [str(out / "sample")])
    assert str(caught.value) == (
        f"These tables hold archives of your own ({out}). Give the sample another folder: --out."
    )
    assert read_journal(out) == before


@pytest.mark.parametrize(
    ("inside", "coming"),
    [
        (["sample/takeout-1.zip"], ["sample"]),
        (["sample/takeout-1.zip"], []),
        (["/home/ann/takeout-2.zip"], ["/home/ann/takeout-3.zip"]),
        (["/home/ann/takeout-2.zip"], []),
        ([], ["sample"]),
        ([], ["/home/ann/takeout-2.zip"]),
    ],
)
def test_otherwise_nothing_is_touched(out: Path, inside: list[str], coming: list[str]) -> None:
    before = fill(out, *(out / name for name in inside))
    rooms = list_rooms(out)
    keep_apart(out, [str(out / name) for name in coming])
    assert not makes_way(out, [str(out / name) for name in coming])
    assert (read_journal(out), list_rooms(out)) == (before, rooms)


REFUSED = (
    "Something that is not the sample lies in its place ({}). "
    "Move it to another folder, or use another --out."
)


@pytest.mark.parametrize("name", ["takeout-20240101T000000Z-1-001.zip", "letter.txt", "mine/a.zip"])
def test_what_the_owner_put_into_the_samples_place_is_neither_taken_for_it_nor_removed(
    out: Path, written: list[Path], name: str
) -> None:
    (out / "sample" / name).parent.mkdir(parents=True)
    (out / "sample" / name).write_text("mine")
    assert find_sample(out) is None
    with pytest.raises(StoreError) as caught:
        put_sample(out, Watcher())
    assert str(caught.value) == REFUSED.format(out / "sample")
    assert ((out / "sample" / name).read_text(), written) == ("mine", [])


def test_an_archive_of_the_owners_in_the_samples_place_is_not_taken_in(
    out: Path, written: list[Path]
) -> None:
    put_sample(out, Watcher())
    (out / "sample" / "takeout-2.zip").touch()
    for given in ("sample", "sample/takeout-2.zip", "sample/*.zip"):
        with pytest.raises(StoreError) as caught:
            keep_apart(out, [str(out / given)])
        assert str(caught.value) == REFUSED.format(out / "sample")
    keep_apart(out, ["/home/ann/takeout-3.zip"])
    assert find_sample(out) == out / "sample" / "takeout-1.zip"


def test_an_empty_folder_gives_way_to_the_sample(out: Path, written: list[Path]) -> None:
    (out / "sample").mkdir()
    assert put_sample(out, Watcher()) == out / "sample" / "takeout-1.zip" == find_sample(out)


def test_the_sample_is_written_once(out: Path, written: list[Path]) -> None:
    assert find_sample(out) is None
    watcher = Watcher()
    path = out / "sample" / "takeout-1.zip"
    assert put_sample(out, watcher) == path == find_sample(out)
    assert put_sample(out, Watcher()) == path
    assert written == [out / ".almanac-sample"]
    assert list(watcher.done) == ["sample"]
    assert (out / "sample").stat().st_mode & 0o077 == 0


def test_a_sample_that_a_killed_run_left_unfinished_is_written_anew(out: Path, written: list[Path]) -> None:
    (out / ".almanac-sample").mkdir()
    (out / ".almanac-sample" / "takeout-0.zip").write_bytes(b"P")
    put_sample(out, Watcher())
    names = sorted(path.name for path in (out / "sample").iterdir())
    assert names == ["takeout-1.truth.json", "takeout-1.zip"]
    assert not (out / ".almanac-sample").exists()
