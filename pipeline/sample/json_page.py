"""How Google writes My Activity as JSON: one array, newest first, times in UTC to the millisecond."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from pipeline.sample.entry import HOME, Entry, Line
from pipeline.sample.eras import NBSP
from pipeline.sample.languages import Say, say_line

# Letters that Google's writer escapes, so that the text may stand in HTML too.
ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&='"}


def write_json(entries: Iterable[Entry], say: Say) -> Iterator[bytes]:
    """Yield a whole file in pieces; ``entries`` come newest first."""
    before = "["
    for entry in entries:
        yield (before + write_object(entry, say)).encode()
        before = ","
    yield b"[]" if before == "[" else b"]"


def write_object(entry: Entry, say: Say) -> str:
    """Return one entry as JSON, a key a line."""
    pairs = (f"  {json.dumps(key)}: {_lay_out(value)}" for key, value in _describe(entry, say) if value)
    return "{\n" + ",\n".join(pairs) + "\n}"


def _describe(entry: Entry, say: Say) -> Iterator[tuple[str, Any]]:
    header = say(entry.product)
    yield "header", header
    yield "title", say(entry.phrase).replace(NBSP, " ").replace("{}", entry.title)
    yield "titleUrl", entry.url
    yield "subtitles", [_describe_line(say_line(line, say)) for line in entry.below]
    yield "time", _print_time(entry) if entry.dated else None
    yield "products", [header]
    yield "details", [{"name": say_line(line, say).text} for line in entry.details]
    if entry.at_home:
        yield (
            "locationInfos",
            [
                {
                    "name": f"At {HOME.name}",
                    "url": HOME.url,
                    "source": f"From {HOME.source} (Home)",
                    "sourceUrl": HOME.source_url,
                }
            ],
        )
    yield "activityControls", [entry.setting]


def _describe_line(line: Line) -> dict[str, str]:
    return {"name": line.text, **({"url": line.url} if line.url else {})}


def _print_time(entry: Entry) -> str:
    """Print the second, and milliseconds that every copy of the entry shares."""
    thousandths = crc32(f"{entry.utc} {entry.title}".encode()) % 1000
    return f"{datetime.fromtimestamp(entry.utc, UTC):%Y-%m-%dT%H:%M:%S}.{thousandths:03}Z"


def _lay_out(value: str | list[Any]) -> str:
    """Lay a value out as Google's writer does: objects begin on the line of their list."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).translate(ESCAPES)
    if isinstance(value[0], str):
        return "[" + ", ".join(map(_lay_out, value)) + "]"
    objects = (
        "{\n" + ",\n".join(f'    "{key}": {_lay_out(text)}' for key, text in item.items()) + "\n  }"
        for item in value
    )
    return "[" + ", ".join(objects) + "]"
