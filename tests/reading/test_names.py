from __future__ import annotations

import pytest

from pipeline.reading.names import clean_name, leads_out


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Takeout/My Activity/Search/MyActivity.html", "My Activity/Search/MyActivity.html"),
        ("takeout-2025/Takeout/Maps/x.html", "Maps/x.html"),
        ("takeout/x.html", "x.html"),
        ("Takeout/Drive/Takeout/x.html", "Drive/Takeout/x.html"),
        ("./Takeout\\Maps\\x.html", "Maps/x.html"),
        ("My Activity/x.html", "My Activity/x.html"),
        ("Takeout/Meine Aktivita\u0308ten/x.html", "Meine Aktivitäten/x.html"),
        ("Takeout/Drive/a..b.html", "Drive/a..b.html"),
        ("Takeout/My\u00a0Activity/My Activity.html", "My Activity/My Activity.html"),
        ("Takeout/YouTube et YouTube\u202fMusic/a  \u00a0b.html", "YouTube et YouTube Music/a b.html"),
        ("Archiv/Takeout/Meine Aktivitäten/x.html", "Meine Aktivitäten/x.html"),
        ("Takeout/نشاطي/x.html", "نشاطي/x.html"),
        ("Takeout/a\udcff.html", "a\ufffd.html"),
        ("Takeout/a\x1b[31m\n\x07\u202e/b\x9b.html", "a\ufffd[31m\ufffd\ufffd\ufffd/b\ufffd.html"),
        ("__MACOSX/Takeout/x.html", None),
        ("Takeout/__MACOSX/x.html", None),
        ("Takeout/._x.html", None),
        ("Takeout/.DS_Store", None),
        ("", None),
    ],
)
def test_names_come_out_below_takeout_and_litter_not_at_all(name: str, expected: str | None) -> None:
    assert clean_name(name) == expected
    assert not leads_out(name)


@pytest.mark.parametrize(
    "name",
    [
        *("/etc/passwd", "\\etc\\passwd", "C:/x.html", "c:x.html", "..", "Takeout/../../x.html"),
        *("Takeout\\..\\x.html", "Takeout/x.html\0.jpg"),
    ],
)
def test_names_that_lead_out_of_the_archive_are_told(name: str) -> None:
    assert leads_out(name)
