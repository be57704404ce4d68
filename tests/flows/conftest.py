"""Steps that do nothing but say that they were called, for tests of what calls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Settings, load_settings
from pipeline.tables.journal import prepare_out


@dataclass(frozen=True)
class Counts:
    """What every invented step counts."""

    n_rows: int


@dataclass
class InventedSteps:
    """Which steps were called, with what; an exception in ``raising`` makes a step fail."""

    calls: list[str] = field(default_factory=list)
    arguments: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    keywords: dict[str, dict[str, Any]] = field(default_factory=dict)
    raising: dict[str, BaseException] = field(default_factory=dict)

    def load(self, step: str) -> Callable[..., Counts]:
        def function(*inputs: Any, tell: Callable[[str, int, int | None], None], **more: Any) -> Counts:
            self.calls.append(step)
            self.arguments[step], self.keywords[step] = inputs, more
            tell("halfway", 1, 2)
            if step in self.raising:
                raise self.raising[step]
            return Counts(len(self.calls))

        return function


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> InventedSteps:
    """Put invented steps in the place of all five."""
    invented = InventedSteps()
    monkeypatch.setattr("flows.plan.load_step", invented.load)
    return invented


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a prepared output folder."""
    settled = load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})
    prepare_out(settled.out)
    return settled
