from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.steps.ingest import ingest
from flows.terminal_ledger import lay_out_ledger, list_ledger
from pipeline.settings import load_settings

EXPORT = {"export": "20210601T080000Z", "files": "2 files, HTML and JSON, English", "n_copies": 0}
OLD = {**EXPORT, "found": 341, "known": 0, "set_aside": 1, "new": 340, "balance": 340}
NEW = {
    **EXPORT, "export": "20231101T080000Z", "n_copies": 1, "found": 1_200_510, "known": 110,
    "set_aside": 200, "new": 1_200_200, "balance": 1_200_540,
}  # fmt: skip
NOTHING: dict[str, Any] = {"exports": [], "set_aside": [], "not_read": [], "notes": []}


def test_an_export_is_a_line_of_figures_and_one_of_words() -> None:
    assert lay_out_ledger({**NOTHING, "exports": [OLD, NEW]}, 80) == [
        "Ledger",
        "",
        "Export          Found  Known  Set aside        New    Balance",
        "─────────────────────────────────────────────────────────────",
        "1 Jun 2021        341      0          1        340        340",
        "  2 files, HTML and JSON, English",
        "1 Nov 2023  1,200,510    110        200  1,200,200  1,200,540",
        "  2 files, HTML and JSON, English; 1 copy left out",
    ]


def test_below_stand_the_reasons_by_how_many_and_what_is_unknown_before_what_does_not_matter() -> None:
    not_read = [
        {"kind": "ignored", "reason": "sounds", "n": 1},
        {"kind": "unknown", "reason": "HTML without activity markup", "n": 1},
        {"kind": "ignored", "reason": "pictures and videos", "n": 1540},
    ]
    aside = [{"reason": "damaged member", "n": 1}, {"reason": "no date in a known form", "n": 1200}]
    assert lay_out_ledger({**NOTHING, "not_read": not_read, "set_aside": aside}, 80)[4:] == [
        "",
        "Set aside: 1,201 entries that could not be read; the bytes are kept",
        "  1,200  no date in a known form",
        "      1  damaged member",
        "",
        "Unknown to Almanac: 1 file",
        "  1  HTML without activity markup",
        "",
        "Left out on purpose: 1,541 files",
        "  1,540  pictures and videos",
        "      1  sounds",
    ]


def test_a_long_tail_is_summed() -> None:
    not_read = [{"kind": "ignored", "reason": f"kind {k:02}", "n": 30 - k} for k in range(20)]
    lines = lay_out_ledger({**NOTHING, "not_read": not_read}, 80)
    assert lines[-2:] == ["   23  kind 07", "  198  of 12 more kinds"]
    assert lines[5] == "Left out on purpose: 410 files"


def test_long_notes_hang_and_no_line_is_too_wide() -> None:
    lines = lay_out_ledger({**NOTHING, "notes": ["word " * 30, "a note"], "exports": [OLD, NEW]}, 60)
    assert lines[-4:] == [
        "  –  " + "word " * 10 + "word",
        "     " + "word " * 10 + "word",
        "     " + "word " * 7 + "word",
        "  –  a note",
    ]
    assert max(map(len, lines[8:])) <= 60


def test_the_ledger_of_a_sample_is_complete(tmp_path: Path, tiny_archive: Path) -> None:
    settings = load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})
    counts = ingest([str(tiny_archive)], settings)
    ledger = list_ledger(settings.out)
    (line,) = ledger["exports"]
    assert line["found"] == line["known"] + line["set_aside"] + line["new"] == counts.seen
    assert sum(reason["n"] for reason in ledger["set_aside"]) == line["set_aside"]
    assert line["n_files"] + sum(kind["n"] for kind in ledger["not_read"]) == counts.n_files
    assert set(ledger) == {
        "exports", "set_aside", "not_read", "copies", "left_out", "twice", "guessed_zones",
        "unknown_headers", "notes",
    }  # fmt: skip
