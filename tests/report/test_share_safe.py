"""What the page shows beside the answers, once it is to be shared."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from pipeline.patterns.coverage import Coverage
from pipeline.patterns.redaction import redact_answers
from pipeline.privacy import say_left_out
from pipeline.report.contents import Books, Contents, ModelBelief, ModelLine
from pipeline.report.ledger import KEPT, KEPT_ONE, Line, lay_out_books
from pipeline.report.page import build_page
from pipeline.report.share_safe import coarsen_line, redact_books, redact_moments

DATED = ModelLine(
    "next_hour", "How many?", "online", "last week", "29 % closer", "A deck; 11 Dec 2024 – 18 Nov 2025.",
    "Lines. Off by 3 on 9 Mar 2021.", "Scored from 2024-12-11 on; the last fifth.",
    notes=(("Last week", "Off by 4."), ("Since", "9 Mar 2021.")), avoided=0.2, low=0.1, high=0.3,
    curve=pd.DataFrame({"week": [date(2025, 3, 3)], "model": [1.0], "baseline": [2.0]}),
)  # fmt: skip


def test_the_ledger_keeps_its_figures_and_loses_every_word_of_the_archives(books: Books) -> None:
    assert lay_out_books(redact_books(books, coarse=False)) == replace(
        lay_out_books(books),
        rows=(
            Line("14 Jun 2023", "1 file", "28,911", "0", "5", "28,906", "28,906"),
            Line("20 Nov 2025", "2 files; 1 copy left out", "63,431", "51,874", "11", "11,546", "40,452"),
        ),
        set_aside=f"Set aside: 11 entries. {KEPT}",
        unread=(),
        notes=(),
    )


def test_coarse_an_export_is_dated_by_its_month(books: Books) -> None:
    redacted = redact_books(books, coarse=True)
    ledger = lay_out_books(redacted)
    assert (ledger.made, [row.name for row in ledger.rows]) == (
        "November 2025",
        ["June 2023", "November 2025"],
    )
    assert [time.day for time in redacted.exports["exported_at"]] == [1, 1]


def test_one_entry_set_aside_and_none_are_told_without_a_reason(books: Books) -> None:
    one = replace(books, reasons=books.reasons.head(1).assign(n=1))
    none = replace(books, reasons=books.reasons.head(0), unread=books.unread.head(0))
    told = [lay_out_books(redact_books(some, coarse=False)) for some in (one, none)]
    assert [ledger.set_aside for ledger in told] == [
        f"Set aside: 1 entry. {KEPT_ONE}",
        "Nothing was set aside.",
    ]
    assert [ledger.unread_text for ledger in told] == ["11 files were not read.", ""]


def test_an_empty_ledger_stays_empty(empty_contents: Contents) -> None:
    plain = lay_out_books(empty_contents.books)
    assert lay_out_books(redact_books(empty_contents.books, coarse=True)) == plain


@pytest.mark.parametrize(
    ("product", "action", "left"),
    [
        ("search", "searched", ["search", "youtube"]),
        ("search", None, ["search", "youtube"]),
        ("other", "used", None),  # was a header of the archive
        (None, "watched", ["search", "youtube"]),
        (None, "used", None),  # of all products, one of them a header of the archive
        (None, None, None),
    ],
)
def test_the_filter_knows_no_product_by_its_header(
    coverage: Coverage, product: str | None, action: str | None, left: list[str] | None
) -> None:
    moments = pd.DataFrame(
        {"product": ["search", "velvet_gadget", "youtube"], "action": ["searched", "used", "watched"], "n": 1}
    )
    kept = redact_moments(moments, replace(coverage, product=product, action=action))
    assert (None if kept is None else kept["product"].tolist()) == left


def test_coarse_there_is_no_filter(coverage: Coverage) -> None:
    moments = pd.DataFrame({"product": ["search"], "action": ["searched"], "n": [1]})
    assert redact_moments(moments, replace(coverage, coarse=True)) is None


def test_coarse_a_model_has_no_curve_and_names_no_day() -> None:
    table = pd.DataFrame({"hour": [0.0], "workday_guessed": [1.0]})
    plain = ModelBelief("learned_hours", "Most at 21:00", "An hour.", "Lines.", table)
    dated = replace(plain, deck="Since 9 Mar 2021.")
    card = (("Learned from", "343 days; 9 Mar 2021 – 3 Apr 2022; no more."), ("Scored", "On 11 Dec 2024."))
    told = coarsen_line(replace(DATED, beliefs=(plain, dated), card=card))
    assert (told.beliefs, told.card) == ((plain,), (("Learned from", "343 days; no more."),))
    assert coarsen_line(DATED) == replace(
        DATED,
        deck="A deck.",
        alt="Lines.",
        how="The last fifth.",
        notes=(("Last week", "Off by 4."),),
        curve=None,
    )


def share(contents: Contents, *, coarse: bool) -> Contents:
    answers, coverage = redact_answers(contents.answers, contents.coverage, coarse=coarse)
    drawings = {name: drawing for name, drawing in contents.drawings.items() if name in answers}
    books = redact_books(contents.books, coarse=coarse)
    return Contents(answers, coverage, drawings, (), books, None if coarse else contents.tally)


@pytest.mark.slow
def test_the_page_says_what_was_left_out_and_names_no_zone(contents: Contents, page: str) -> None:
    plain, page = page, build_page(share(contents, coarse=False))
    assert say_left_out(coarse=False) in page
    assert "Days without activity, and nights on another clock, can still be seen" in page
    assert "Europe/Paris" not in page and "home time" not in page.lower()
    assert ", from 9 March 2021 to 19 November 2025. The rhythm of days and nights, and how" in page
    assert "Europe/Paris" in plain and say_left_out(coarse=False) not in plain


@pytest.mark.slow
def test_a_coarse_page_is_dated_by_months_and_has_no_data(contents: Contents) -> None:
    page = build_page(share(contents, coarse=True))
    assert say_left_out(coarse=True) in page
    assert "the day on which the archive begins or ends can still be told" in page
    assert ", from March 2021 to November 2025. " in page
    assert '<p class="date">November 2025</p>' in page
    assert "<h1>Five years of questions</h1>" in page
    assert 'id="counts"' not in page and 'id="year-' not in page
    assert re.search(r"\b\d{1,2} (?:March|November|Mar|Nov) 20\d\d", page) is None


@pytest.mark.slow
def test_a_page_of_one_month_says_in_which(contents: Contents) -> None:
    day = date(2025, 11, 4)
    few = replace(contents.coverage, first=day, last=date(2025, 11, 22), n_days=19)
    page = build_page(share(replace(contents, coverage=few), coarse=True))
    assert ", in November 2025. " in page
    assert "<h1>Nineteen days of questions</h1>" in page
