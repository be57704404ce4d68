from __future__ import annotations

from dataclasses import replace

from pipeline.report.contents import Contents
from pipeline.report.figures import lay_out_answer
from pipeline.report.overview import list_openings, list_standouts
from pipeline.report.sentences import Part, part_sentence
from pipeline.report.spark import draw_spark


def test_the_most_remarkable_come_first_and_end_with_a_full_stop(contents: Contents) -> None:
    standouts = list_standouts(contents.answers)
    assert [one.name for one in standouts] == ["words", "weekdays", "months", "hours", "week", "years"]
    assert standouts[1].sentence == (
        Part("Weekends bring "),
        Part("29\u00a0% fewer", emphasis=True),
        Part("."),
    )
    assert standouts[1].certainty == "Between 24 and 33\u00a0%"


def test_the_other_sections_open_with_their_first_figure_where_something_stands_out(
    contents: Contents,
) -> None:
    answers = contents.answers
    sections = {
        "Weeks": [lay_out_answer(answers["weekdays"], None)],
        "Nights": [lay_out_answer(answers["year_weekday"], None), lay_out_answer(answers["hours"], None)],
        "Forecast": [],
    }
    opened = list_openings(sections, list_standouts(answers))
    assert [(name, figure.name) for name, figure in opened] == [("Nights", "year_weekday")]
    assert list_openings(sections, []) == []


def test_the_small_picture_is_drawn_from_the_answers_own_numbers(contents: Contents) -> None:
    pictures = {one.name: one.spark for one in list_standouts(contents.answers)}
    rates = [40, 41.3, 41.5, 40.9, 39.9, 28.8, 29.4]
    assert pictures["weekdays"] == draw_spark(rates, {5, 6})
    means = contents.answers["months"].frame.groupby("month")["per_day"].mean()
    assert pictures["months"] == draw_spark(list(means), {7})


def test_a_run_past_midnight_is_drawn_with_the_hours_of_the_next_day(contents: Contents) -> None:
    week = contents.answers["week"].frame.set_index(["weekday", "hour"])["per_week"]
    cells = [(0, hour) for hour in range(18, 24)] + [(1, hour) for hour in range(6)]
    pictures = {one.name: one.spark for one in list_standouts(contents.answers)}
    assert pictures["week"] == draw_spark([week[cell] for cell in cells], {4, 5, 6, 7})


def test_a_run_in_the_small_hours_belongs_to_the_row_of_the_day_before(contents: Contents) -> None:
    answer = contents.answers["week"]
    rates = answer.frame.set_index(["weekday", "hour"])["per_week"]
    finding = replace(answer.finding, mark=(0, 0, 4))
    cells = [(0, hour) for hour in range(20, 24)] + [(1, hour) for hour in range(8)]
    (one,) = list_standouts({"week": replace(answer, finding=finding)})
    assert one.spark == draw_spark([rates[cell] for cell in cells], {4, 5, 6, 7})


def test_a_single_marked_month_is_a_line_over_all_months(contents: Contents) -> None:
    answer = contents.answers["months"]
    finding = replace(answer.finding, mark=(2022, 6))
    (one,) = list_standouts({"months": replace(answer, finding=finding)})
    assert one.spark == draw_spark(list(answer.frame["per_day"]), {17})


def test_the_owners_words_are_parted_from_the_sentence_around_them(
    contents: Contents, hostile: tuple[str, ...]
) -> None:
    finding = contents.answers["words_by_year"].finding
    assert part_sentence(finding.headline, finding) == (
        Part("“"),
        Part(hostile[3], emphasis=True, owner=True),
        Part("” leads the words of 2025"),
    )


def test_a_private_key_phrase_is_the_owners_and_any_other_is_not(contents: Contents) -> None:
    private = replace(contents.answers["words"].finding, mark=(), headline="“x” leads", emphasis="x")
    phrase = Part("x", emphasis=True, owner=True)
    assert part_sentence(private.headline, private)[1] == phrase
    public = replace(private, private=False)
    assert part_sentence(public.headline, public)[1] == phrase._replace(owner=False)


def test_each_of_several_words_of_a_list_has_a_direction_of_its_own(contents: Contents) -> None:
    finding = replace(
        contents.answers["words"].finding, emphasis="قطار", mark=("قطار",), named=("خبز", "قطار")
    )
    assert part_sentence("One after another: خبز, قطار", finding) == (
        Part("One after another: "),
        Part("خبز", owner=True),
        Part(", "),
        Part("قطار", emphasis=True, owner=True),
    )


def test_nothing_remarkable_leaves_the_list_empty() -> None:
    assert list_standouts({}) == []


def test_a_key_phrase_is_never_a_piece_of_another_word(contents: Contents) -> None:
    finding = replace(contents.answers["words"].finding, emphasis="video", mark=("video",))
    assert part_sentence("“video” leads the videos", finding) == (
        Part("“"),
        Part("video", emphasis=True, owner=True),
        Part("” leads the videos"),
    )
