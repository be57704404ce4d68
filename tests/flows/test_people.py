"""Who is in a teacher's folder: people by sub-folder, stamp or file, and nothing else that lies there."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from flows.people import Person, find_archives_of, find_people, name_outs, show_name
from pipeline.errors import ArchiveError, SettingsError

STAMPED = "takeout-20251120T081500Z"


def put(path: Path, content: bytes = b"PK") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def put_zip(path: Path, member: str, content: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "class"
    made.mkdir()
    return made


def list_names(folder: Path) -> list[str]:
    return [person.name for person in find_people(folder, folder.parent / "out").persons]


def list_archives(folder: Path, name: str) -> list[str]:
    person = next(p for p in find_people(folder, folder.parent / "out").persons if p.name == name)
    found = find_archives_of(person, folder.parent / "out")
    return [path.relative_to(folder).as_posix() for path in found]


def test_each_sub_folder_is_a_person_and_loose_archives_are_grouped_by_stamp_or_name(folder: Path) -> None:
    (folder / "Anna").mkdir()
    one, two = put(folder / f"{STAMPED}-001.zip"), put(folder / f"{STAMPED}-002.tgz")
    unpacked = folder / f"{STAMPED}-003"
    unpacked.mkdir()
    own = put(folder / "ben.tar.gz")
    people = find_people(folder, folder.parent / "out")
    assert people.persons == (
        Person("20251120T081500Z", None, (one, two, unpacked)),
        Person("Anna", folder / "Anna"),
        Person("ben", None, (own,)),
    )
    assert people.passed_over == ()


def test_a_zip_beside_the_folder_of_its_name_is_the_same_persons(folder: Path) -> None:
    packed, unpacked = put(folder / "anna.zip"), put(folder / "anna" / "Takeout" / "x.html").parents[1]
    assert find_people(folder, folder.parent / "out").persons == (Person("anna", unpacked, (packed,)),)
    assert list_archives(folder, "anna") == ["anna/Takeout", "anna.zip"]


def test_what_systems_and_browsers_leave_is_nobody(folder: Path) -> None:
    (folder / "anna").mkdir()
    for name in (".DS_Store", "desktop.ini", "Thumbs.db", "ben.zip.crdownload", "list.xlsx", ".hidden.zip"):
        put(folder / name)
    for name in ("$RECYCLE.BIN", "System Volume Information", "__MACOSX", "lost+found", ".Trashes"):
        (folder / name).mkdir()
    assert list_names(folder) == ["anna"]


def test_links_and_almanacs_own_folders_are_passed_over_by_name(folder: Path) -> None:
    elsewhere = put(folder.parent / "elsewhere" / "anna.zip")
    (folder / "linked").symlink_to(elsewhere.parent)
    (folder / "linked.zip").symlink_to(elsewhere)
    (folder / "gone").symlink_to(folder.parent / "nowhere")
    put(folder / "tables" / "run.json", b'{"almanac": "1"}')
    put(folder / "outputs" / "cohort" / "x")
    put(folder / "notes" / "run.json", b"[1]")
    put(folder / "torn" / "run.json", b"{")
    people = find_people(folder, folder / "outputs" / "cohort")
    assert [person.name for person in people.persons] == ["notes", "torn"]
    assert people.passed_over == ("linked", "linked.zip", "outputs", "tables")


def test_without_anybody_the_error_says_what_to_give(folder: Path) -> None:
    put(folder / ".DS_Store")
    with pytest.raises(SettingsError) as caught:
        list_names(folder)
    assert str(caught.value) == (
        f"Nobody's archive is here ({folder}). Give a folder with a sub-folder for each person, or with one "
        "takeout-….zip of each."
    )


@pytest.mark.parametrize("name", ["missing", "file.zip"])
def test_what_is_no_folder_is_refused(folder: Path, name: str) -> None:
    put(folder / "file.zip")
    with pytest.raises(SettingsError, match=r"^The folder of archives cannot be read: (No such|Not a)"):
        list_names(folder / name)


def test_the_output_folder_itself_is_refused(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"^This is the output folder .* or another --out.$"):
        find_people(folder, folder / "cohort")


def test_archives_are_found_at_any_reasonable_depth_and_links_are_not_followed(folder: Path) -> None:
    put(folder / "anna" / f"{STAMPED}-001.zip")
    put(folder / "anna" / "usb" / "more" / f"{STAMPED}-002.zip")
    put(folder / "anna" / "usb" / "Takeout 2" / "My Activity" / "takeout-20201120T081500Z.zip")
    put(folder / "anna" / "usb" / "holiday.zip")
    put(folder / "anna" / "a" / "b" / "c" / "d" / f"{STAMPED}-003.zip")
    put(folder / "anna" / ".Trash" / f"{STAMPED}-004.zip")
    put(folder / "anna" / "outputs" / "run.json", b'{"almanac": "1"}')
    put(folder / "anna" / "outputs" / f"{STAMPED}-005.zip")
    put(folder / "ben" / f"{STAMPED}-006.zip")
    (folder / "anna" / "link").symlink_to(folder / "ben")
    assert list_archives(folder, "anna") == [
        f"anna/{STAMPED}-001.zip",
        "anna/usb/Takeout 2",
        f"anna/usb/more/{STAMPED}-002.zip",
    ]


def test_archives_by_another_name_count_where_they_hold_activity(folder: Path) -> None:
    entry = '[{"header": "Search", "title": "Searched for x", "time": "2025-01-01T00:00:00Z"}]'
    put_zip(folder / "anna" / "mine.zip", "Takeout/My Activity/Search/MyActivity.json", entry)
    put_zip(folder / "anna" / "photos.zip", "Takeout/photo.txt")
    assert list_archives(folder, "anna") == ["anna/mine.zip"]


def test_a_zip_that_cannot_be_opened_is_given_all_the_same_where_it_is_all_there_is(folder: Path) -> None:
    put(folder / "anna" / "broken.zip")
    assert list_archives(folder, "anna") == ["anna/broken.zip"]


def test_a_folder_with_pages_is_itself_what_was_unpacked(folder: Path) -> None:
    put(folder / "anna" / "My Activity" / "Search" / "MyActivity.html")
    assert list_archives(folder, "anna") == ["anna"]


def test_an_empty_folder_says_what_to_put_there(folder: Path) -> None:
    (folder / "anna").mkdir()
    with pytest.raises(ArchiveError) as caught:
        list_archives(folder, "anna")
    assert str(caught.value) == (
        f"This folder holds no Takeout archive ({folder / 'anna'}). Put the takeout-….zip there, or the "
        "folder that it was unpacked to."
    )


def test_names_that_some_system_takes_for_one_get_folders_of_their_own() -> None:
    outs = name_outs(["anna", "Anna", "Zo\u00eb", "Zoe\u0308"], ())
    assert outs["Anna"] == "Anna"
    assert outs["anna"] == "anna-55579b55"
    assert len({name.casefold() for name in outs.values()}) == 4


def test_a_folder_that_exists_keeps_its_person_whoever_comes_or_goes() -> None:
    assert name_outs(["Anna", "anna"], ["anna"]) == {"anna": "anna", "Anna": "Anna-bf4fccd6"}
    assert name_outs(["Anna"], ["anna", "Anna-bf4fccd6"]) == {"Anna": "Anna-bf4fccd6"}
    assert name_outs(["Anna"], ["anna"]) == {"Anna": "Anna-bf4fccd6"}
    assert name_outs(["Anna"], ["Anna-bf4fccd6"]) == {"Anna": "Anna-bf4fccd6"}
    assert name_outs(["Anna"], ["Anna", "anna"]) == {"Anna": "Anna"}


def test_a_name_cannot_steer_a_terminal() -> None:
    assert show_name("Zoë \x1b[2J\n🙂") == "Zoë �[2J�🙂"
