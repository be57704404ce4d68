"""Archives made to harm, through the command: no traceback, the sound page beside them read, a clear word."""

from __future__ import annotations

import io
import re
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.commands import app
from pipeline.tables.store import Store

CELL = '<div class="content-cell mdl-cell mdl-cell--'
N_SOUND = 99
DATE = "Feb 14, 2026, 7:00:00 AM UTC"
SOUND_NAME, NAME = "Takeout/My Activity/Search/MyActivity.html", "Takeout/My Activity/Maps/MyActivity.html"


def write_cell(title: str, date: str = DATE) -> str:
    return (
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        '<div class="header-cell mdl-cell mdl-cell--12-col">'
        '<p class="mdl-typography--title">Search<br></p></div>'
        f'{CELL}6-col mdl-typography--body-1">Searched for\xa0{title}<br>{date}</div>'
        f'{CELL}6-col mdl-typography--body-1 mdl-typography--text-right"></div>'
        f'{CELL}12-col mdl-typography--caption"><b>Products:</b><br>&emsp;Search<br></div></div></div>'
    )


def write_page(*cells: str) -> bytes:
    head = '<html><head><title>My Activity History</title></head><body><div class="mdl-grid">'
    return f"{head}{''.join(cells)}</div></body></html>".encode()


SOUND = write_page(*(write_cell(f"query {k}", f"Feb 13, 2026, 7:{k:02}:00 AM UTC") for k in range(60)))
SOUND = SOUND.replace(b"</div></body></html>", b"") + write_page(
    *(write_cell(f"query {k}", f"Feb 12, 2026, 7:{k - 60:02}:00 AM UTC") for k in range(60, N_SOUND))
)


def write_zip(path: Path, members: dict[str, bytes | str], mode: int = stat.S_IFREG) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name is there twice
        archive.writestr(SOUND_NAME, SOUND)
        for name, content in members.items():
            info = zipfile.ZipInfo(name.removesuffix("#"))
            info.create_system, info.external_attr = 3, mode << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)


def climb(path: Path) -> None:
    write_zip(path, dict.fromkeys(("../../evil.html", "/etc/evil.html", "C:\\evil.html"), SOUND))


def link(path: Path) -> None:
    write_zip(path, {NAME: "/etc/passwd"}, stat.S_IFLNK | 0o777)


def give_a_device(path: Path) -> None:
    write_zip(path, {NAME: "/etc/passwd"}, stat.S_IFCHR | 0o644)


def name_twice(path: Path) -> None:
    write_zip(path, {f"{SOUND_NAME}#": write_page(write_cell("x"))})


def lie_about_size(path: Path) -> None:
    write_zip(path, {NAME: write_page(write_cell("x"))})
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(content)


def explode(path: Path) -> None:
    write_zip(path, {NAME: b'<html><div class="outer-cell' + bytes(80 << 20)})


def nest(path: Path) -> None:
    deep = b'[{"header":"Search","title":"x","time":"2026-02-14T07:00:00Z","a":' + b"[" * 99_999
    name = "Takeout/My Activity/Ads/MyActivity.json"
    write_zip(path, {NAME: write_page(write_cell("<div>" * 10_000 + "x" + "</div>" * 10_000)), name: deep})


def break_text(path: Path) -> None:
    page = write_page(write_cell("x")).replace(b"x<br>", b"\xff\xfe\xed\xa0\x80\0x<br>")
    json = b'[{"header":"Se\\ud800","title":"\\u0000\xff","time":"2026-02-14T07:00:00Z"}]'
    write_zip(path, {NAME: page, "Takeout/My Activity/Ads/MyActivity.json": json})


def give_only_nuls(path: Path) -> None:
    write_zip(path, {NAME: bytes(1 << 20), "Takeout/My Activity/Ads/MyActivity.json": bytes(1 << 20)})


