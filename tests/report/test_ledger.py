from __future__ import annotations

import pandas as pd

from pipeline.report.contents import Books, Contents
from pipeline.report.ledger import KEPT, KEPT_ONE, Line, describe_set_aside, lay_out_books


def test_the_ledger_is_written_as_a_bank_statement(books: Books) -> None:
    ledger = lay_out_books(books)
    assert ledger.rows == (
        Line("14 Jun 2023", "1 file, HTML, English", "28,911", "0", "5", "28,906", "28,906"),
        Line(
            "20 Nov 2025",
            "2 files, HTML, English; 1 copy left out",
            "63,431",
            "51,874",
            "11",
            "11,546",
            "40,452",
        ),
    )
    assert (ledger.made, ledger.balance) == ("20 November 2025", "40,452")


def test_what_was_set_aside_is_told_with_its_reasons(books: Books) -> None:
    assert lay_out_books(books).set_aside == (
        "Set aside: 11 entries: 7 (no date) and 4 (unknown form). " + KEPT
    )


def test_one_reason_needs_no_list(books: Books) -> None:
    reasons = books.reasons.head(1).assign(n=1)
    assert describe_set_aside(reasons, books.exports) == ("Set aside: 1 entry (no date). " + KEPT_ONE)


def test_nothing_set_aside_is_said_too(books: Books) -> None:
    assert describe_set_aside(books.reasons.head(0), books.exports) == "Nothing was set aside."


def test_reasons_of_all_exports_are_summed(books: Books) -> None:
    earlier = books.reasons.head(1).assign(export="20230614T081500Z", n=5)
    assert describe_set_aside(pd.concat([books.reasons, earlier]), books.exports) == (
        "Set aside: 16 entries: 12 (no date) and 4 (unknown form). " + KEPT
    )


def test_files_that_were_not_read_are_listed_with_what_could_matter_first(books: Books) -> None:
    ledger = lay_out_books(books)
    assert ledger.unread_text == "11 files were not read."
    assert ledger.unread == (
        ("Not read yet", "JSON activity is not read yet", "4"),
        ("Left out on purpose", "a picture", "7"),
    )


def test_what_was_not_certain_is_noted(books: Books) -> None:
    assert lay_out_books(books).notes == ("12 entries print CST.", "my <page>.html: a note.")


def test_without_an_export_there_is_nothing_to_say(empty_contents: Contents) -> None:
    ledger = lay_out_books(empty_contents.books)
    assert (ledger.rows, ledger.set_aside, ledger.unread_text, ledger.notes, ledger.made) == (
        (),
        "",
        "",
        (),
        "",
    )
