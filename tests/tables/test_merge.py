from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Activity
from pipeline.settings import ZoneSpan
from pipeline.tables import batches
from pipeline.tables import merge as merging
from pipeline.tables.files import remove
from pipeline.tables.merge import LedgerLine, MergeResult, merge_parts
from pipeline.tables.parts import PartResult
from pipeline.tables.schema import ACTIVITY

SECOND = 1_600_000_000_000
OLD, MIDDLE, NEW = "20200101T000000Z", "20210101T000000Z", "20220101T000000Z"
SEARCH, YOUTUBE, HISTORY = (
    "My Activity/Search/MyActivity.html",
    "My Activity/YouTube/MyActivity.html",
    "YouTube and YouTube Music/history/watch-history.html",
)
Exports = dict[str, dict[str, Sequence[Activity]]]
Merge = Callable[..., MergeResult]
MakeActivity = Callable[..., Activity]


@pytest.fixture
def merge(out: Path, put_part: Callable[..., PartResult]) -> Merge:
    """Write one part an export (a key may end in ``#2``: a second archive of it) and merge them all."""

    def merge_exports(exports: Exports, *, home_zone: str = "Europe/Paris", order: int = 0) -> MergeResult:
        remove(out)
        parts = []
        for name, files in exports.items():
            digest = f"{random.Random(name).getrandbits(256):064x}"
            parts.append(put_part(files, stamp=name.split("#")[0], digest=digest).part)
        random.Random(order).shuffle(parts)
        return merge_parts(
            out, parts, home_zone=(ZoneSpan(None, home_zone),), tell=lambda what, done, total: None
        )

    return merge_exports


def read_rows(result: MergeResult) -> list[dict[str, Any]]:
    return pq.read_table(result.path).to_pylist()  # type: ignore[no-any-return]


def key_of(row: Activity) -> tuple[Any, ...]:
    url = None if row.action == "searched" else row.url
    return row.time_ms // 1000, row.product, row.action, row.text, url


def merge_by_hand(exports: Exports) -> tuple[Counter[Any], list[tuple[int, int, int]]]:
    """Merge as the design says it, slowly: key → count, and (known, new, balance) an export."""
    merged: Counter[Any] = Counter()
    lines, by_export = [], defaultdict[str, dict[str, Sequence[Activity]]](dict)
    for name, files in exports.items():
        by_export[name.split("#")[0]].update(files)
    for export in sorted(by_export):
        sources = defaultdict[str, Counter[Any]](Counter)
        for file, entries in by_export[export].items():
            sources[file.rpartition("/")[0]].update(key_of(row) for row in entries)
        before = merged.total()
        for counts in sources.values():
            merged |= counts
        new = merged.total() - before
        lines.append((sum(c.total() for c in sources.values()) - new, new, merged.total()))
    return merged, lines


def count_keys(rows: list[dict[str, Any]]) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for row in rows:
        url = None if row["action"] == "searched" else row["url"]
        counts[int(row["time"].timestamp()), row["product"], row["action"], row["text"], url] += 1
    return counts


rows = st.builds(
    lambda ms, action, text, url: (SECOND + ms, action, text, url),
    st.sampled_from([0, 1, 999, 1000, 2000]),
    st.sampled_from(["searched", "visited"]),
    st.sampled_from([None, "a", "1:a", "-"]),
    st.sampled_from([None, "u", "-"]),
)
file_names = st.sampled_from([SEARCH, YOUTUBE, HISTORY, "My Activity/Search/MyActivity-2.html", "loose.html"])
archives = st.dictionaries(
    st.sampled_from([OLD, MIDDLE, NEW]),
    st.dictionaries(file_names, st.lists(rows, max_size=6), max_size=3),
    max_size=3,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=archives)
