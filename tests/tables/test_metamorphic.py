"""The same events, whatever they were written in, make the same table."""

from __future__ import annotations

import json
import shutil
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.sample import list_locales, write_sample
from pipeline.settings import Settings, ZoneSpan
from pipeline.tables.intake import take_in
from pipeline.tables.progress import silent

Table = Counter[tuple[Any, ...]]
Write = Callable[..., Path]

ERAS = ("2017", "2018", "2021", "2024", "2026")
WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)
MARKER = '<div class="outer-cell'
# Verbs before and behind, right to left, digits and hours of their own; months alone are known of af.
FEW = (("af", "html"), ("ar_EG", "html"), ("de", "json"), ("ja", "html"), ("ko", "json"))
MANNERS: tuple[dict[str, str], ...] = ({"era": "2017"}, {"era": "2026"}, {"format": "json"})


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Write the same year of events, some 700, in a manner that is asked for."""

    def write_year(**manner: Any) -> Path:
        return write_sample(
            tmp_path_factory.mktemp("archive"),
            since=date(2024, 11, 20),
            until=date(2025, 11, 19),
            per_day=2,
            seed=3,
            **{"exported": WINTER, "queries": "en", **manner},
        ).path

    return write_year


@pytest.fixture(scope="module")
def whole(write: Write) -> Path:
    """The year in Google's English of 2024."""
    return write()