def write_entities(path: Path) -> None:
    endless = ("&#" + "1" * 10_000 + ";", "&amp" * 50_000, "&" * 50_000, "&#" * 50_000)
    write_zip(path, {NAME: write_page(*map(write_cell, endless))})


def write_endless_numbers(path: Path) -> None:
    entry = b'{"header":"Search","title":"x","time":"%s","n":%s}'
    times = (b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00")
    entries = [entry % (time, b"1") for time in times] + [entry % (b"2026-02-14T07:00:00Z", b"9" * 9_999)]
    history = b'{"Browser History":[{"title":"x","url":"https://x.example","time_usec":1e400}]}'
    name = "Takeout/My Activity/Ads/MyActivity.json"
    write_zip(path, {name: b"[" + b",".join(entries) + b"]", "Takeout/Chrome/History.json": history})


def command_the_terminal(path: Path) -> None:
    page = write_page(write_cell("x"), write_cell("y", "the ides of March"))
    write_zip(path, {"Takeout/My Activity/\x1b[31m\x07\u202e\n/MyActivity.html": page})


def flip(path: Path) -> None:
    write_zip(path, {NAME: SOUND})
    content = path.read_bytes()
    at = content.rindex(b"PK\x03\x04") + 150
    path.write_bytes(content[:at] + bytes(40) + content[at + 40 :])


def cut_off(path: Path) -> None:
    write_zip(path, {NAME: SOUND})
    path.write_bytes(path.read_bytes()[:-400])


def climb_from_a_tgz(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, kind in (
            (SOUND_NAME, tarfile.REGTYPE),
            ("a.html", tarfile.LNKTYPE),
            ("b", tarfile.FIFOTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            member.size = len(SOUND) if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(SOUND))


HARMS: list[tuple[Callable[[Path], None], int, int, str]] = [  # entries more, status, what is told
    (climb, 0, 0, "3 a path that leads out of the archive"),
    (link, 0, 0, "1 a link, which is not followed"),
    (give_a_device, 0, 0, "1 neither a file nor a folder"),
    (name_twice, 0, 0, "1 a second file of this name"),
    (lie_about_size, 1, 1, "not read from its byte"),
    (explode, 0, 1, "inflates beyond all measure"),
    (nest, 1, 1, "nested too deeply"),
    (break_text, 2, 0, "New"),
    (give_only_nuls, 0, 0, "New"),
    (write_entities, 2, 1, "1 markup that no parser reads"),
    (write_endless_numbers, 0, 1, "3 no date in a known form"),
    (command_the_terminal, 1, 1, "no date in a known form"),
    (flip, 0, 1, "damaged member"),
    (cut_off, 0, 1, "it ends at byte"),
    (climb_from_a_tgz, 0, 0, "1 a link, which is not followed"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("harm", "n_more", "status", "told"), HARMS, ids=[row[0].__name__ for row in HARMS])
def test_a_hostile_archive_ends_in_a_clear_word_and_costs_no_sound_entry(
    tmp_path: Path, harm: Callable[[Path], None], n_more: int, status: int, told: str
) -> None:
    path = tmp_path / f"takeout-20260214T080000Z-001.{'tgz' if harm is climb_from_a_tgz else 'zip'}"
    harm(path)
    words = ("ingest", path, "--out", tmp_path / "out", "--home-zone", "Europe/Paris")
    result = CliRunner().invoke(app, [str(word) for word in words])
    said = " ".join(result.output.split())
    assert (result.exit_code, told in said, "Traceback" in said) == (status, True, False), result.output
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", result.output) is None
    assert len(Store(tmp_path / "out").activity()) == N_SOUND + n_more
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", path.name]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04", b"\x1f\x8b" + bytes(20)])
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "takeout-20260214T080000Z-001.zip"
    path.write_bytes(content)
    result = CliRunner().invoke(app, ["ingest", str(path), "--out", str(tmp_path / "out")])
    assert (result.exit_code, path.name in result.output, "Traceback" in result.output) == (2, True, False)
