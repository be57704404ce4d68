import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.answer import Answer
from pipeline.patterns.answers import PATTERNS, compute_answer
from pipeline.patterns.stands_out import choose_remarkable
from pipeline.privacy import TEXT_COLUMNS, is_private
from pipeline.report.choices import CHOICES
from pipeline.report.page import SECTIONS

JUDGING = re.compile(r"sleep|too much|wasted|productive|obsess|sorry|unfortunately|you\b", re.IGNORECASE)
PUBLIC_TEXTS = {  # columns of our own words
    "note", "kind", "what", "record", "unit", "part", "days", "component", "searches", "after", "short",
}  # fmt: skip


def compute_all(subject) -> dict[str, Answer]:
    return {name: compute_answer(name, subject) for name in PATTERNS}


@pytest.fixture(scope="session")
def subjects(draw_session, make_subject):
    """Archives from nothing to five years."""
    few = draw_session(0, "2021-01-05", "2024-11-20", a_day=0.025)[:40]
    texts = ["kyoto temple map", "bread", "python pandas groupby"]
    minutes = np.datetime64("2024-03-01", "ms") + np.arange(800) * np.timedelta64(1, "m")
    days = draw_session(2, "2025-11-02", "2025-11-18", a_day=12)
    five = draw_session(1, "2021-03-10", "2025-11-18", weekend=0.7, months={8: 0.5}, late=(0, 4.0))
    return {
        "nothing": make_subject([]),
        "one entry": make_subject(["2024-03-01T10:00"]),
        "two entries, years apart": make_subject(["2014-03-01T10:00", "2024-03-01T10:00"]),
        "one full day": make_subject(minutes),
        "forty entries": make_subject(few, text="kyoto"),
        "nineteen days": make_subject(days, text="bread rye"),
        "seven weeks": make_subject(draw_session(3, "2025-10-02", "2025-11-18")),
        "videos": make_subject(draw_session(4, "2023-01-05", "2024-11-20", a_day=3), product="youtube",
                               action="watched", text="cats and pianos"),
        "no weekend": make_subject(draw_session(5, "2024-01-05", "2024-11-20"), weekend=()),
        "only weekends": make_subject(draw_session(6, "2024-01-05", "2024-11-20"), weekend=tuple(range(7))),
        "five years": make_subject(five, text=[texts[k % 3] for k in range(len(five))]),
    }  # fmt: skip


CASES = ["nothing", "one entry", "two entries, years apart", "one full day", "forty entries", "nineteen days",
         "seven weeks", "videos", "no weekend", "only weekends", "five years"]  # fmt: skip


@pytest.fixture(scope="session")
def answers_of(subjects):
    """A function that answers every pattern of one of the archives, once."""
    return cache(lambda case: compute_all(subjects[case]))


@pytest.mark.parametrize("case", CASES)
def test_no_archive_is_too_small_or_too_odd(subjects, answers_of, case) -> None:
    subject = subjects[case]
    answers = answers_of(case)
    for name, answer in answers.items():
        finding = answer.finding
        assert finding.pattern == name
        assert finding.section in SECTIONS
        assert finding.emphasis in finding.headline
        assert finding.notes[0][0] == "What it covers"
        assert all((finding.headline, finding.deck, finding.certainty, finding.alt, finding.how))
        assert 0 <= finding.remarkable <= 1
        text = " ".join([finding.headline, finding.deck, finding.certainty, finding.alt, finding.how,
                         *(part for note in finding.notes for part in note)])  # fmt: skip
        assert not JUDGING.search(text), text
        assert not re.search(r"nan|inf\b|None(?! is)| %|\s-\d", text), text
        if subject.noun != "search":
            assert "search" not in text.replace("research", "")


@pytest.mark.parametrize("case", CASES)
def test_the_tables_have_the_same_columns_and_types_for_every_archive(answers_of, case) -> None:
    full, answers = answers_of("five years"), answers_of(case)
    for name, answer in answers.items():
        for part in full[name].frames.keys() & answer.frames.keys():
            types = [frame.dtypes.to_dict() for frame in (answer.frames[part], full[name].frames[part])]
            assert types[0] == types[1], (name, part)


