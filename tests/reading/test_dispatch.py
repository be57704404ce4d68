"""What a file is."""

from __future__ import annotations

from types import ModuleType

import pytest

from pipeline.reading.dispatch import Recognised, needs_head, recognise

HTML = b"<html><head><title>Something</title></head><body>"
ENTRY = b'[{\n  "header": "Suche",\n  "title": "x",\n  "time": "2020-01-01T00:00:00Z"\n}]'
WATCHED = b'[{"etag": "x", "snippet": {"playlistId": "HLxyz", "publishedAt": "2014-01-01T00:00:00.000Z"}}]'
LIKED = b'[{"etag": "x", "snippet": {"playlistId": "LLxyz", "publishedAt": "2014-01-01T00:00:00.000Z"}}]'


@pytest.mark.parametrize(
    "name",
    [
        "Meine Aktivitäten/Suche/MeineAktivitäten.html",
        "x.bin2",
        "foo.txt",
        "x",
        "a/MyActivity.json",
        "a.jpg.json.htm",
    ],
)
def test_an_activity_page_is_known_by_its_markup_whatever_its_name(pages: ModuleType, name: str) -> None:
    page = pages.write_page(pages.write_cell("Search", "x"))
    saved = b"\xef\xbb\xbf<!DOCTYPE html>\n" + page.replace(b"><div", b">\n  <div")
    assert needs_head(name)
    assert recognise(name, page) == recognise(name, saved) == Recognised("my_activity_html")


def test_a_page_without_entries_is_still_an_activity_page(pages: ModuleType) -> None:
    assert recognise("My Activity/Ads/MyActivity.html", pages.write_page("")).kind == "my_activity_html"


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("Meine Aktivitäten/Suche/MeineAktivitäten.json", ENTRY),
        ("foo.txt", b"\xef\xbb\xbf" + ENTRY),
        ("x", ENTRY),
        ("YouTube/Verlauf/Wiedergabeverlauf.json", ENTRY.replace(b"header", b"products")),
        ("Searches/x.json", b'{"event":[{"query":{"id":[]}}]}'),
        ("Chrome/x.json", b'{"Typed Url": [], "Browser History": []}'),
        ("YouTube/x.json", WATCHED),
        # by its name, where the beginning says nothing
        ("My Activity/Search/MyActivity.json", b"[]"),
        ("My Activity/Search/My Activity.json", b"[ ]"),
        ("YouTube/history/watch-history.json", LIKED),
        ("Searches/2011-01-01 January 2011 to March 2011.json", b"{}"),
        *(
            (f"Chrome/{stem}.json", b'{"Typed Url": [{"url": "https://example.org"}, ')
            for stem in (
                *("BrowserHistory", "History", "Verlauf", "Historial", "Historique", "Geschiedenis"),
                *("Histórico", "Tarih", "历史记录", "السجلّ"),
            )
        ),
    ],
)
def test_activity_in_json_is_known_by_its_keys_then_by_its_name(name: str, head: bytes) -> None:
    assert needs_head(name)
    assert recognise(name, head) == Recognised("activity_json")


@pytest.mark.parametrize(
    ("name", "head", "kind", "reason"),
    [
        ("archive_browser.html", HTML, "ignored", "the archive's own index"),
        ("Archiv_Übersicht.html", HTML, "ignored", "the archive's own index"),
        ("Chrome/Bookmarks.html", b"<!DOCTYPE NETSCAPE-Bookmark-file-1>", "ignored", "bookmarks"),
        ("Keep/a.html", b'<html><div class="note DEFAULT">', "ignored", "notes and tasks"),
        ("Keep/a.json", b'{"color":"RED","isTrashed":false}', "ignored", "notes and tasks"),
        ("YouTube/my-comments/my-comments.html", HTML, "ignored", "comments and chats"),
        ("YouTube/live chats/live chats.html", HTML, "ignored", "comments and chats"),
        (
            "Records.json",
            b'{"locations": [{"latitudeE7": 1}]}',
            "ignored",
            "location history: not read by Almanac",
        ),
        ("Fotos/IMG.json", b'{"title": "x", "photoTakenTime": {}}', "ignored", "pictures and videos"),
        ("Fit/All Data/x.json", b'{"Data Source": "x"}', "ignored", "health and fitness"),
        ("YouTube/playlists/likes.json", LIKED, "ignored", "lists of YouTube"),
        ("YouTube/abonnements.json", b'[{"kind": "youtube#subscription"}]', "ignored", "lists of YouTube"),
        ("Hangouts/Hangouts.json", b'{"conversations": [', "ignored", "messages"),
        ("Home App/x.json", b'{"accessSettings": {}}', "ignored", "settings, not activity"),
        ("Play/Installs.json", b'[{"install": {}}]', "ignored", "JSON that is not activity"),
        ("a.json", b'[{"time": "2020-01-01T00:00:00Z"}]', "ignored", "JSON that is not activity"),
        ("a.json", b'[{"header": "x", "time": 5}]', "ignored", "JSON that is not activity"),
        ("Mapas/historia.json", b'{"latitudeE7": 1}', "ignored", "location history: not read by Almanac"),
        ("Mail/All mail.mbox", b"", "ignored", "mail"),
        ("YouTube/subscriptions.csv", b"", "ignored", "tables"),
        ("a.txt", b"hello", "ignored", "documents"),
        ("takeout-2.ZIP", b"", "ignored", "an archive inside the archive"),
        ("takeout-2.zip.crdownload", b"", "ignored", "an unfinished download"),
        ("a.json", b"\xff\xfe[\0{\0", "unread", "UTF-16, where Google writes UTF-8"),
        ("a.html", b"<\0h\0t\0m\0l\0", "unread", "UTF-16, where Google writes UTF-8"),
        ("Drive/Note.html", HTML, "unknown", "HTML without activity markup"),
        ("My Activity/Ads/MyActivity.html", b"", "unknown", "an empty file"),
        ("My Activity/Ads/MyActivity.json", b"", "unknown", "an empty file"),
        ("Fit/x.weird", b"\0\1", "unknown", "unknown kind of file (.weird)"),
        ("Fit/README", b"hello", "unknown", "unknown kind of file (no extension)"),
    ],
)
def test_everything_else_has_a_reason(name: str, head: bytes, kind: str, reason: str) -> None:
    found = recognise(name, head)
    assert (found.kind, found.reason) == (kind, reason)


@pytest.mark.parametrize(
    "name",
    [
        "a.JPG",
        "a.jpg.json",
        "a.jpg(1).json",
        "a(1).jpg.json",
        "a.HEIC.supplemental-metadata.json",
        "a.mp4.supp.json",
    ],
)
def test_photos_and_what_is_noted_of_them_are_settled_without_being_opened(name: str) -> None:
    assert not needs_head(f"Google Photos/2020/{name}")
    assert recognise(f"Google Photos/2020/{name}", b"") == Recognised("ignored", "pictures and videos")
