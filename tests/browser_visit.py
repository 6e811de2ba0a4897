"""What test_browser.py lets a browser do; runs in the environment of tools/browser_environment.py.

Opens a notebook in JupyterLab, notes what a reader would be bothered by, runs all cells, saves.
Prints its notes as one line of JSON. Arguments: browser, address, the file that the notebook's
last cell writes, the notebook's file.
"""

import json
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

SECONDS = 120  # for everything, on a busy machine
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
OPTIONS += ["--disable-component-update", "--disable-sync", "--no-first-run"]
LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")


def visit(page: Page, address: str, done: Path, notebook: Path) -> dict:
    """Open, run, save; return what was seen."""
    notes = {"foreign": [], "console": []}
    watch(page, notes)
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=SECONDS * 1000)
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=60_000)
    page.wait_for_timeout(4000)  # whatever pops up, or marks it as unsaved, does it in this time
    notes["title"] = page.title()
    notes["unsaved"] = page.locator(".lm-TabBar-tab.jp-mod-dirty").count()
    notes["pop-ups"] = page.locator(".Toastify__toast, .jp-Dialog").all_inner_texts()
    run_all(page)
    wait_for(page, done.exists, "the last cell to run")
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=60_000)
    written = notebook.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    wait_for(page, lambda: notebook.stat().st_mtime_ns != written, "the notebook to be saved")
    page.wait_for_timeout(300)
    notes["dialogs"] = page.locator(".jp-Dialog").all_inner_texts()
    return notes | {"watched": proof(page, notes)}


def watch(page: Page, notes: dict) -> None:
    """Note each request to another host, and each error or warning of the page's programs."""
    page.on("request", lambda r: r.url.startswith(LOCAL) or notes["foreign"].append(r.url))
    page.on("websocket", lambda w: w.url.startswith(LOCAL) or notes["foreign"].append(w.url))
    page.on("pageerror", lambda error: notes["console"].append(str(error)))
    page.on(
        "console",
        lambda m: m.type in ("error", "warning") and notes["console"].append(f"{m.type}: {m.text}"),
    )


def proof(page: Page, notes: dict) -> dict:
    """Do on purpose what must never happen, and return what was noted of it: the watch works."""
    before = {name: len(notes[name]) for name in ("foreign", "console")}
    page.route("http://elsewhere.invalid/**", lambda route: route.abort())
    page.evaluate("fetch('http://elsewhere.invalid/').catch(() => console.error('on purpose'))")
    page.wait_for_timeout(500)
    extra = {name: notes[name][start:] for name, start in before.items()}
    for name, start in before.items():
        del notes[name][start:]
    return extra


def run_all(page: Page) -> None:
    """Choose Run → Run All Cells, as a reader does."""
    page.click('.lm-MenuBar-item:has-text("Run") >> nth=0')
    page.click('.lm-Menu-item[data-command="runmenu:run-all"]')


def wait_for(page: Page, happened, what: str) -> None:
    """Wait until something happened; SystemExit after SECONDS."""
    began = time.monotonic()
    while not happened():
        if time.monotonic() - began > SECONDS:
            raise SystemExit(f"waited {SECONDS} s for {what}")
        page.wait_for_timeout(100)


def main(browser: str, address: str, done: str, notebook: str) -> None:
    """Visit with a browser of its own, and print the notes."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=OPTIONS)
        page = running.new_page(viewport={"width": 1300, "height": 900})
        try:
            notes = visit(page, address, Path(done), Path(notebook))
        finally:
            running.close()
    print(json.dumps(notes))


if __name__ == "__main__":
    main(*sys.argv[1:])
