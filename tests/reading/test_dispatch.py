"""What a file is."""

from __future__ import annotations

from types import ModuleType

import pytest

from pipeline.reading.dispatch import Recognised, needs_head, recognise

HTML = b"<html><head><title>Something</title></head><body>"


def test_an_activity_page_is_known_by_its_markup_whatever_its_name(pages: ModuleType) -> None:
    page = pages.write_page(pages.write_cell("Search", "x"))
    assert recognise("Meine Aktivitäten/Suche/MeineAktivitäten.html", page) == Recognised("my_activity_html")
    assert recognise("x.bin2", b"\xef\xbb\xbf" + page) == Recognised("my_activity_html")


def test_a_page_without_entries_is_still_an_activity_page(pages: ModuleType) -> None:
    assert recognise("My Activity/Ads/MyActivity.html", pages.write_page("")).kind == "my_activity_html"


@pytest.mark.parametrize(
    ("name", "head", "kind", "reason"),
    [
        ("archive_browser.html", HTML, "ignored", "the archive's own index"),
        ("Archiv_Übersicht.html", HTML, "ignored", "the archive's own index"),
        ("Keep/Note.html", HTML, "unknown", "HTML without activity markup"),
        ("My Activity/Ads/MyActivity.html", b"", "unknown", "an empty file"),
        ("Google Photos/a.JPG", b"", "ignored", "not activity (.jpg)"),
        ("Mail/All mail.mbox", b"", "ignored", "not activity (.mbox)"),
        ("Fit/x.weird", b"\0\1", "unknown", "unknown kind of file (.weird)"),
        ("Fit/README", b"hello", "unknown", "unknown kind of file (no extension)"),
        ("Google Photos/a.jpg.json", b'{"title": "a"}', "ignored", "not activity (.json)"),
        ("My Activity/Search/MyActivity.json", b"[]", "unread", "JSON activity is not read yet"),
        ("My Activity/Search/My Activity.json", b"[]", "unread", "JSON activity is not read yet"),
        ("YouTube/history/watch-history.json", b"[]", "unread", "JSON activity is not read yet"),
        ("Chrome/History.json", b"{}", "unread", "JSON activity is not read yet"),
        (
            "Meine Aktivitäten/Suche/MeineAktivitäten.json",
            b'[{"header": "Search", "title": "x", "time": "2020-01-01T00:00:00Z"}]',
            "unread",
            "JSON activity is not read yet",
        ),
        ("Searches/x.json", b'{"event":[{"query":{"id":[]}}]}', "unread", "JSON activity is not read yet"),
        ("Chrome/Verlauf.json", b'{"Browser History": []}', "unread", "JSON activity is not read yet"),
    ],
)
def test_everything_else_has_a_reason(name: str, head: bytes, kind: str, reason: str) -> None:
    found = recognise(name, head)
    assert (found.kind, found.reason) == (kind, reason)


def test_photos_are_settled_without_being_opened() -> None:
    assert not needs_head("Google Photos/a.JPG")
    assert needs_head("My Activity/Search/MyActivity.html")
    assert needs_head("something")
