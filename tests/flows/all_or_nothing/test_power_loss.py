"""Lost power: what was not flushed may be lost, or have reached the disk in any order.

The model is harsher than any journalled file system. A file that was not flushed is empty; a rename, link or
removal whose folder was not flushed has been done or not, whatever was done after it.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Moment = tuple[str, str, str, str]
Folder = dict[str, int]  # name → number of the file or folder
Change = tuple[int, dict[str, int | None]]  # in which folder, which names are now what
PAGE = "report/index.html"


@dataclass
class Disk:
    """Folders and files by number; ``open`` changes have been made in memory, and may be on the disk."""

    flushed: dict[int, Folder] = field(default_factory=lambda: {0: {}})
    live: dict[int, Folder] = field(default_factory=lambda: {0: {}})
    contents: dict[int, bytes] = field(default_factory=dict)  # of files, as they were last flushed
    open: list[Change] = field(default_factory=list)

    def number(self) -> int:
        return len(self.live) + len(self.contents)

    def find(self, path: str) -> int | None:
        at: int | None = 0
        for name in Path(path).parts:
            at = self.live.get(at, {}).get(name) if at is not None else None
        return at

    def change(self, folder: int | None, names: dict[str, int | None]) -> None:
        if folder is not None:
            put(self.live[folder], names)
            self.open.append((folder, names))

    def make(self, path: str, content: bytes | None) -> None:
        """Make a file or, where ``content`` is ``None``, a folder."""
        number = self.number()
        if content is None:
            self.live[number], self.flushed[number] = {}, {}
        else:
            self.contents[number] = content
        self.change(self.find(str(Path(path).parent)), {Path(path).name: number})

    def flush(self, path: str, content: bytes | None) -> None:
        number = self.find(path)
        if content is not None and number is not None:
            self.contents = {**self.contents, number: content}
            return
        for change in [change for change in self.open if change[0] == number]:
            put(self.flushed[change[0]], change[1])
            self.open.remove(change)

    def apply(self, moment: Moment, content: bytes | None) -> None:
        """Do what a run did; what failed there (a folder that exists) does nothing here."""
        _, event, path, source = moment
        name, folder, number = Path(path).name, self.find(str(Path(path).parent)), self.find(path)
        if event == "fsync":
            self.flush(path, content)
        elif event == "open" and number is None:
            self.make(path, b"")
        elif event == "os.mkdir" and number is None and path:
            self.make(path, None)
        elif event in ("os.remove", "os.rmdir") and number is not None:
            self.change(folder, {name: None})
        elif event == "os.link" and number is None:
            self.change(folder, {name: self.find(source)})
        elif event == "os.rename" and (moved := self.find(source)) is not None:
            assert Path(source).parent == Path(path).parent  # one change of one folder: all or nothing
            if moved != number:
                self.change(folder, {Path(source).name: None, name: moved})

    def states(self, rng: random.Random) -> Iterator[tuple[str, dict[str, bytes]]]:
        """Yield what may be there after the power was lost: the least, the most, and some of it."""
        some = [change for change in self.open if rng.random() < 0.5]
        rng.shuffle(some)
        for what, changes in (("least", []), ("most", self.open), ("some", some)):
            folders = {number: dict(names) for number, names in self.flushed.items()}
            for folder, names in changes:
                put(folders[folder], names)
            yield what, dict(self.list_files(folders, 0, ""))

    def list_files(self, folders: dict[int, Folder], at: int, above: str) -> Iterator[tuple[str, bytes]]:
        for name, number in folders[at].items():
            if number in folders:
                yield f"{above}{name}/", b""
                yield from self.list_files(folders, number, f"{above}{name}/")
            else:
                yield above + name, self.contents[number]


def put(folder: Folder, names: dict[str, int | None]) -> None:
    for name, number in names.items():
        if number is None:
            folder.pop(name, None)
        else:
            folder[name] = number


def load_disk(out: Path | None) -> Disk:
    """A disk on which all of ``out`` has arrived."""
    disk = Disk()
    for path in sorted(out.rglob("*")) if out else ():
        disk.make(path.relative_to(out).as_posix(), None if path.is_dir() else path.read_bytes())  # type: ignore[arg-type]
    for folder, names in disk.open:
        put(disk.flushed[folder], names)
    disk.open = []
    return disk


def write_files(files: dict[str, bytes], out: Path) -> Path:
    out.mkdir(mode=0o700)
    for name, content in files.items():
        if name.endswith("/"):
            (out / name).mkdir(mode=0o700)
        else:
            if name == "run.json":  # the sample is known by its place
                content = re.sub(rb'"[^"]*/sample/', f'"{out}/sample/'.encode(), content)
            (out / name).write_bytes(content)
    return out


def list_lies(files: dict[str, bytes]) -> list[str]:
    """List what ``run.json`` names for a finished step and that is not what it says."""
    if "run.json" not in files:
        return [name for name in files if name.endswith(".parquet") and "/.almanac-" not in name]
    steps = json.loads(files["run.json"])["steps"]
    return [
        f"{step}: {name}"
        for step, record in steps.items()
        for name, digest in record["files"].items()
        if record["read"] and hashlib.sha256(files.get(name, b"gone")).hexdigest() != digest
    ]


@dataclass
class Recording:
    """The moments of one run, with what was flushed."""

    moments: list[Moment]
    folder: Path

    def replay(self, disk: Disk) -> Iterable[int]:
        for number, moment in enumerate(self.moments):
            content = self.folder / str(number)
            disk.apply(moment, content.read_bytes() if content.exists() else None)
            yield number


@pytest.fixture(scope="module", params=["new", "old", "after_sample"])
def recording(
    request: pytest.FixtureRequest, mortal: Any, states: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Any, Path, Recording]:
    """The state before, the one after, the archive, and what a run did on the way."""
    name, archive = request.param, states.word(request.param)
    out = states.copy_before(name, tmp_path_factory.mktemp(name) / "out")
    folder = tmp_path_factory.mktemp("flushed")
    alone = "import flows.steps.patterns as p; p.WRITERS = 1"  # else the order is no order
    ended = mortal.run(out, archive, record=str(folder), prepare=alone)
    assert ended.status == 0, ended.said
    return states.before(name), states.find(name)[0], archive, Recording(ended.moments, folder)


def test_the_model_knows_what_the_run_did(recording: Any) -> None:
    before, after, _, moments = recording
    disk = load_disk(before)
    for _ in moments.replay(disk):
        pass
    (_, least), (_, most), _ = disk.states(random.Random(0))
    wanted = {path.relative_to(after).as_posix() for path in after.rglob("*") if path.is_file()}
    assert {name for name in most if not name.endswith("/")} == wanted
    assert {name for name in most if most[name] != least.get(name)} <= {"lock"}


def test_at_no_moment_does_run_json_name_what_is_not_on_the_disk(recording: Any) -> None:
    before, after, _, moments = recording
    disk, rng = load_disk(before), random.Random(5)
    pages = {(state / PAGE).read_bytes() if state else None for state in (before, after)}
    n_open = 0
    for number in moments.replay(disk):
        n_open += len(disk.open)
        for what, files in disk.states(rng):
            assert list_lies(files) == [], (number, moments.moments[number], what)
            assert files.get(PAGE) in pages, (number, what)
    assert n_open > 100


def test_the_next_run_mends_what_lost_power_left(
    recording: Any, mortal: Any, checks: Any, tmp_path: Path
) -> None:
    before, after, archive, moments = recording
    rng = random.Random(7)
    steps = sorted({step for step, *_ in moments.moments})
    chosen = {rng.choice([n for n, m in enumerate(moments.moments) if m[0] == step]) for step in steps}
    disk, n_tried = load_disk(before), 0
    for number in moments.replay(disk):
        if number not in chosen:
            continue
        states = list(disk.states(rng))
        what, files = states[-1] if n_tried % 2 else states[0]
        out = write_files(files, tmp_path / f"{number}-{what}")
        checks.old_or_new(out, [before, after])
        ended = mortal.run(out, archive)
        assert ended.status == 0, (number, what, ended.said)
        checks.mended(out, after)
        n_tried += 1
    assert n_tried == len(chosen) >= 5