def test_the_merge_is_the_multiset_merge_by_source(
    merge: Merge, activity: MakeActivity, drawn: dict[str, dict[str, list[tuple[Any, ...]]]]
) -> None:
    exports: Exports = {
        name: {
            file: [activity(k, ms, action=a, text=t, url=u) for k, (ms, a, t, u) in enumerate(entries)]
            for file, entries in files.items()
        }
        for name, files in drawn.items()
    }
    result = merge(exports)
    found, content = read_rows(result), result.path.read_bytes()
    expected, lines = merge_by_hand(exports)
    assert count_keys(found) == expected
    assert [(line.known, line.new, line.balance) for line in result.ledger if line.found] == [
        line for line, name in zip(lines, sorted(exports), strict=True) if any(exports[name].values())
    ]
    assert all(line.found == line.known + line.set_aside + line.new for line in result.ledger)
    assert result.n_rows == len(found) == (result.ledger[-1].balance if result.ledger else 0)
    places = [(row["export"], row["file"], row["position"]) for row in found]
    assert len(set(places)) == len(places)
    backwards = merge(dict(reversed(exports.items())), order=1)
    assert backwards.path.read_bytes() == content


def test_the_merged_table_is_sorted_by_all_its_columns(merge: Merge, activity: MakeActivity) -> None:
    words = ["b", None, "a", "é", "Z"] * 4
    entries = [activity(k, SECOND + (k * 7 % 4) * 1000, text=word) for k, word in enumerate(words)]
    result = merge({OLD: {SEARCH: entries}, NEW: {SEARCH: entries[::2]}})
    found = [tuple((v is None, v) for v in row.values()) for row in read_rows(result)]
    assert pq.read_schema(result.path).equals(ACTIVITY)
    keyed = [tuple((none, b"" if none else str(v).encode() if isinstance(v, str) else v) for none, v in row)
             for row in found]  # fmt: skip
    assert keyed == sorted(keyed)


def test_an_activity_that_one_source_lists_three_times_happened_three_times(
    merge: Merge, activity: MakeActivity
) -> None:
    thrice = [activity(k) for k in range(3)]
    assert merge({OLD: {SEARCH: thrice}, NEW: {SEARCH: thrice[:2]}}).n_rows == 3


def test_a_video_that_lies_in_two_folders_of_one_export_was_watched_once(
    merge: Merge, activity: MakeActivity
) -> None:
    video = activity(product="youtube", action="watched")
    result = merge({OLD: {YOUTUBE: [video], HISTORY: [video]}})
    assert result.ledger == (LedgerLine(OLD, 2, 1, 0, 1, 1, 1, {}),)


def test_the_split_files_of_one_folder_are_one_source(merge: Merge, activity: MakeActivity) -> None:
    split = {
        "My Activity/Search/MyActivity.html": [activity()],
        "My Activity/Search/MyActivity-2.html": [activity()],
    }
    parts = dict(zip([OLD, OLD + "#2"], ({file: entries} for file, entries in split.items()), strict=True))
    assert merge({OLD: split}).n_rows == merge(parts).n_rows == 2


def test_a_search_is_known_by_its_words_and_a_visit_by_its_address(
    merge: Merge, activity: MakeActivity
) -> None:
    def merge_urls(action: str) -> int:
        old, new = activity(action=action, url=None), activity(action=action, url="https://example.org/")
        return merge({OLD: {SEARCH: [old]}, NEW: {SEARCH: [new]}}).n_rows

    assert (merge_urls("searched"), merge_urls("visited")) == (1, 2)


def kept(result: MergeResult) -> list[tuple[int, str]]:
    """Return (milliseconds after SECOND, export) of each row."""
    return [(round(row["time"].timestamp() * 1000) - SECOND, row["export"]) for row in read_rows(result)]


def test_of_equal_rows_the_finer_time_is_kept_then_the_newest_exports(
    merge: Merge, activity: MakeActivity
) -> None:
    coarse, fine = activity(), activity(time_ms=SECOND + 345)
    assert kept(merge({OLD: {SEARCH: [fine]}, NEW: {SEARCH: [coarse]}})) == [(345, OLD)]
    assert kept(merge({OLD: {SEARCH: [coarse]}, NEW: {SEARCH: [coarse]}})) == [(0, NEW)]
    assert kept(merge({OLD: {SEARCH: [fine]}, MIDDLE: {SEARCH: [fine]}, NEW: {SEARCH: [coarse]}})) == [
        (345, MIDDLE)
    ]


