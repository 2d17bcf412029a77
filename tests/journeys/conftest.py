"""One real browser for journeys too."""

from tests.browser.conftest import chromium

__all__ = ["chromium"]
