import math

from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.scales import choose_ticks, class_of, find_top, step_of

sizes = st.floats(min_value=1e-6, max_value=1e9)


@given(st.lists(sizes, min_size=1))
def test_the_headroom_is_14_to_30_per_cent(values: list[float]) -> None:
    assert 1.14 <= find_top(values) / max(values) <= 1.30


def test_a_scale_without_values_still_has_a_length() -> None:
    assert (find_top([]), find_top([math.nan]), find_top([0.0, math.nan])) == (1.0, 1.0, 1.0)


@given(sizes, st.integers(min_value=1, max_value=6))
def test_ticks_are_few_even_and_below_the_top(top: float, most: int) -> None:
    ticks = choose_ticks(top, most)
    assert len(ticks) <= most
    assert all(0 < tick <= top * (1 + 1e-6) for tick in ticks)


def test_ticks_are_round() -> None:
    assert choose_ticks(83, 3) == [30, 60]
    assert choose_ticks(9.4, 5) == [2, 4, 6, 8]
    assert choose_ticks(0.0) == []


def test_a_ramp_goes_from_nothing_to_the_last_step_and_no_further() -> None:
    assert [step_of(value, 4.0) for value in (0.0, 1.0, 4.0, 9.0)] == [0.0, 2.0, 8.0, 8.0]
    assert step_of(3.0, 0.0) == 0.0


def test_seven_classes_share_the_span() -> None:
    assert [class_of(value, 21, 58) for value in (0, 21, 24, 28, 34, 43, 49, 58)] == [0, 1, 1, 2, 3, 4, 5, 6]
    assert math.isnan(class_of(math.nan, 1, 2))


def test_nearly_equal_cells_look_nearly_equal() -> None:
    assert class_of(41, 40, 41) - class_of(40, 40, 41) <= 1


@given(st.tuples(sizes, sizes, sizes))
def test_more_is_never_a_lower_class(values: tuple[float, float, float]) -> None:
    lowest, value, highest = sorted(values)
    assert 1 <= class_of(lowest, lowest, highest) <= class_of(value, lowest, highest) <= 6
    assert class_of(highest, lowest, highest) == 6