def test_two_activities_of_one_second_keep_both_their_milliseconds(
    merge: Merge, activity: MakeActivity
) -> None:
    both = [activity(0, SECOND + 100), activity(1, SECOND + 700)]
    assert kept(merge({OLD: {SEARCH: both}, NEW: {SEARCH: both[:1]}})) == [(100, NEW), (700, OLD)]


def test_of_rows_that_differ_in_their_milliseconds_alone_the_newest_exports_are_kept(
    merge: Merge, activity: MakeActivity
) -> None:
    def at(*milliseconds: int) -> dict[str, Sequence[Activity]]:
        return {SEARCH: [activity(k, SECOND + ms) for k, ms in enumerate(milliseconds)]}

    assert kept(merge({OLD: at(100), NEW: at(700)})) == [(700, NEW)]
    three = merge({OLD: at(50, 60, 700), MIDDLE: at(50, 700), NEW: at(700)})
    assert kept(three) == [(50, MIDDLE), (60, OLD), (700, NEW)]


def test_of_several_copies_of_a_file_only_the_one_with_most_entries_counts(
    merge: Merge, activity: MakeActivity
) -> None:
    whole = [activity(k, SECOND + 1000 * k) for k in range(3)]
    cut = [activity(0, SECOND), activity(1, SECOND)]
    result = merge({OLD: {SEARCH: whole}, OLD + "#2": {SEARCH: cut, YOUTUBE: []}})
    assert result.ledger == (LedgerLine(OLD, 3, 0, 0, 3, 3, 0, {}, left_out=1),)


def test_the_ledger_is_a_bank_statement_in_the_order_of_time(merge: Merge, activity: MakeActivity) -> None:
    days = [activity(k, SECOND + 86_400_000 * k) for k in range(5)]
    result = merge({NEW: {SEARCH: days[1:]}, OLD: {SEARCH: days[:3]}})
    assert result.ledger == (
        LedgerLine(OLD, 3, 0, 0, 3, 3, 0, {}),
        LedgerLine(NEW, 4, 2, 0, 2, 5, 0, {}),
    )


def test_no_parts_make_an_empty_table(merge: Merge) -> None:
    result = merge({})
    assert (result.n_rows, result.ledger, read_rows(result)) == (0, (), [])


def test_a_folder_name_with_a_pattern_or_a_quote_in_it_is_only_a_name(
    tmp_path: Path, activity: MakeActivity, put_part: Callable[..., PartResult]
) -> None:
    out = tmp_path / "it's [mine] {a}"
    part = put_part({SEARCH: [activity()]}, folder=out).part
    assert merge_parts(out, [part], home_zone=(ZoneSpan(None, "UTC"),), tell=lambda *_: None).n_rows == 1


