"""The page on plans names every feed, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.plan.feeding.feeds import FEEDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plans.md"


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_is_documented_in_both_languages(feed: str) -> None:
    vietnamese, english = PAGE.read_text(encoding="utf-8").split("\n---\n")
    assert f"`{feed}`" in vietnamese
    assert f"`{feed}`" in english
