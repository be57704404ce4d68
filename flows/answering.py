"""The rows of a query as they are printed: laid out for a terminal, as JSON or as CSV."""

from __future__ import annotations

import json
import math
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import count, islice
from shutil import get_terminal_size
from typing import Any

import pyarrow as pa
import typer

MOST_ROWS, MOST_CARDS = 40, 10
LEAST_WIDTH = 8  # of a column that has to give way
MISSING, CUT = "–", "…"


@contextmanager
def quiet_without_reader() -> Iterator[None]:
    """End without a word where whoever reads the output has stopped, as ``head`` does."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
        raise typer.Exit(1) from None


def print_json(reader: pa.RecordBatchReader) -> None:
    """Print all rows as one JSON array, an object a line."""
    between, names = "[\n ", number_names(reader.schema.names)
    for row in _iter_values(reader):
        line = _plain(dict(zip(names, row, strict=True)))
        typer.echo(between + json.dumps(line, ensure_ascii=False), nl=False)
        between = ",\n "
    typer.echo("[]" if between.startswith("[") else "\n]")


def number_names(names: Sequence[str]) -> list[str]:
    """Return names that differ: of those that are alike all but the first get ``_1``, ``_2`` and so on."""
    found: list[str] = []
    for name in names:
        others = (f"{name}_{k}" for k in count(1))
        taken = {*found, *names}
        found.append(name if name not in found else next(other for other in others if other not in taken))
    return found


def print_csv(reader: pa.RecordBatchReader) -> None:
    """Print all rows as CSV, in the form of an export."""
    from pipeline.export.csv_rows import write_header, write_rows

    sys.stdout.flush()
    stream = sys.stdout.buffer
    stream.write(write_header(pa.schema([(name, pa.string()) for name in reader.schema.names])))
    for batch in reader:
        columns = [_keep_simple(column) for column in batch.columns]
        stream.write(write_rows(pa.table(columns, names=reader.schema.names)))
    stream.flush()


def print_rows(reader: pa.RecordBatchReader, home: str) -> None:
    """Print the first rows as wide as the terminal; ``home`` says whose clock ``local`` is."""
    names, width = [_clean(name) for name in reader.schema.names], get_terminal_size().columns
    as_cards = len(names) * (LEAST_WIDTH + 2) > width
    most = MOST_CARDS if as_cards else MOST_ROWS
    rows = [list(row) for row in islice(_iter_values(reader), most + 1)]
    shown = [[_say(value) for value in row] for row in rows[:most]]
    right = [_is_number(kind) for kind in reader.schema.types]
    lines = lay_out_cards(names, shown, width) if as_cards else lay_out(names, shown, right, width)
    typer.echo("\n".join(lines))
    said = [f"{len(shown)} {'row' if len(shown) == 1 else 'rows'}."]
    if len(rows) > most:
        said = [f"The first {most} rows; there are more: --json and --csv print all."]
    if any(pa.types.is_timestamp(kind) and kind.tz for kind in reader.schema.types):
        said.append("Times are in UTC.")
    if "local" in names:
        said.append(f"local is the clock of {home}.")
    typer.echo(" ".join(said))


def lay_out(
    names: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], width: int
) -> Iterator[str]:
    """Yield a header, a rule and the rows; what is too wide is cut, the widest columns first."""
    widths = [max(map(measure, column)) for column in zip(names, *rows, strict=True)]
    room = max(width - 2 * (len(widths) - 1), LEAST_WIDTH * len(widths))
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1

    def line(cells: Sequence[str]) -> str:
        return "  ".join(map(_fit, cells, widths, right)).rstrip()

    yield line(names)
    yield "─" * (sum(widths) + 2 * (len(widths) - 1))
    yield from map(line, rows)


def lay_out_cards(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Yield each row as lines of a name and its value: for more columns than a terminal is wide."""
    widest = max(map(measure, names))
    for k, row in enumerate(rows):
        if k:
            yield ""
        for name, value in zip(names, row, strict=True):
            space = max(width - widest - 2, LEAST_WIDTH)
            yield f"{_fit(name, widest, False)}  {_fit(value, min(space, measure(value)), False)}"


def measure(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.category(c) in ("Mn", "Me") else 1
        for c in text
    )


def _fit(text: str, width: int, right: bool) -> str:
    if measure(text) > width:
        while text and measure(text) >= width:
            text = text[:-1]
        text += CUT
    blank = " " * (width - measure(text))
    return blank + text if right else text + blank


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _iter_values(reader: pa.RecordBatchReader) -> Iterator[tuple[Any, ...]]:
    for batch in reader:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _keep_simple(column: pa.Array) -> pa.Array:
    """Return a column that CSV has a form for: of lists and the like, their JSON."""
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_string(kind) or pa.types.is_boolean(kind):
        return column
    if _is_number(kind) or pa.types.is_date(kind):
        return column
    values = [value if value is None else _plain(value) for value in column.to_pylist()]
    texts = [v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in values]
    return pa.array(texts, pa.string())


def _plain(value: Any) -> Any:
    """Return a value as JSON takes it."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        text = value.replace(tzinfo=None).isoformat(timespec="milliseconds")
        return f"{text}Z" if value.tzinfo else text
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if value is None or isinstance(value, int | str) else str(value)


def _say(value: Any) -> str:
    """Return a value in one line, without what could steer a terminal."""
    if value is None:
        return MISSING
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None).isoformat(" ", "seconds")
    elif isinstance(value, float):
        value = f"{value:.6g}"
    elif isinstance(value, list | dict):
        value = json.dumps(_plain(value), ensure_ascii=False)
    elif not isinstance(value, str | int | date):
        value = _plain(value)
    return _clean(str(value))


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
