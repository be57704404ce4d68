"""What is left of answers that are to be shared: nothing that is not declared, and coarse, no day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.answers import PATTERNS, compute_answer
from pipeline.patterns.calendar import answer_calendar
from pipeline.patterns.coverage import Coverage, say_span
from pipeline.patterns.dots import answer_dots
from pipeline.patterns.finding import Finding
from pipeline.patterns.records import answer_records
from pipeline.patterns.redaction import drop_clauses, list_dated_columns, list_text_columns, redact_answers
from pipeline.patterns.unusual_weeks import ALMOST, FAR_MORE, NOTHING
from pipeline.patterns.year_page import list_year_pages
from pipeline.patterns.years import answer_years
from pipeline.privacy import CLEARED, DAY, GAP_NOTES, GAP_WORDS, OWN_TEXTS

LEFT_OUT = {
    "firsts", "words_by_year", "words", "words_apart", "rising", "repeated", "bursts",  # of the owner's words
    "gaps",  # silences, and stays on another clock
}  # fmt: skip
EMPTIED = {"dots--free", "quiet--shifts"}  # tables that cleared answers have and that are not shared
COVERAGE = Coverage(
    date(2021, 3, 9), date(2025, 11, 19), 1717, 1715, 63_458, date(2025, 11, 18), "search", "searched",
    "search", "searches", "searched", "Australia/Eucla",
)  # fmt: skip
DAYS = pd.to_datetime(["2024-08-03", "2024-08-11"]).as_unit("ms")


def make_answer(name: str = "weekdays", frames: dict[str, Any] | None = None, **fields: Any) -> Answer:
    """An answer of numbers; ``frames`` and fields of the finding replaced."""
    texts = {"headline": "A headline", "deck": "A deck.", "certainty": "Sure", "alt": "Bars.", "how": "So."}
    plain: dict[str, Any] = {"pattern": name, "section": "Weeks", "emphasis": "", "notes": (), **texts}
    tables = frames or {MAIN: {"weekday": [0, 1], "per_day": [1.5, 2.5]}}
    return Answer(
        {part: pd.DataFrame(columns) for part, columns in tables.items()}, Finding(**{**plain, **fields})
    )


def redact(answer: Answer, *, coarse: bool = False) -> Answer | None:
    return redact_answers({answer.finding.pattern: answer}, COVERAGE, coarse=coarse)[0].get(
        answer.finding.pattern
    )


def test_of_every_answer_it_is_decided_whether_it_is_shared() -> None:
    assert set(PATTERNS) - set(CLEARED) <= LEFT_OUT
    assert LEFT_OUT.isdisjoint(CLEARED)


def test_numbers_stay_as_they_are() -> None:
    answer = make_answer(notes=(("How sure", "Between 2 and 3."),), mark=(5, 6), remarkable=0.4)
    left = redact(answer)
    assert left is not None
    assert left.finding == answer.finding
    pd.testing.assert_frame_equal(left.frame, answer.frame)


@pytest.mark.parametrize(
    "answer",
    [
        make_answer(private=True),
        make_answer("a_new_one"),
        make_answer("gaps"),
        make_answer(frames={MAIN: {"weekday": [0], "word": [1]}}),
        make_answer(frames={MAIN: {"weekday": [0], "anything": ["zanzibarquokka"]}}),
        make_answer(frames={MAIN: {"weekday": [0], "anything": [b"zanzibarquokka"]}}),
        make_answer(frames={MAIN: {"weekday": [0], "anything": pd.Categorical(["zanzibarquokka"])}}),
    ],
)
def test_an_answer_that_is_private_or_holds_what_nobody_declared_falls_away(answer: Answer) -> None:
    assert redact(answer) is None


def test_the_words_that_a_finding_names_go_even_where_it_forgot_that_it_is_private() -> None:
    left = redact(make_answer(named=("zanzibarquokka",)))
    assert left is not None
    assert left.finding.named == ()


def test_a_table_that_nobody_declared_is_emptied_and_keeps_its_columns() -> None:
    frames = {MAIN: {"weekday": [0]}, "ratio": {"ratio": [1.0], "who": ["velvet"]}, "spans": {"first": DAYS}}
    left = redact(make_answer(frames=frames))
    assert left is not None
    assert {part: (list(frame), len(frame)) for part, frame in left.frames.items()} == {
        MAIN: (["weekday"], 1), "ratio": (["ratio", "who"], 0), "spans": (["first"], 0),
    }  # fmt: skip


def test_the_coverage_keeps_no_zone_and_of_its_product_only_a_known_name() -> None:
    _, hidden = redact_answers({}, COVERAGE)
    assert hidden == replace(COVERAGE, zone="", redacted=True)
    assert redact_answers({}, replace(COVERAGE, product="velvet_gadget"))[1].product == "other"
    assert redact_answers({}, replace(COVERAGE, product=None))[1].product is None
    assert say_span(hidden) == "9 Mar 2021 – 19 Nov 2025"


def test_a_coarse_coverage_is_dated_by_months() -> None:
    _, hidden = redact_answers({}, COVERAGE, coarse=True)
    assert (hidden.first, hidden.last, hidden.now) == (
        date(2021, 3, 1), date(2025, 11, 1), date(2025, 11, 1),
    )  # fmt: skip
    assert say_span(hidden) == "March 2021 – November 2025"
    assert (hidden.n_days, hidden.years) == (1717, "2021–2025")
    empty = replace(COVERAGE, first=None, last=None, now=None)
    assert redact_answers({}, empty, coarse=True)[1].first is None


def test_notes_of_silences_and_other_clocks_go_and_that_of_the_coverage_is_written_anew() -> None:
    told = [(title, "The longest lasts nine days.") for title in sorted(GAP_NOTES)]
    left = redact(
        make_answer(notes=(("What it covers", "from 9 Mar 2021"), *told, ("How sure", "Very."))), coarse=True
    )
    assert left is not None
    covers = "63,458 searches, March 2021 – November 2025; 1,715 of 1,717 days covered. "
    assert left.finding.notes == (
        ("What it covers", covers + "The others are left out of every rate, not counted as zero."),
        ("How sure", "Very."),
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Highest May 2025, 58; lowest August 2021, 11.", "Highest May 2025, 58; lowest August 2021, 11."),
        ("Bars. Highest 9 Mar 2021, 142; 1,706 days hold one.", "Bars. 1,706 days hold one."),
        ("Steps, 2021–2025. Highest 45 from 11 Sep 2024; lowest 34 from 10 Mar 2021.", "Steps, 2021–2025."),
        ("19 % more a day; the day lies within 10 Apr 2022 – 6 Jan 2025", "19 % more a day"),
        ("Most likely about 27 September 2022", ""),
        ("3 – 11 August, nine days. Else 12 a day.", "Else 12 a day."),
        ("Since 2024-08-03 more.", ""),
        ("From 20 to 24 in May.", "From 20 to 24 in May."),
        ("models/a.npz; those of 9 Mar 2021. No word.", "models/a.npz. No word."),
    ],
)
def test_only_the_clauses_that_name_a_day_are_left_out(text: str, left: str) -> None:
    assert drop_clauses(text, DAY) == left


def test_coarse_a_table_of_days_goes_and_the_answer_that_stands_on_one() -> None:
    by_day = {"week": DAYS, "per_day": [1.0, 2.0]}
    assert redact(make_answer("changes", {MAIN: by_day}), coarse=True) is None
    assert redact(make_answer("changes", {MAIN: by_day})) is not None
    kept = redact(make_answer(frames={MAIN: {"weekday": [0]}, "ratio": by_day}), coarse=True)
    assert kept is not None
    assert list(kept.frames) == [MAIN]
    assert redact(make_answer(headline="Most on 9 March"), coarse=True) is None


def test_coarse_the_texts_name_no_day_and_the_mark_holds_none() -> None:
    said = "Sure; about 27 September 2022"
    answer = make_answer(
        deck=f"{said}.", certainty=said, alt=f"{said}.", how=f"{said}.", notes=(("How sure", said),),
        mark=("2022-09-27", 8),
    )  # fmt: skip
    left = redact(answer, coarse=True)
    assert left is not None
    assert left.finding == replace(
        answer.finding, deck="Sure.", certainty="Sure", alt="Sure.", how="Sure.",
        notes=(("How sure", "Sure"),), mark=(8,),
    )  # fmt: skip


def test_a_date_told_only_in_its_own_note_takes_the_note_along() -> None:
    left = redact(make_answer(notes=(("The day", "27 September 2022."),)), coarse=True)
    assert left is not None
    assert left.finding.notes == ()


@pytest.fixture(scope="module")
def silent(make_subject: Any, draw_session: Any) -> Any:
    """Forty weeks with twelve silent days and a fullest stretch."""
    times = draw_session(3, "2023-09-15", "2024-06-20", months={2: 3.0, 3: 3.5, 4: 3.0})
    inside = (times >= np.datetime64("2023-11-03")) & (times < np.datetime64("2023-11-15"))
    return make_subject(times[~inside])


def test_the_dots_keep_their_days_but_no_note_of_a_silence(silent: Any, rng: np.random.Generator) -> None:
    answer = answer_dots(silent, rng)
    assert "silent" in set(answer.frames["notes"]["kind"])
    left = redact_answers({"dots": answer}, silent.coverage)[0]["dots"]
    pd.testing.assert_frame_equal(left.frame, answer.frame)
    assert set(left.frames["notes"]["kind"]) <= {"changed"}
    assert next(title for title, _ in left.finding.notes) == "What it covers"
    assert not GAP_WORDS.search(" ".join([left.finding.how, left.finding.alt]))
    assert left.finding.how.startswith("Every activity is drawn at its local date and clock time. ")


def test_the_calendar_keeps_the_note_of_its_fullest_stretch_alone(
    silent: Any, rng: np.random.Generator
) -> None:
    answer = answer_calendar(silent, rng)
    free = Answer({**answer.frames, MAIN: answer.frame.assign(free=True)}, answer.finding)
    left = redact_answers({"calendar": free}, silent.coverage)[0]["calendar"]
    assert answer.frames["notes"]["note"].tolist() == ["twelve days without a search", "the fullest stretch"]
    assert left.frames["notes"]["note"].tolist() == ["the fullest stretch"]
    pd.testing.assert_frame_equal(left.frame, answer.frame)


def test_the_records_lose_the_silence_in_their_table_and_in_every_text(
    silent: Any, rng: np.random.Generator
) -> None:
    answer = answer_records(silent, rng)
    left = redact_answers({"records": answer}, silent.coverage)[0]["records"]
    assert "longest silence" in answer.frame["record"].tolist()
    assert left.frame["record"].tolist() == ["busiest day", "longest run", "latest night"]
    assert left.finding.deck == "Busiest day, longest run and latest night, and when."
    assert "silence" not in str(left.finding).lower()
    assert left.finding.alt.count(";") == 2 and left.finding.alt.endswith(".")


def test_the_pages_of_the_years_tell_no_silence_once_redacted(silent: Any, rng: np.random.Generator) -> None:
    answers = {"calendar": answer_calendar(silent, rng), "dots": answer_dots(silent, rng)}
    told = list_year_pages(answers, silent.coverage)[0]
    assert "silent days in November" in told.sentence and len(told.records) == 3
    left = list_year_pages(*redact_answers(answers, silent.coverage))[0]
    assert "silent" not in left.sentence
    assert [note.split(",")[0] for note in left.records["note"]] == ["Busiest day", "Longest run"]


def make_unusual(kinds: list[str], notes: list[str]) -> Answer:
    """Thirty weeks, of which the first are numbered."""
    n = len(kinds)
    number = np.arange(1, n + 1)
    return make_answer(
        "unusual_weeks",
        {
            MAIN: {
                "week": pd.date_range("2024-01-01", periods=30, freq="7D").as_unit("ms"),
                "searches": 9,
                "distance": np.arange(16.0, 1.0, -0.5),
                "number": [*number, *[0] * (30 - n)],
            },
            "maps": {"number": np.repeat(number, 2), "weekday": 0, "hour": [4, 5] * n, "difference": 1.0},
            "captions": {"number": number, "week": pd.Timestamp("2024-01-01"), "kind": kinds, "hours": np.nan,
                         "note": notes},
        },
        headline="All of them", remarkable=0.9, mark=tuple(number.tolist()),
    )  # fmt: skip


def test_unusual_weeks_on_another_clock_or_empty_are_not_named_and_the_others_numbered_anew() -> None:
    kinds = ["shifted", "more", "nothing", "less", "other"]
    notes = ["days six hours late", FAR_MORE, NOTHING, ALMOST, "other hours than usual"]
    left = redact(make_unusual(kinds, notes))
    assert left is not None
    assert left.frame["number"].tolist() == [0, 1, 0, 0, 2, *[0] * 25]
    assert left.frames["captions"]["number"].tolist() == [1, 2]
    assert left.frames["captions"]["kind"].tolist() == ["more", "other"]
    assert left.frames["maps"]["number"].tolist() == [1, 1, 2, 2]
    finding = left.finding
    assert finding.headline == "Two weeks unlike the others: one very full, one at other hours"
    assert (finding.emphasis, finding.mark) == ("one very full, one at other hours", (1, 2))
    assert (
        "Farthest: 1 Jan 2024, far more than usual;" in finding.alt
        and "days six hours late" not in finding.alt
    )
    assert 0 < finding.remarkable < 1


def test_unusual_weeks_fall_away_where_all_are_gaps_and_stay_where_none_is() -> None:
    assert redact(make_unusual(["shifted", "nothing"], ["days six hours late", NOTHING])) is None
    usual = make_unusual(["more"], [FAR_MORE])
    left = redact(usual)
    assert left is not None
    assert left.finding.headline == "All of them"


def test_a_short_archive_keeps_coarse_no_bars_of_days(make_subject: Any, rng: np.random.Generator) -> None:
    subject = make_subject([f"2025-10-{day:02d}T12:00" for day in range(1, 20)])
    answer = answer_years(subject, rng)
    assert {"first", "last"} <= set(answer.frame) and "days" in answer.frames
    left = redact_answers({"years": answer}, subject.coverage, coarse=True)[0]["years"]
    assert (list(left.frames), len(left.frame)) == ([MAIN], 0)
    assert left.finding.deck == "A year appears here after 60 covered days."
    assert left.finding.headline == answer.finding.headline


ARCHIVES = ("nothing", "one entry", "nineteen days", "videos", "two years")


@pytest.fixture(scope="module", params=ARCHIVES)
def answers(request: Any, make_subject: Any, draw_session: Any) -> tuple[dict[str, Answer], Coverage]:
    """All answers of one of several archives, every entry of them the same secret."""
    days = {
        "nothing": [],
        "one entry": ["2025-11-19T21:04"],
        "nineteen days": draw_session(5, "2025-10-02", "2025-10-18"),
        "videos": draw_session(6, "2025-03-01", "2025-11-01", a_day=3.0),
        "two years": draw_session(7, "2023-03-01", "2025-04-01", late=(0, 6.0), months={8: 0.5}),
    }[request.param]
    product, action = ("youtube", "watched") if request.param == "videos" else ("search", "searched")
    secret = dict.fromkeys(("text", "url", "site", "channel", "header", "zone", "file"), "zanzibarquokka")
    subject = make_subject(days, product=product, action=action, **secret)
    return {name: compute_answer(name, subject) for name in PATTERNS}, subject.coverage


def list_texts(finding: Finding) -> list[str]:
    fields = [finding.headline, finding.emphasis, finding.deck, finding.certainty, finding.alt, finding.how]
    return [*fields, *(part for note in finding.notes for part in note), *map(str, finding.mark)]


@pytest.mark.slow
def test_every_table_of_a_shared_answer_is_declared(answers: Any) -> None:
    told = {
        f"{name}--{part}"
        for name, answer in answers[0].items()
        for part in answer.frames
        if name in CLEARED and part != MAIN and part not in CLEARED[name]
    }
    assert told <= EMPTIED
    texts = {
        (name if part == MAIN else f"{name}--{part}"): set(list_text_columns(frame))
        for name, answer in answers[0].items()
        for part, frame in answer.frames.items()
        if name in CLEARED
    }
    assert {table for table, columns in texts.items() if not columns <= OWN_TEXTS.get(table, set())} == set()


@pytest.mark.slow
def test_no_answer_that_is_shared_holds_a_word_or_tells_of_gaps(answers: Any) -> None:
    left, _ = redact_answers(*answers)
    assert set(left) >= {"years", "months", "week", "hours", "sessions"}
    for answer in left.values():
        held = [*list_texts(answer.finding), *(frame.to_csv() for frame in answer.frames.values())]
        assert "zanzibarquokka" not in " ".join(held)
        assert not {title for title, _ in answer.finding.notes} & GAP_NOTES
        assert answer.finding.emphasis in answer.finding.headline


@pytest.mark.slow
def test_coarse_no_table_has_a_column_of_days_and_no_text_names_one(answers: Any) -> None:
    left, coverage = redact_answers(*answers, coarse=True)
    assert set(left) >= {"years", "months", "week", "hours", "sessions"}
    assert {day.day for day in (coverage.first, coverage.last, coverage.now) if day} <= {1}
    for name, answer in left.items():
        for frame in answer.frames.values():
            assert list_dated_columns(frame) == [], name
            kinds = [kind for kind in frame.dtypes if not pd.api.types.is_numeric_dtype(kind)]
            assert {str(kind) for kind in kinds} <= {"str", "object"}, name
        assert [text for text in list_texts(answer.finding) if DAY.search(text)] == [], name