def test_the_table_is_the_same_on_one_thread_and_two_and_at_every_size_of_slice(
    merge: Merge, activity: MakeActivity, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(0)
    entries = [
        activity(k, SECOND + 250 * rng.randrange(8) + 7_200_000 * rng.randrange(9), text=rng.choice("abc"))
        for k in range(600)
    ]
    zoned = [entry._replace(zone="IST", offset_minutes=330) for entry in entries[::2]]
    exports = {
        OLD: {SEARCH: entries[:450], HISTORY: entries[400:]},
        NEW: {SEARCH: zoned, YOUTUBE: entries[::3]},
    }
    monkeypatch.setattr(batches, "ROW_GROUP", 100)
    found = []
    for threads, hours in itertools.product((1, 2), (1, 5, 100)):
        monkeypatch.setattr(merging, "count_cores", lambda threads=threads: threads)
        monkeypatch.setattr(merging, "SLICE_BYTES", hours * 50 * merging.ROW_BYTES)
        # Dublin and Kolkata print IST: times move by hours, across the borders of slices
        result = merge(exports, home_zone="Europe/Dublin")
        found.append((result.path.read_bytes(), result.ledger))
    assert found == [found[0]] * 6
    groups = pq.read_metadata(result.path)
    assert [groups.row_group(k).num_rows for k in range(groups.num_row_groups - 1)] == [100] * (
        groups.num_row_groups - 1
    )


def test_slices_cut_time_between_hours_and_lose_nothing(merge: Merge, activity: MakeActivity) -> None:
    edges = [-3_600_001, -3_600_000, -1, 0, 1, 3_599_999, 3_600_000, 253_402_300_799_000]
    entries = [activity(k, ms, text=str(k)) for k, ms in enumerate(edges)]
    assert [row["text"] for row in read_rows(merge({OLD: {SEARCH: entries}}))] == list("01234567")


def test_the_merge_leaves_no_spill_behind(merge: Merge, activity: MakeActivity, out: Path) -> None:
    path = merge({OLD: {SEARCH: [activity()]}}).path
    assert sorted(path.name for path in (out / "tables").iterdir()) == [path.name, "exports"]


@pytest.mark.parametrize("apart_ms", [1000, 86_400_000])
@pytest.mark.parametrize("slice_bytes", [1, 4 << 20])
def test_entries_that_only_a_copy_holds_are_left_out_by_number(
    merge: Merge, activity: MakeActivity, apart_ms: int, slice_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(*numbers: int) -> list[Activity]:
        return [activity(k, SECOND + apart_ms * number) for k, number in enumerate(numbers)]

    monkeypatch.setattr("pipeline.tables.merge.SLICE_BYTES", slice_bytes)
    exports: Exports = {
        OLD: {SEARCH: at(0, 1, 2, 3), YOUTUBE: at(7)},
        f"{OLD}#2": {SEARCH: at(3, 4, 4)},
        f"{OLD}#3": {SEARCH: at(-2, 4, 9), YOUTUBE: at(7)},
        NEW: {SEARCH: at(6)},
    }
    first, second = merge(exports).ledger
    # Twice the fourth, once the second before the first and the ninth; the third is in the file that counts.
    assert (first.found, first.left_out, second.left_out) == (5, 4, 0)


def test_neither_files_without_entries_nor_many_cores_take_the_merges_memory(
    out: Path,
    put_part: Callable[..., PartResult],
    activity: Callable[..., Activity],
    unread: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photos = {f"Photos from 2020/IMG_{k:06}.jpg": unread("ignored", "pictures") for k in range(60_000)}
    part = put_part(photos | {SEARCH: [activity(0), activity(1)]}, stamp=OLD)
    monkeypatch.setattr(merging, "MEMORY_MB", 14)  # 12 do, and without photos too
    monkeypatch.setattr(merging, "count_cores", lambda: 64)
    result = merge_parts(out, [part.part], home_zone=[ZoneSpan(None, "Europe/Paris")], tell=lambda *_: None)
    assert result.ledger == (LedgerLine(OLD, 2, 0, 0, 2, 2, 0, {}),)


@pytest.mark.slow
def test_one_second_of_more_entries_than_the_memory_holds_is_merged_in_more(
    merge: Merge, activity: MakeActivity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MEMORY_MB", 16)
    n = 60_000
    same = [activity(position) for position in range(n)]
    result = merge({OLD: {SEARCH: same}, NEW: {SEARCH: same[: n // 2]}})
    assert result.n_rows == n
    assert [(line.found, line.known, line.new) for line in result.ledger] == [(n, 0, n), (n // 2, n // 2, 0)]
    monkeypatch.setattr(merging, "MORE_MEMORY_MB", 16)
    with pytest.raises(duckdb.OutOfMemoryException):
        merge({OLD: {SEARCH: same}, NEW: {SEARCH: same[: n // 2]}})
