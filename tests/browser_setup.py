"""Find or install Chromium for the browser tests: `python tests/browser_setup.py`.

In this order: one that is installed; one of Debian's or Ubuntu's packages, where root may install
them; one that Playwright downloads. Else one sentence says what to do.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """Return the path of a Chromium on this machine, Playwright's own included, or None."""
    from playwright.sync_api import sync_playwright

    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        with sync_playwright() as playwright:
            own = playwright.chromium.executable_path
        found = own if Path(own).exists() else None
    return found


def install_commands() -> list[list[str]]:
    """Return the commands that could install one here, in the order to try them."""
    playwright = [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return [[sys.executable, "-m", "playwright", "install", "chromium"]]
    return [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"], *playwright]


def main() -> int:
    for command in install_commands():
        if installed():
            break
        print("no Chromium yet, trying:", *command, flush=True)
        subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        )
    if not (found := installed()):
        print(
            "The browser tests need Chromium and it could not be installed: install the package chromium "
            "(or run `playwright install chromium`), or leave them out with `make test FAST=1`.",
            file=sys.stderr,
        )
        return 1
    print(f"browser tests use {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
