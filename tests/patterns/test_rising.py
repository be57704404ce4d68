import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from pipeline.patterns.rising import answer_rising, find_trends, list_months
from pipeline.patterns.slopes import fit_slopes, measure_spread


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("slope", [-0.8, 0.0, 0.3])
def test_slopes_spread_and_deviations_are_those_of_statsmodels(seed: int, slope: float) -> None:
    rng = np.random.default_rng(seed)
    time = np.arange(36) / 12 + 2021
    exposure = rng.integers(200, 900, 36).astype(float)
    rates = exposure[None] * 0.02 * np.exp(slope * (time - 2022)) * rng.lognormal(0, 0.4, (5, 36))
    counts = rng.poisson(rates).astype(float)
    found = fit_slopes(counts, exposure, time)
    spread = measure_spread(counts, found.expected)
    for k in range(5):
        model = sm.GLM(
            counts[k], sm.add_constant(time - 2022), family=sm.families.Poisson(), exposure=exposure
        )
        plain, quasi = model.fit(), model.fit(scale="X2")
        assert found.slope[k] == pytest.approx(plain.params[1], abs=1e-6)
        assert found.sd[k] == pytest.approx(plain.bse[1], rel=1e-4)
        assert found.sd[k] * np.sqrt(spread[k]) == pytest.approx(quasi.bse[1], rel=1e-4)
        np.testing.assert_allclose(found.expected[k], plain.mu, rtol=1e-4)


def test_a_word_of_one_month_alone_has_a_finite_slope() -> None:
    counts = np.zeros((1, 30))
    counts[0, -1] = 50.0
    found = fit_slopes(counts, np.full(30, 100.0), np.arange(30) / 12)
    assert np.isfinite([found.slope[0], found.sd[0]]).all()


