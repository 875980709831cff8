"""Draw the pictures of the pages: figures of the built-in dataset, and a view of the explorer."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import secdiplo as sd
from secdiplo import figures

DOCS = Path(__file__).parent
FIGURES = ("regional_shares", "interactions_map")
VIEW = "#region=Africa"
SIZE = {"width": 1200, "height": 900}


def draw_figures() -> None:
    """Draw the figures that the pages show."""
    ds = sd.load()
    for name in FIGURES:
        figures.save(ds.plot(name), DOCS / f"{name}.png")


def explorer() -> None:
    """Photograph the explorer in Chromium, with one filter set."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = sd.load().report(folder)
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page(viewport=SIZE)
        page.goto(page_file.as_uri() + VIEW)
        page.evaluate("window.secdiplo.ready")
        page.screenshot(path=DOCS / "explorer.png")
        chromium.close()


if __name__ == "__main__":
    draw_figures()
    explorer()