@pytest.mark.parametrize("case", CASES)
def test_an_answer_is_private_just_where_a_table_holds_the_owners_words(answers_of, case) -> None:
    for name, answer in answers_of(case).items():
        columns = {column for frame in answer.frames.values() for column in frame}
        assert answer.finding.private == is_private(columns), name
        texts = {
            column
            for frame in answer.frames.values()
            for column in frame
            if not pd.api.types.is_numeric_dtype(frame[column])
            and not pd.api.types.is_datetime64_dtype(frame[column])
        }
        assert texts <= TEXT_COLUMNS | PUBLIC_TEXTS, name


SMALL = CASES[:6]


@pytest.mark.parametrize("case", SMALL)
def test_small_archives_make_nothing_stand_out(answers_of, case) -> None:
    findings = [answer.finding for name, answer in answers_of(case).items() if name != "words"]
    assert choose_remarkable(findings) == []
    assert {finding.mark for finding in findings if not finding.private} == {()}


def test_an_archive_of_chance_makes_nothing_stand_out(draw_session, make_subject) -> None:
    subject = make_subject(draw_session(11, "2022-01-03", "2024-12-29", hours=np.ones(24)))
    assert [a.finding.headline for a in compute_all(subject).values() if a.finding.remarkable > 0] == []


@pytest.mark.slow
@pytest.mark.parametrize(("first", "most"), [("2021-03-10", 4), ("2024-01-02", 8)])
def test_an_archive_that_only_drifts_from_week_to_week_claims_little(
    draw_session, make_subject, first, most
) -> None:
    names, claims = ("years", "months", "weekdays", "week"), []
    for seed in range(20):
        subject = make_subject(draw_session(seed, first, "2025-11-18", drift=0.35, hours=np.ones(24)))
        findings = [compute_answer(name, subject, seed=seed).finding for name in names]
        claims += [finding.headline for finding in findings if finding.remarkable > 0]
    assert len(claims) <= most, claims  # of 80


def test_what_was_planted_stands_out(answers_of) -> None:
    findings = [answer.finding for answer in answers_of("five years").values()]
    claimed = {finding.pattern for finding in findings if finding.remarkable > 0}
    assert {"months", "week", "weekdays"} <= claimed
    assert {"months", "week"} <= {finding.pattern for finding in choose_remarkable(findings)}


@pytest.mark.parametrize("case", CASES)
def test_what_stands_out_has_numbers_for_its_small_picture(answers_of, case) -> None:
    answers = answers_of(case)
    assert set(CHOICES) <= set(answers)
    for name, choose in CHOICES.items():
        finding = answers[name].finding
        if len(answers[name].frame) == 0:
            assert finding.remarkable == 0
            continue
        values, marked = choose(answers[name])
        assert marked <= set(range(len(values))), name
        assert finding.remarkable == 0 or np.isfinite(values).any(), name
        assert finding.remarkable == 0 or not finding.mark or marked, name


def test_counts_keep_every_row_and_rates_only_covered_days(subjects, answers_of) -> None:
    subject, answers = subjects["videos"], answers_of("videos")
    for name in ("years", "months", "weekdays", "year_weekday"):
        frame = answers[name].frame
        assert frame["searches"].sum() == len(subject.rows)
        assert frame["covered_searches"].sum() == len(subject.rows) - 2  # the first and the last day's
        assert frame["covered_days"].sum() == len(subject.covered)
    assert answers["hours"].frame["searches"].sum() == len(subject.rows)
    assert len(answers["dots"].frame) == len(subject.rows)


def test_the_same_seed_gives_the_same_answers_and_each_pattern_its_own(subjects, answers_of) -> None:
    subject = subjects["seven weeks"]
    first, second = answers_of("seven weeks"), compute_all(subject)
    for name in PATTERNS:
        assert first[name].finding == second[name].finding
        for part, frame in first[name].frames.items():
            pd.testing.assert_frame_equal(frame, second[name].frames[part])
    alone = compute_answer("hours", subject)
    pd.testing.assert_frame_equal(alone.frame, first["hours"].frame)
