import json
from importlib.resources import files

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns import segment
from pipeline.patterns.particles import drop_particle
from pipeline.patterns.segment import MODELS, cut_runs, load_model, name_scripts
from pipeline.patterns.vocabulary import list_vocabulary

budoux = pytest.importorskip("budoux")
pytest.importorskip("rjieba")


@pytest.fixture(autouse=True)
def _no_analyser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep away what a developer may have installed besides."""
    monkeypatch.setattr(segment, "load_analyser", lambda: None)


def cut(*runs: str) -> list[list[str]]:
    found = cut_runs(pa.array(runs, pa.string()))
    pieces: list[list[str]] = [[] for _ in runs]
    for run, piece in zip(found.run, found.pieces.to_pylist(), strict=True):
        pieces[run].append(piece)
    return pieces


def words_of(*texts: str) -> list[str]:
    vocabulary = list_vocabulary(pd.Series(texts, dtype="object"))
    return [
        word for word, everyday in zip(vocabulary.words, vocabulary.everyday, strict=True) if not everyday
    ]


def test_chinese_in_both_ways_of_writing_thai_and_japanese_are_cut() -> None:
    assert cut("北京天气预报") == [["北京", "天气预报"]]
    assert cut("台北天氣預報") == [["台北", "天氣", "預報"]]
    assert cut("อากาศวันนี้") == [["อากาศ", "วัน", "นี้"]]
    assert cut("東京の天気") == [["東京", "の", "天気"]]


def test_simplified_chinese_is_cut_by_a_dictionary_names_included() -> None:
    assert cut("论文写作代码", "小红书怎么注册", "自行车调整链条") == [
        ["论文", "写作", "代码"],
        ["小红书", "怎么", "注册"],
        ["自行车", "调整", "链条"],
    ]


def test_without_the_dictionary_the_model_cuts_chinese_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "load_dictionary", lambda: None)
    assert cut("北京天气预报") == [["北京", "天气", "预报"]]


def test_han_alone_is_japanese_among_kana() -> None:
    assert cut("機械学習入門", "東京の天気")[0] == ["機械", "学習入門"]
    assert cut("机器学习")[0] == ["机器", "学习"]


def test_a_short_run_is_one_word_and_other_scripts_stay() -> None:
    assert cut("京都", "bread", "погода", "서울날씨") == [[], [], [], []]


def test_a_lone_thai_letter_stays_with_what_stands_before_it() -> None:
    assert cut("วิธีทำขนมปัง") == [["วิธี", "ทำ", "ขนม", "ปัง"]]


LETTERS = {
    language: sorted(
        {letter for group in json.loads(files("budoux").joinpath("models", name).read_text("utf-8")).values()
         for key in group for letter in key}
    )
    for language, name in MODELS.items()
}  # fmt: skip


@pytest.mark.parametrize("language", list(MODELS))
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_cuts_are_those_of_the_package(language: str, data: st.DataObject) -> None:
    runs = data.draw(st.lists(st.text(st.sampled_from([*LETTERS[language], "q"]), min_size=1), min_size=1))
    weights = json.loads(files("budoux").joinpath("models", MODELS[language]).read_text("utf-8"))
    model = load_model(language)
    assert model is not None
    found = segment._cut_by(model, pa.array(runs), joins=False)
    pieces: list[list[str]] = [[] for _ in runs]
    for run, piece in zip(found[0], found[1].to_pylist(), strict=True):
        pieces[run].append(piece)
    assert pieces == [budoux.Parser(weights).parse(run) for run in runs]


def test_without_the_package_runs_stay_whole_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "load_model", lambda language: None)
    monkeypatch.setattr(segment, "load_dictionary", lambda: None)
    found = cut_runs(pa.array(["北京天气预报", "台北天氣預報", "อากาศวันนี้", "bread"]))
    assert (len(found.run), found.unsplit) == (0, {"Chinese", "Thai"})


def test_a_missing_package_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(segment, "files", refuse)
    assert load_model.__wrapped__("Thai") is None


def test_scripts_without_a_model_are_named() -> None:
    found = cut_runs(pa.array(["ສະບາຍດີ", "မင်္ဂလာပါ"]))
    assert name_scripts(found.unsplit) == ["Burmese", "Lao"]


def test_the_words_of_a_chinese_archive_are_words_and_function_words_are_not() -> None:
    words = words_of("北京天气预报", "上海的天气怎么样", "最好的中国电影", "北京到上海")
    assert {"北京", "天气", "电影", "中国"} <= set(words)
    assert not {"的", "怎么样"} & set(words)


def test_korean_particles_come_off_where_the_bare_word_is_met() -> None:
    assert set(words_of("날씨", "날씨가", "날씨를 서울에서", "서울")) == {"날씨", "서울"}


def test_a_word_that_only_ends_like_a_particle_stays() -> None:
    assert words_of("고양이 사진", "고양이 영상") == ["고양이", "사진", "영상"]
    assert drop_particle("고양이", {"고양이": 10.0, "고양": 2.0}) == "고양이"
    assert drop_particle("나이", {"나이": 1.0, "나": 5.0}) == "나이"
