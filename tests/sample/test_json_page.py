"""The JSON of a sample is laid out as Google's, key by key."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from pipeline.sample.entry import Entry, Line
from pipeline.sample.json_page import write_json, write_object

SECOND = int(datetime(2025, 7, 3, 22, 5, 9, tzinfo=UTC).timestamp())
SEARCH = Entry(
    SECOND,
    "Search",
    "searched",
    "Searched for\u00a0{}",
    "a=b <c> 'd'",
    "https://a.example/?q=b&c",
    at_home=True,
)
AD = Entry(
    SECOND,
    "YouTube",
    "watched",
    "Watched\u00a0{}",
    "Bread",
    "https://a.example/v",
    (Line("Kitchen", "https://a.example/k"),),
    (Line("From Google Ads"),),
)


def test_a_search_is_an_object_with_the_verb_in_its_title_and_letters_escaped() -> None:
    assert write_object(SEARCH, str) == (
        "{\n"
        '  "header": "Search",\n'
        '  "title": "Searched for a\\u003db \\u003cc\\u003e \\u0027d\\u0027",\n'
        '  "titleUrl": "https://a.example/?q\\u003db\\u0026c",\n'
        '  "time": "2025-07-03T22:05:09.469Z",\n'
        '  "products": ["Search"],\n'
        '  "locationInfos": [{\n'
        '    "name": "At this general area",\n'
        '    "url": "https://www.google.com/maps/@?api\\u003d1\\u0026map_action\\u003dmap'
        '\\u0026center\\u003d48.9,2.3\\u0026zoom\\u003d12",\n'
        '    "source": "From your places (Home)",\n'
        '    "sourceUrl": "https://support.google.com/maps/answer/1"\n'
        "  }],\n"
        '  "activityControls": ["Web \\u0026 App Activity"]\n'
        "}"
    )


def test_a_video_has_its_channel_as_a_subtitle_and_an_ad_its_origin_as_a_detail() -> None:
    assert json.loads(write_object(AD, str)) == {
        "header": "YouTube",
        "title": "Watched Bread",
        "titleUrl": "https://a.example/v",
        "subtitles": [{"name": "Kitchen", "url": "https://a.example/k"}],
        "time": "2025-07-03T22:05:09.101Z",
        "products": ["YouTube"],
        "details": [{"name": "From Google Ads"}],
        "activityControls": ["YouTube watch history"],
    }


def test_an_entry_that_was_cut_has_no_time_and_its_copy_the_same_milliseconds() -> None:
    assert "time" not in json.loads(write_object(AD._replace(dated=False), str))
    assert write_object(AD._replace(in_history=True), str) == write_object(AD, str)


def test_a_file_is_one_array_and_may_be_empty() -> None:
    assert len(json.loads(b"".join(write_json([SEARCH, AD], str)))) == 2
    assert b"".join(write_json([], str)) == b"[]"
