"""What the owner asks about, from the tables; a filter that nothing fits is the owner's to mend."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipeline.errors import SettingsError
from pipeline.patterns.subject import Subject, choose_subject
from pipeline.settings import Settings
from pipeline.tables.store import Store

MOST_NAMED = 8


def find_subject(store: Store, settings: Settings, *, columns: Sequence[str] | None = None) -> Subject:
    """Return the subject of the settings; raise ``SettingsError`` where its filter leaves no entry.

    ``columns``: those of the table that its rows are to have besides the local ones; all without it.
    """
    activity = store.activity(columns)
    subject = choose_subject(activity, store.sources(), settings)
    asked = [("product", settings.product), ("action", settings.action)]
    named = ",".join(f"{name}={value}" for name, value in asked if value)
    if named and subject.rows.empty:
        raise SettingsError(
            f"No entry fits {named}", where="filter", remedy=f"There are: {list_subjects(activity)}."
        )
    return subject


def list_subjects(activity: pd.DataFrame) -> str:
    """Write the commonest pairs of product and action, as a filter takes them."""
    sizes = activity[activity["mark"].isna()].groupby(["product", "action"], observed=True).size()
    pairs = sizes.sort_values(ascending=False, kind="stable").index[:MOST_NAMED]
    return "; ".join(f"product={product},action={action}" for product, action in pairs) or "none at all"
