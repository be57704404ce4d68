from __future__ import annotations

import pandas as pd

from pipeline.tables.ledger import describe_files


def describe(*rows: tuple[str, str | None, bool]) -> list[list[object]]:
    frame = pd.DataFrame(
        [("20210101T000000Z", *row) for row in rows], columns=["export", "kind", "language", "copy"]
    )
    return describe_files(frame).values.tolist()


def test_an_export_says_its_files_kinds_and_languages() -> None:
    read = ("my_activity_html", "en", False)
    assert describe(read) == [["20210101T000000Z", 1, "1 file, HTML, English", 0]]
    assert describe(read, ("my_activity_html", "de", False), ("ignored", None, False)) == [
        ["20210101T000000Z", 2, "2 files, HTML, English and German", 0]
    ]


def test_copies_are_counted_apart() -> None:
    assert describe(("my_activity_html", "en", False), ("my_activity_html", "fr", True)) == [
        ["20210101T000000Z", 1, "1 file, HTML, English", 1]
    ]


def test_an_export_of_nothing_that_is_read_says_so() -> None:
    assert describe(("ignored", None, False)) == [["20210101T000000Z", 0, "0 files", 0]]


def test_a_language_that_has_no_name_is_given_by_its_code() -> None:
    assert describe(("my_activity_html", "xx-unknown", False)) == [
        ["20210101T000000Z", 1, "1 file, HTML, xx-unknown", 0]
    ]
