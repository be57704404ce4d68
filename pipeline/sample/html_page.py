"""How Google writes My Activity as HTML: one line, one zone, newest first; the eras differ in little."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape

from pipeline.sample.entry import HOME, Entry, Line
from pipeline.sample.eras import NBSP, Era
from pipeline.sample.languages import Say, say_line

CSS_BYTES = 141_000
CELL = (
    '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
    '<div class="header-cell mdl-cell mdl-cell--12-col">'
    '<p class="mdl-typography--title">{header}<br></p></div>'
    '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1">{body}</div>'
    '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1 mdl-typography--text-right">'
    '</div><div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption">{caption}</div>'
    "</div></div>"
)
WHY = (
    "<b>{why}</b><br>&emsp;This activity was saved to your Google Account because the following"
    " settings were on:&nbsp;{setting}.&nbsp;You can control these settings &nbsp;"
    '<a href="https://myaccount.google.com/activitycontrols">here</a>.'
)


def write_html(entries: Iterable[Entry], say: Say, era: Era, clock: Callable[[int], str]) -> Iterator[bytes]:
    """Yield a whole file in pieces; ``entries`` come newest first."""
    head = "<html><head><title>My Activity History</title>"
    yield f'{head}<style type="text/css">{_write_css()}</style></head><body><div class="mdl-grid">'.encode()
    for entry in entries:
        yield write_cell(entry, say, era, clock).encode()
    yield b"</div></body></html>"


def write_cell(entry: Entry, say: Say, era: Era, clock: Callable[[int], str]) -> str:
    """Return one entry as HTML, about 1 kB."""
    title = _write_line(Line(entry.title, entry.url), era)
    lines = [say(entry.phrase).replace(NBSP, era.after_verb).replace("{}", title)]
    lines += [_write_line(say_line(line, say), era) for line in entry.below]
    if entry.dated:
        lines.append(clock(entry.utc) + ("<br>" if era.ends_date else ""))
    header = escape(say(entry.product))
    caption = f"<b>{say('Products:')}</b><br>&emsp;{header}<br>"
    if entry.at_home:
        caption += f"<b>{say('Locations:')}</b><br>&emsp;{_write_place(era)}<br>"
    if entry.details:
        details = (_write_line(say_line(line, say), era) for line in entry.details)
        caption += f"<b>{say('Details:')}</b><br>" + "".join(f"&emsp;{detail}<br>" for detail in details)
    if era.why:
        caption += WHY.format(why=say("Why is this here?"), setting=escape(entry.setting))
    return CELL.format(header=header, body="<br>".join(lines), caption=caption)


def _write_place(era: Era) -> str:
    if era.home_address:
        return f"From your home: {_write_line(Line(HOME.address, HOME.address), era)}\n"
    where = _write_line(Line(HOME.name, HOME.url), era)
    source = _write_line(Line(HOME.source, HOME.source_url), era)
    return f"At {where} - From {source} (Home)"


def _write_line(line: Line, era: Era) -> str:
    text = escape(line.text, quote=era.entities).replace("&#x27;", "&#39;")
    return f'<a href="{escape(line.url)}">{text}</a>' if line.url else text


def _write_css() -> str:
    """Return rules in the manner of the material grid, as long as the ones that Google puts first."""
    rules = [".outer-cell{margin-bottom:8px}.header-cell p{margin:0}.content-cell{word-wrap:break-word}"]
    size = len(rules[0])
    step = 0
    while size < CSS_BYTES:
        selector = f".mdl-cell--{step % 12 + 1}-col.mdl-grid--s{step}"
        rule = f"{selector}{{width:calc({step % 100}.3333% - {step % 17}px)}}"
        rules.append(rule)
        size += len(rule)
        step += 1
    return "".join(rules)