@pytest.fixture(scope="module")
def expected(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Table:
    return take([whole], tmp_path_factory.mktemp("expected"))


def take(archives: Sequence[Path], out: Path, home_zone: str = "Europe/Paris") -> Table:
    """Take archives in and return what the merged table holds."""
    take_in(archives, Settings(out, (ZoneSpan(None, home_zone),), (5, 6), 0), tell=silent)
    rows = pq.read_table(out / "tables" / "activity.parquet", partitioning=None).to_pylist()
    return Counter(
        (
            int(row["time"].timestamp()),
            row["product"],
            row["action"],
            row["text"],
            None if row["action"] == "searched" else row["url"],
        )
        for row in rows
    )


def differ(found: Table, expected: Table) -> tuple[list[Any], list[Any]]:
    """Return what is missing and what is too much, a few of each."""
    missing, more = sorted(expected - found, key=str), sorted(found - expected, key=str)
    return missing[:3], more[:3]


def is_owners(key: tuple[Any, ...]) -> bool:
    """Tell texts of the owner's from Google's own words, whole or (in JSON) around a title without markup."""
    _, _, action, _, url = key
    return action == "searched" or (url is not None and action != "other")


def hide_own_words(table: Table) -> Table:
    """Leave out what Google itself says, in the language of the export."""
    hidden: Table = Counter()
    for key, n in table.items():
        hidden[key if is_owners(key) else (*key[:3], None, key[4])] += n
    return hidden


def keep_owners(table: Table) -> Table:
    return Counter({key: n for key, n in table.items() if is_owners(key)})


SAME: tuple[list[Any], list[Any]] = ([], [])


def repack(archive: Path, folder: Path, edit: Callable[[str, list[str]], dict[str, list[str]]]) -> Path:
    """Write an archive again; ``edit`` makes of a file's name and cells the files to put in its place."""
    folder.mkdir()
    path = folder / archive.name
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            head, *cells = old.read(name).decode().split(MARKER)
            for edited, kept in edit(name, cells).items():
                body = "".join(MARKER + cell for cell in kept).removesuffix("</div></body></html>")
                new.writestr(edited, f"{head}{body}</div></body></html>")
    return path


def keep_newest(share: float) -> Callable[[str, list[str]], dict[str, list[str]]]:
    return lambda name, cells: {name: cells[: round(len(cells) * share)]}


def keep_oldest(share: float) -> Callable[[str, list[str]], dict[str, list[str]]]:
    return lambda name, cells: {name: cells[len(cells) - round(len(cells) * share) :]}


def test_the_table_holds_all_that_was_written_and_each_watched_video_once(
    whole: Path, expected: Table
) -> None:
    truth = json.loads(whole.with_suffix(".truth.json").read_text("utf-8"))
    in_history = truth["files"]["YouTube and YouTube Music/history/watch-history.html"]["watched"]
    assert expected.total() == truth["entries"] - truth["undated"] - in_history
    searches = sum(n for key, n in expected.items() if key[1:3] == ("search", "searched"))
    assert searches == truth["searches"] > 500
    assert len(truth["by_month"]) == 13


@pytest.mark.parametrize("format", ["json", "mixed"])
def test_json_gives_the_table_of_html(format: str, write: Write, expected: Table, tmp_path: Path) -> None:
    assert differ(take([write(format=format)], tmp_path), expected) == SAME


@pytest.mark.slow
@pytest.mark.parametrize(
    ("locale", "zone"),
    [
        ("en_AU", "Australia/Sydney"),
        ("en_IN", "Asia/Kolkata"),
        ("es", "America/Guayaquil"),
        ("fr_CA", "America/Toronto"),
        ("pt", "America/Sao_Paulo"),
        ("zh", "Asia/Shanghai"),
    ],
)
def test_json_gives_the_table_of_html_wherever_the_owner_lives(
    locale: str, zone: str, write: Write, tmp_path: Path
) -> None:
    in_html, in_json = (
        keep_owners(
            take([write(locale=locale, home_zone=zone, format=format)], tmp_path / format, home_zone=zone)
        )
        for format in ("html", "json")
    )
    assert in_html.total() > 500
    assert differ(in_html, in_json) == SAME


def test_an_export_of_summer_gives_the_table_of_an_export_of_winter(
    write: Write, expected: Table, tmp_path: Path
) -> None:
    assert differ(take([write(exported=SUMMER)], tmp_path), expected) == SAME


@pytest.mark.parametrize("era", [ERAS[0], ERAS[-1]])
def test_the_first_era_and_the_last_give_the_same_table(
    era: str, write: Write, expected: Table, tmp_path: Path
) -> None:
    assert differ(take([write(era=era)], tmp_path), expected) == SAME


@pytest.mark.parametrize(("locale", "format"), FEW)
def test_a_locale_gives_the_table_of_english(
    locale: str, format: str, write: Write, expected: Table, tmp_path: Path
) -> None:
    found = take([write(locale=locale, format=format)], tmp_path)
    assert differ(hide_own_words(found), hide_own_words(expected)) == SAME


@pytest.mark.slow
@pytest.mark.parametrize("locale", list_locales())
def test_every_locale_gives_the_table_of_english_with_zones_and_without_and_in_json(
    locale: str, write: Write, expected: Table, tmp_path: Path
) -> None:
    tables = [take([write(locale=locale, **manner)], tmp_path / str(k)) for k, manner in enumerate(MANNERS)]
    assert [differ(hide_own_words(table), hide_own_words(expected)) for table in tables] == [SAME] * 3


def test_parts_of_an_export_and_a_file_split_in_two_give_the_table_of_the_whole(
    whole: Path, expected: Table, tmp_path: Path
) -> None:
    def keep_part(part: int) -> Callable[[str, list[str]], dict[str, list[str]]]:
        def keep(name: str, cells: list[str]) -> dict[str, list[str]]:
            if "/Search/" in name:
                half = len(cells) // 2
                second = name.replace(".html", "-2.html")
                return {name: cells[:half]} if part == 0 else {second: cells[half:]}
            return {name: cells} if len(name) % 2 == part else {}

        return keep

    parts = []
    for part in (0, 1):
        path = repack(whole, tmp_path / str(part), keep_part(part))
        parts.append(path.rename(path.with_name(path.name.replace("-1-001", f"-1-00{part + 1}"))))
    assert differ(take(parts, tmp_path / "out"), expected) == SAME


def test_two_exports_give_the_later_one_and_what_it_dropped(
    whole: Path, write: Write, expected: Table, tmp_path: Path
) -> None:
    old = repack(whole, tmp_path / "old", keep_oldest(0.7))
    new = repack(write(exported=SUMMER, era="2026"), tmp_path / "new", keep_newest(0.6))
    old_alone, new_alone = take([old], tmp_path / "1"), take([new], tmp_path / "2")
    both = take([old, new], tmp_path / "3")
    assert differ(both, expected) == SAME
    assert both == new_alone + (old_alone - new_alone)
    assert expected - old_alone
    assert expected - new_alone


def test_two_exports_of_two_eras_and_formats_give_one_table(
    write: Write, expected: Table, tmp_path: Path
) -> None:
    old = write(locale="en_GB", era="2018", exported=datetime(2025, 12, 1, tzinfo=UTC))
    new = write(locale="en", format="json", exported=SUMMER)
    assert differ(take([old, new], tmp_path), expected) == SAME


def test_a_change_of_language_between_two_exports_doubles_nothing_of_the_owners(
    write: Write, expected: Table, tmp_path: Path
) -> None:
    found = take([write(locale="de", era="2018"), write(exported=SUMMER)], tmp_path)
    assert differ(keep_owners(found), keep_owners(expected)) == SAME


def test_a_zip_a_tgz_and_a_folder_give_the_same_table_alone_and_together(
    whole: Path, expected: Table, tmp_path: Path
) -> None:
    folder, tgz = tmp_path / whole.stem, tmp_path / f"{whole.stem}.tgz"
    with zipfile.ZipFile(whole) as archive:
        archive.extractall(folder)
    with tarfile.open(tgz, "w:gz") as tar:
        tar.add(folder / "Takeout", "Takeout")
    for k, archives in enumerate(([tgz], [folder], [whole, tgz, folder])):
        assert differ(take(archives, tmp_path / str(k)), expected) == SAME


def test_the_order_of_archives_changes_no_byte_of_the_table(
    whole: Path, write: Write, tmp_path: Path
) -> None:
    old = repack(whole, tmp_path / "old", keep_oldest(0.7))
    new = repack(write(exported=SUMMER), tmp_path / "new", keep_newest(0.6))
    take([old, new], tmp_path / "together")
    take([new], tmp_path / "one by one")
    take([old], tmp_path / "one by one")
    contents = {
        (tmp_path / out / "tables" / "activity.parquet").read_bytes() for out in ("together", "one by one")
    }
    assert len(contents) == 1


def test_an_archive_that_is_given_twice_changes_nothing(whole: Path, expected: Table, tmp_path: Path) -> None:
    again = shutil.copy(whole, tmp_path / f"{whole.stem} (1).zip")
    out = tmp_path / "out"
    take([whole], out)
    content = (out / "tables" / "activity.parquet").read_bytes()
    assert differ(take([whole, again], out), expected) == SAME
    assert (out / "tables" / "activity.parquet").read_bytes() == content
