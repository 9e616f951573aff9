"""The system's Chromium, driven by Playwright; tests that need it are skipped where there is none."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = f"no browser on this machine: none of {', '.join(NAMES)} (Debian: apt-get install chromium)"


def executable() -> str | None:
    """The system's browser, where it has one."""
    return next((found for found in map(shutil.which, NAMES) if found), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser; skips the test, with what to install, where the system has none."""
    path = executable()
    if path is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        # A container has no user namespaces for Chromium's own sandbox.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()
