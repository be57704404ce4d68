"""Settings come from where they should, in the right order, and a wrong one is refused in plain words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.settings import FreeSpan, Settings, ZoneSpan, load_settings

ZONE_REMEDY = "Write a zone such as Europe/Paris, or lines such as '2015-08-20 America/Chicago'."


@pytest.fixture(autouse=True)
def _own_config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: tmp_path / "config")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "data")


def load(folder: Path, *, environment: dict[str, str] | None = None, **options: Any) -> Settings:
    return load_settings(
        {"home_zone": "Europe/Paris", **options}, environment=environment or {}, folder=folder
    )


def write_toml(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "almanac.toml").write_text(text, "utf-8")


def test_a_zone_alone_settles_everything(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings(
        out=tmp_path / "data",
        home_zone=(ZoneSpan(None, "Europe/Paris"),),
        weekend=(5, 6),
        first_weekday=0,
        product=None,
        action=None,
    )


def test_a_checkout_keeps_its_outputs_in_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "takeout-almanac"\n', "utf-8")
    assert load(tmp_path).out == tmp_path / "outputs"


def test_a_foreign_project_is_no_checkout_in_whatever_encoding(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b'name = "caf\xe9"\n')
    assert load(tmp_path).out == tmp_path / "data"


def test_the_command_line_beats_the_environment_and_that_beats_the_file(tmp_path: Path) -> None:
    write_toml(tmp_path / "out", 'home_zone = "Asia/Tokyo"\nweekend = ["friday"]\nfilter = "product=maps"')
    settings = load_settings(
        {"home_zone": "Europe/Paris", "out": "out", "weekend": None},
        environment={"ALMANAC_HOME_ZONE": "Asia/Seoul", "ALMANAC_WEEKEND": "sat", "ALMANAC_OUT": "other"},
        folder=tmp_path,
    )
    assert settings == Settings(tmp_path / "out", (ZoneSpan(None, "Europe/Paris"),), (5,), 0, "maps", None)


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    assert load(tmp_path, environment={"ALMANAC_OUT": "", "ALMANAC_FILTER": ""}) == load(tmp_path)


@pytest.mark.parametrize("place", ["out", ".", "config"])
def test_the_file_may_lie_in_or_beside_the_outputs_or_in_the_config_folder(
    tmp_path: Path, place: str
) -> None:
    write_toml(tmp_path / place, 'first_weekday = "sunday"')
    assert load(tmp_path, out="out").first_weekday == 6


def test_the_file_nearest_to_the_tables_is_the_only_one_that_is_read(tmp_path: Path) -> None:
    write_toml(tmp_path / "out", 'weekend = "friday"')
    write_toml(tmp_path / "config", 'weekend = "monday"\nfilter = "product=maps"')
    settings = load(tmp_path, out="out")
    assert (settings.weekend, settings.product) == ((4,), None)


def test_the_file_may_name_the_folder_unless_something_stronger_does(tmp_path: Path) -> None:
    write_toml(tmp_path / "config", 'out = "elsewhere"')
    assert load(tmp_path).out == tmp_path / "elsewhere"
    assert load(tmp_path, environment={"ALMANAC_OUT": "mine"}).out == tmp_path / "mine"


def test_a_tilde_in_the_folder_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "expanduser", lambda self: Path(str(self).replace("~", "/home/ann")))
    assert load(tmp_path, out="~/tables").out == Path("/home/ann/tables")


@pytest.mark.parametrize(
    ("zone", "weekend", "first"),
    [
        ("Europe/Paris", (5, 6), 0),
        ("America/Chicago", (5, 6), 6),
        ("US/Eastern", (5, 6), 6),
        ("Africa/Cairo", (4, 5), 5),
        ("Asia/Kolkata", (6,), 6),
        ("Etc/UTC", (5, 6), 0),
        ("Antarctica/McMurdo", (5, 6), 0),
    ],
)
def test_the_week_is_the_one_of_the_home_country(
    tmp_path: Path, zone: str, weekend: tuple[int, ...], first: int
) -> None:
    settings = load(tmp_path, home_zone=zone)
    assert (settings.weekend, settings.first_weekday) == (weekend, first)


def test_every_zone_on_this_system_can_be_home(tmp_path: Path) -> None:
    for zone in sorted(available_timezones()):
        settings = load(tmp_path, home_zone=zone)
        assert settings.home_zone[-1].zone == zone
        assert 1 <= len(settings.weekend) <= 6


@pytest.mark.parametrize(
    "value",
    [
        ["2015-08-20 America/Chicago", "2010-01-01 Asia/Shanghai"],
        "2010-01-01 Asia/Shanghai, 2015-08-20 America/Chicago",
        ["Asia/Shanghai", "2015-08-20 America/Chicago"],
    ],
)
def test_dated_zones_are_sorted_and_the_first_reaches_back_for_ever(tmp_path: Path, value: Any) -> None:
    settings = load(tmp_path, home_zone=value)
    assert settings.home_zone == (
        ZoneSpan(None, "Asia/Shanghai"),
        ZoneSpan(date(2015, 8, 20), "America/Chicago"),
    )
    assert settings.home_zone[-1].zone == "America/Chicago"


def test_home_is_where_it_was_for_the_tables_that_are_there_unless_something_says_otherwise(
    tmp_path: Path,
) -> None:
    asked: list[Path] = []

    def recall(out: Path) -> list[str]:
        asked.append(out)
        return ["Asia/Shanghai", "2015-08-20 America/Chicago"]

    out = tmp_path / "out"
    remembered = load_settings({"out": str(out)}, environment={}, folder=tmp_path, recall=recall)
    assert remembered.home_zone == (
        ZoneSpan(None, "Asia/Shanghai"),
        ZoneSpan(date(2015, 8, 20), "America/Chicago"),
    )
    assert asked == [out]
    write_toml(out, 'home_zone = "Asia/Tokyo"')
    for said, variables, zone in (
        ({}, {}, "Asia/Tokyo"),
        ({}, {"ALMANAC_HOME_ZONE": "Europe/Rome"}, "Europe/Rome"),
        ({"home_zone": "Europe/Paris"}, {"ALMANAC_HOME_ZONE": "Europe/Rome"}, "Europe/Paris"),
    ):
        options = {"out": str(out), **said}
        settled = load_settings(options, environment=variables, folder=tmp_path, recall=recall)
        assert settled.home_zone[-1].zone == zone
    assert asked == [out]


@pytest.mark.parametrize(
    "value",
    [
        5,
        [],
        "",
        "Europe/Paris Europe/Rome now",
        ["20150820x America/Chicago"],
        [1],
        ["Asia/Tokyo", "Asia/Seoul"],
    ],
)
def test_a_home_zone_that_cannot_be_read_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, home_zone=value)
    assert str(caught.value) == f"A line of home_zone cannot be read (home_zone). {ZONE_REMEDY}"


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../../etc/passwd", "Europe", "/etc/localtime"])
def test_an_unknown_zone_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, home_zone=name)
    assert str(caught.value) == f"Unknown time zone {name!r} (home_zone). Use a name such as Europe/Paris."


def test_without_a_zone_the_system_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "Asia/Tokyo")
    assert load(tmp_path, home_zone=None).home_zone[-1].zone == "Asia/Tokyo"
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: None)
    assert load(tmp_path, home_zone=None).home_zone[-1].zone == "UTC"


def test_a_system_that_does_not_know_its_zone_is_named_as_the_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise ValueError("EST5EDT")

    monkeypatch.setattr("tzlocal.get_localzone_name", fail)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, home_zone=None)
    assert str(caught.value) == (
        "The system does not say in which time zone it is (home_zone). "
        "Give --home-zone, with a name such as Europe/Paris."
    )


@pytest.mark.parametrize("value", ["fri sat", "Friday,Saturday", ["sat", "fri", "fri"]])
def test_a_weekend_is_named_by_its_days(tmp_path: Path, value: Any) -> None:
    assert load(tmp_path, weekend=value).weekend == (4, 5)


@pytest.mark.parametrize("value", ["", 5, [], "mon tue wed thu fri sat sun"])
def test_a_weekend_of_no_day_or_of_all_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, weekend=value)
    assert str(caught.value) == "A weekend has from one to six days (weekend). Write friday,saturday."


@pytest.mark.parametrize("name", ["caturday", "s", "sa", "samstag", 5])
def test_an_unknown_weekday_is_refused(tmp_path: Path, name: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, first_weekday=name)
    assert str(caught.value) == f"Unknown weekday {name!r} (first_weekday). Use names such as saturday."
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, weekend=[name])
    assert str(caught.value) == f"Unknown weekday {name!r} (weekend). Use names such as saturday."


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("product=youtube,action=watched", ("youtube", "watched")),
        ("action=watched", (None, "watched")),
        (" product = maps ", ("maps", None)),
    ],
)
def test_a_filter_names_a_product_an_action_or_both(
    tmp_path: Path, value: str, subject: tuple[str | None, str | None]
) -> None:
    settings = load(tmp_path, filter=value)
    assert (settings.product, settings.action) == subject


@pytest.mark.parametrize(
    "value", ["", "youtube", "product=", "product=a,product=b", "site=a.org", "product=a,", 5]
)
def test_a_filter_that_cannot_be_read_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, filter=value)
    assert str(caught.value) == f"Unreadable filter {value!r} (filter). Write product=youtube,action=watched."


@given(st.text())
def test_any_text_is_a_filter_or_is_refused(value: str) -> None:
    try:
        settings = load(Path("/nowhere"), filter=value)
    except SettingsError:
        return
    assert settings.product or settings.action


def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path) -> None:
    write_toml(tmp_path / "out", 'homezone = "Europe/Paris"')
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, out="out")
    assert str(caught.value) == (
        f"Unknown setting 'homezone' ({tmp_path / 'out' / 'almanac.toml'}). "
        "Known settings: out, home_zone, weekend, first_weekday, free_days, filter, skip_limit, strict, "
        "redact, coarse, server_off_machine."
    )


@pytest.mark.parametrize(
    "value",
    [
        "2022-05-26, 2021-12-20/2022-01-03,2022-01-02/2022-01-06,2022-01-07",
        ["2021-12-20/2022-01-07", date(2022, 5, 26)],
        ["2021-12-20 / 2022-01-07", "20220526"],
    ],
)
def test_free_days_are_dates_and_spans_in_order_those_that_touch_joined(tmp_path: Path, value: Any) -> None:
    assert load(tmp_path, free_days=value).free_days == (
        FreeSpan(date(2021, 12, 20), date(2022, 1, 7)),
        FreeSpan(date(2022, 5, 26), date(2022, 5, 26)),
    )


def test_free_days_come_from_the_file_and_the_environment_too(tmp_path: Path) -> None:
    assert load(tmp_path).free_days == ()
    write_toml(tmp_path, 'free_days = [2022-05-01, "2022-12-25/2022-12-26"]')
    assert [span.last.day for span in load(tmp_path, out="out").free_days] == [1, 26]
    variables = {"ALMANAC_FREE_DAYS": "2023-01-01"}
    assert [span.last.year for span in load(tmp_path, out="out", environment=variables).free_days] == [2023]


@pytest.mark.parametrize("value", ["May", "2022-02-30", "2022-01-07/2021-12-20", 3, ["2022-01-01/"], [None]])
def test_a_free_day_that_is_no_date_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, free_days=value)
    assert str(caught.value) == (
        "A line of free_days cannot be read (free_days). Write dates such as 2022-05-01, or spans such as "
        "2021-12-20/2022-01-07."
    )


@pytest.mark.parametrize("content", [b"weekend = ", b"weekend = '\xff'"])
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    write_toml(tmp_path / "out", "")
    (tmp_path / "out" / "almanac.toml").write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, out="out")
    where = tmp_path / "out" / "almanac.toml"
    assert str(caught.value).startswith(f"The settings are not valid TOML ({where}). ")


def test_how_much_may_be_set_aside_is_a_share_and_strict_is_a_switch(tmp_path: Path) -> None:
    write_toml(tmp_path / "out", "skip_limit = 0.5\nstrict = true")
    assert load(tmp_path).skip_limit == 0.02 and not load(tmp_path).strict
    assert load(tmp_path, out="out").skip_limit == 0.5 and load(tmp_path, out="out").strict
    environment = {"ALMANAC_SKIP_LIMIT": "0", "ALMANAC_STRICT": "false"}
    settings = load(tmp_path, environment=environment, out="out")
    assert settings.skip_limit == 0 and not settings.strict


@pytest.mark.parametrize("value", ["much", -0.1, 1.1, "nan", True, [0.1]])
def test_a_limit_that_is_no_share_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, skip_limit=value)
    assert str(caught.value) == (f"{value!r} is no share (skip_limit). Write one from 0 to 1, such as 0.02.")


def test_a_switch_that_is_neither_on_nor_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, strict="perhaps")
    assert str(caught.value) == "'perhaps' is neither true nor false (strict). Write true or false."


def test_what_is_to_be_shared_is_redacted_and_only_then_coarse(tmp_path: Path) -> None:
    write_toml(tmp_path / "out", "redact = true")
    assert not load(tmp_path).redact and not load(tmp_path).coarse
    assert load(tmp_path, out="out").redact and not load(tmp_path, out="out").coarse
    both = load(tmp_path, out="out", coarse="true")
    assert both.redact and both.coarse
    assert not load(tmp_path, out="out", environment={"ALMANAC_REDACT": "false"}).redact
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, coarse="true")
    assert str(caught.value) == (
        "coarse is set without redact (coarse). "
        "Give --redact --coarse: the one hides words and places, the other the days as well."
    )
