"""Which damaged archives are made good: those of which sounder copies, taken in too, hold all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.tables.journal import Input, Journal
from pipeline.tables.views import create_part_views, open_duckdb

PART_NUMBER = re.compile(r"\d{8}T\d{6}Z-((?:\d+-)*\d{3,})(?!\d)", re.IGNORECASE)


def find_made_good(out: Path, inputs: Sequence[Input]) -> set[str]:
    """Return the damaged parts each of whose files is spoken for by a sounder copy of the same export.

    Of a part that broke off before its first file, a sound archive of that export that is no smaller
    speaks for all. Another of the export's parts, by the numbers in their names, speaks for none.
    """
    damaged = {archive.part: archive for archive in inputs if archive.damaged}
    if not damaged:
        return set()
    files: dict[str, dict[str, int]] = {}
    with open_duckdb(out) as connection:
        create_part_views(connection, out, Journal(inputs=tuple(inputs)).parts, {})
        rows = "SELECT part, file, parsed FROM file WHERE kind <> 'refused' ORDER BY ALL"
        for part, file, parsed in connection.execute(rows).fetchall():
            files.setdefault(part, {})[file] = parsed
    good = set()
    for part, archive in damaged.items():
        sound = [other for other in inputs if not other.damaged and _may_be_copies(other, archive)]
        best: dict[str, int] = {}
        for other in sound:
            for file, parsed in files.get(other.part, {}).items():
                best[file] = max(parsed, best.get(file, 0))
        mine = files.get(part, {})
        if all(best.get(file, -1) >= parsed for file, parsed in mine.items()) and (
            mine or any(other.size >= archive.size for other in sound)
        ):
            good.add(part)
    return good


def _may_be_copies(one: Input, other: Input) -> bool:
    """Tell whether two archives are of one export and do not print the numbers of different parts."""
    numbers = {match[1] for each in (one, other) if (match := PART_NUMBER.search(Path(each.path).name))}
    return one.export[:16] == other.export[:16] and len(numbers) < 2
