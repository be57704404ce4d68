"""Nothing leaves the machine, and what Prefect keeps and what is printed hold none of the owner's words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECRETS = ("zanzibarquokka", "&lt;script&gt;velvetalert()&lt;/script&gt;", "$\\velvetfrac{ iphone $500")
MARKS = (b"zanzibarquokka", b"velvet")
GUARD = """
import os, socket

def refuse(where):
    with open(os.environ["ALMANAC_TEST_REFUSED"], "a") as log:
        log.write(f"{where}\\n")
    raise OSError("this test has no network")

def is_here(address):
    host = address[0] if isinstance(address, tuple) else None  # a path: a socket of this machine
    return host is None or host in ("127.0.0.1", "::1", "localhost")

def guard(name):
    real = getattr(socket.socket, name)
    def guarded(self, *words):
        address = words[-1]
        return real(self, *words) if is_here(address) else refuse(address)
    setattr(socket.socket, name, guarded)

for name in ("connect", "connect_ex", "sendto", "bind"):
    guard(name)
look_up = socket.getaddrinfo
def getaddrinfo(host, *words, **more):
    return look_up(host, *words, **more) if host in (None, "127.0.0.1", "::1", "localhost") else refuse(host)
socket.getaddrinfo = getaddrinfo
"""


@dataclass(frozen=True)
class Run:
    """A run of the whole job: where it wrote, what it printed, and which connections were refused."""

    out: Path
    printed: str
    status: int
    refused: list[str]


def plant_secrets(archive: Path, planted: Path) -> None:
    """Copy an archive, with one of the secrets in the place of every fifth query."""
    turn = count()

    def replace(match: re.Match[str]) -> str:
        n = next(turn)
        return match[0] if n % 5 else f'search?q=zanzibarquokka+{n}">{SECRETS[n // 5 % len(SECRETS)]} {n}</a>'

    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(planted, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            text = source.read(member).decode()
            target.writestr(member.filename, re.sub(r'search\?q=[^"]*">[^<]*</a>', replace, text))


def run_guarded(folder: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run Python with a network that ends at this machine; return what was refused too."""
    (folder / "guard").mkdir(exist_ok=True)
    (folder / "guard" / "sitecustomize.py").write_text(GUARD, "utf-8")
    refused = folder / "refused.txt"
    refused.write_text("", "utf-8")
    done = subprocess.run(
        [sys.executable, *words],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(folder / "guard"), str(ROOT)]),
            "ALMANAC_TEST_REFUSED": str(refused),
        },
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    return done, refused.read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def run(tiny_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("privacy")
    plant_secrets(tiny_archive, folder / "takeout-20251120T081500Z-1-001.zip")
    words = ("run", "takeout-*.zip", "--out", "out", "--home-zone", "Europe/Paris", "-v")
    done, refused = run_guarded(folder, "-m", "flows", *words)
    return Run(folder / "out", done.stdout, done.returncode, refused)


def find_marks(folder: Path) -> list[str]:
    """Return the files below a folder that hold a mark of a secret."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        path.relative_to(folder).as_posix()
        for path in files
        if any(mark in path.read_bytes().lower() for mark in MARKS)
    )


def test_the_guard_refuses_what_lies_elsewhere_and_says_what(tmp_path: Path) -> None:
    code = (
        "import urllib.request as u\nfor a in ('192.0.2.1', 'example.org'):\n"
        " try: u.urlopen(f'http://{a}')\n except OSError: pass"
    )
    done, refused = run_guarded(tmp_path, "-c", code)
    assert (done.stdout, refused) == ("", ["192.0.2.1", "example.org"])


@pytest.mark.slow
def test_the_whole_job_runs_by_prefect_without_a_network_and_asks_for_none(run: Run) -> None:
    assert run.status == 0, run.printed
    assert "Finished in state Completed()" in run.printed
    assert "going on without it" not in run.printed
    assert (run.out / "report" / "index.html").is_file()
    assert run.refused == []


@pytest.mark.slow
def test_what_prefect_keeps_and_what_is_printed_hold_none_of_the_owners_words(run: Run) -> None:
    import pyarrow.parquet as pq

    texts = pq.read_table(run.out / "tables" / "activity.parquet", columns=["text"])["text"].to_pylist()
    assert sum("zanzibarquokka" in (text or "") or "velvet" in (text or "") for text in texts) > 50
    assert "patterns/words.parquet" in find_marks(run.out)  # the words are there, where they belong
    assert (run.out / "prefect" / "prefect.db").stat().st_size > 100_000
    assert find_marks(run.out / "prefect") == []
    assert [mark for mark in MARKS if mark in run.printed.lower().encode()] == []
    assert "run.json" not in find_marks(run.out)


@pytest.mark.slow
def test_no_whole_query_of_the_archive_is_kept_by_prefect_or_printed(run: Run) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(run.out / "tables" / "activity.parquet", columns=["text", "url", "channel"])
    words = {word for column in table.columns for word in column.to_pylist() if word and len(word) > 14}
    assert len(words) > 100
    files = [path for path in (run.out / "prefect").rglob("*") if path.is_file()]
    kept = "\n".join(path.read_bytes().decode("latin-1") for path in [*files, run.out / "run.json"])
    assert [word for word in words if word in kept or word in run.printed] == []


@pytest.mark.slow
def test_a_finding_made_of_the_owners_words_is_marked_as_private(run: Run) -> None:
    from flows.steps.patterns import read_answers

    answers, _ = read_answers(run.out)
    worded = {
        name
        for name, answer in answers.items()
        for frame in answer.frames.values()
        if any(mark in frame.to_csv().lower().encode() for mark in MARKS)
    }
    assert {"words", "words_by_year"} <= worded
    assert worded <= {name for name, answer in answers.items() if answer.finding.private}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a user's folders private by itself")
def test_only_the_owner_can_read_what_was_written(run: Run) -> None:
    assert run.out.stat().st_mode & 0o077 == 0
    open_to_others = [
        path.relative_to(run.out).as_posix()
        for path in run.out.rglob("*")
        if path.stat().st_mode & 0o077 and not path.is_symlink()
    ]
    assert open_to_others == []
