"""Finds a browser, or gets one: on the path, else Debian's package when root, else Playwright's own download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from tests.running_hall import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FONTS = ROOT / "shared" / "web" / "fonts"
KEPT = ROOT / ".onedoor" / "browser"
"""Where the suite keeps what it makes and fetches; no part of the project."""
FLAGS = ("--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none")


class NoBrowser(Exception):
    """There is no browser, and none could be got; the message says what to install."""


def find() -> Path:
    """The program to drive. Raises NoBrowser."""
    return _on_the_path() or _debians() or _playwrights()


def _on_the_path() -> Path | None:
    found = (shutil.which(name) for name in NAMES)
    return next((Path(each) for each in found if each), None)


def _debians() -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        done = subprocess.run(["apt-get", *command], env=quiet, capture_output=True, text=True)
        if done.returncode:
            sys.stderr.write(f"apt-get {' '.join(command)}: {done.stderr[-500:]}\n")
    return _on_the_path()


def _playwrights() -> Path:
    with sync_playwright() as playwright:
        program = Path(playwright.chromium.executable_path)
        if not program.exists():
            subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not program.exists():
        raise NoBrowser(
            "the browser suite needs Chromium: install it (Debian/Ubuntu: sudo apt-get install chromium), or let "
            "`.venv/bin/playwright install chromium` reach its download"
        )
    return program


@contextmanager
def running() -> Iterator[Browser]:
    """A browser with the letters of the project's own fonts, so that pages look the same on every machine."""
    program = find()
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=flags, env=_environment())
        except Error as error:
            raise NoBrowser(f"{program} does not start: {error.message[:1000]}") from error
        try:
            yield browser
        finally:
            browser.close()


def _environment() -> dict[str, str | float | bool]:
    """The environment of the browser: Chinese letters are there even where the system has none."""
    KEPT.mkdir(parents=True, exist_ok=True)
    settings = KEPT / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f"<fontconfig><dir>{FONTS}</dir><cachedir>{KEPT / 'fonts'}</cachedir></fontconfig>\n"
    )
    return {**os.environ, "FONTCONFIG_FILE": str(settings)}