def draw_texts(times: np.ndarray, seed: int, rise: float, fall: float) -> list[str]:
    """Words of Zipf's frequencies, of which two change their share by so much a year (logarithms)."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(5, 155)
    texts = [f"t{k}x" for k in rng.choice(150, len(times), p=weights / weights.sum())]
    years = (times - times[0]) / np.timedelta64(365, "D")
    for word, slope in (("python", rise), ("fax", fall)):
        share = 0.04 * np.exp(slope * (years - years[-1] / 2))
        for k in np.flatnonzero(rng.random(len(times)) < share):
            texts[k] += f" {word}"
    return texts


@pytest.fixture(scope="module")
def four_years(draw_session, make_subject):
    """Subjects of four years in which one word rises and one falls."""

    def make(seed: int, rise: float, fall: float, **asked):
        times = np.sort(draw_session(seed, "2021-02-02", "2024-11-20", a_day=15, **asked))
        return make_subject(times, text=draw_texts(times, seed, rise, fall))

    return make


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("slope", [0.35, 0.7])
def test_planted_words_rise_and_fall_by_their_slopes(four_years, seed: int, slope: float) -> None:
    subject = four_years(seed, slope, -slope)
    found = find_trends(subject)
    assert (found.main["word"].iloc[0], found.main["word"].iloc[-1]) == ("python", "fax")
    for k, planted in ((0, slope), (-1, -slope)):
        sd = found.main["slope"].iloc[k] / found.main["z"].iloc[k]
        assert abs(found.main["slope"].iloc[k] - planted) < 3.5 * sd
    finding = answer_rising(subject, np.random.default_rng(0)).finding
    assert finding.mark == ("python", "fax")
    assert finding.headline.startswith("“python” rises from ")
    assert ", “fax” falls from " in finding.headline
    assert finding.remarkable > 0 and finding.private


def test_without_a_trend_nothing_is_claimed(four_years) -> None:
    listed = 0
    for seed in range(8):
        answer = answer_rising(four_years(seed, 0.0, 0.0), np.random.default_rng(0))
        listed += len(answer.frame) > 0
        if not len(answer.frame):
            assert answer.finding.headline == "No word rises or falls steadily over the years"
            assert (answer.finding.remarkable, answer.finding.mark) == (0.0, ())
    assert listed <= 1


def test_more_searches_of_everything_are_no_rise(four_years) -> None:
    found = find_trends(four_years(1, 0.0, 0.0, years={2021: 0.4, 2024: 2.0}))
    assert len(found.main) == 0


@pytest.mark.parametrize("seed", range(3))
def test_months_that_differ_much_make_no_trend(draw_session, make_subject, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.sort(draw_session(seed, "2021-02-02", "2024-11-20", a_day=15))
    month = times.astype("datetime64[M]").astype(int)
    rates = 0.004 * rng.lognormal(0, 1.2, (int(month[-1] - month[0]) + 1, 40))
    asked = rng.random((len(times), 40)) < rates[month - month[0]]
    texts = [" ".join(f"w{k}x" for k in np.flatnonzero(row)) or "bread" for row in asked]
    assert len(find_trends(make_subject(times, text=texts)).main) == 0


SPANS = [("2024-06-01", "2024-07-10"), ("2024-08-01", "2024-11-20"), ("2021-02-03", "2021-12-01")]


@pytest.mark.parametrize(("first", "last"), SPANS)
def test_an_interest_of_one_year_is_no_rise_and_no_fall(four_years, first: str, last: str) -> None:
    subject = four_years(2, 0.0, 0.0)
    late = subject.rows["date"].between(first, last).to_numpy()
    subject.rows["text"] = np.where(late, subject.rows["text"] + " kyoto", subject.rows["text"])
    assert "kyoto" not in set(find_trends(subject).main["word"])


def test_shares_are_those_of_the_first_and_the_last_year(four_years) -> None:
    subject = four_years(0, 0.6, -0.6)
    found = find_trends(subject)
    rows = subject.rows[subject.rows["date"].isin(subject.covered)]
    for column, year in (("first_share", 2021), ("last_share", 2024)):
        texts = rows["text"][rows["year"] == year]
        assert found.main[column].iloc[0] == pytest.approx(texts.str.contains("python").mean())
    python = found.years[found.years["word"] == "python"]
    assert python["year"].tolist() == [2021, 2022, 2023, 2024]
    assert python["searches"].tolist() == [int((rows["year"] == year).sum()) for year in python["year"]]


def test_months_of_few_covered_days_are_left_out(make_subject) -> None:
    times = pd.date_range("2023-01-25T12:00", "2023-04-08T12:00", freq="D")
    months = list_months(make_subject(times.to_numpy()))
    assert (months.year.tolist(), months.searches.tolist()) == ([2023, 2023], [28.0, 31.0])
    assert months.place.tolist() == [-1] * 7 + [0] * 28 + [1] * 31 + [-1] * 8


@pytest.mark.parametrize("times", [[], ["2024-03-01T22:00"], ["2014-03-01T22:00", "2024-06-01T10:00"]])
def test_little_gives_empty_tables_of_the_same_types(make_subject, times, four_years) -> None:
    small = answer_rising(make_subject(times, text="bread"), np.random.default_rng(0))
    large = answer_rising(four_years(0, 0.6, -0.6), np.random.default_rng(0))
    for name in ("main", "years"):
        assert len(small.frames[name]) == 0
        assert small.frames[name].dtypes.equals(large.frames[name].dtypes)


def test_a_short_archive_says_what_it_takes(make_subject, draw_session) -> None:
    times = draw_session(3, "2024-01-02", "2024-05-20", a_day=5)
    finding = answer_rising(
        make_subject(times, product="youtube", action="watched", text="cats"), np.random.default_rng(0)
    ).finding
    assert finding.headline == "Five usable months are too few to tell which words rise and which fall"
    assert (
        "search" not in f"{finding.headline} {finding.deck} {finding.certainty} {finding.how} {finding.alt}"
    )
