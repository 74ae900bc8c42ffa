"""A real browser without a window: what a page looks like, and what it says of itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_SECONDS: Final = 60
# As Blink numbers them.
_SCHEMES: Final = {"dark": 0, "light": 1}
_CONSOLE: Final = re.compile(r":CONSOLE[:(]\d+\)?\] (.*)")

Scheme = Literal["dark", "light"]


class BrowserFailed(Exception):  # as all our errors
    """The browser gave no picture."""

    def __init__(self, command: list[str], said: str) -> None:
        super().__init__(f"{command[0]} drew nothing; it said: {said[-2_000:]}")


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture (PNG), the page as it came to be, and the lines of its console."""

    picture: bytes
    page: str
    console: tuple[str, ...]


def find_browser() -> str | None:
    """The browser named by CHROMIUM, or the first of NAMES on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def look(browser: str, page: Path, *, width: int, height: int, scheme: Scheme, scale: float = 1) -> Seen:
    """Open a file. `width` and `height` in CSS pixels; the picture is `scale` times as large."""
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder, "shot.png")
        command = [
            browser,
            "--headless=new",
            "--no-sandbox",  # it would need a user of its own; only our own page is opened
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
            f"--user-data-dir={folder}/profile",
            f"--blink-settings=preferredColorScheme={_SCHEMES[scheme]}",
            f"--force-device-scale-factor={scale:g}",
            f"--window-size={width},{height}",
            "--virtual-time-budget=2000",
            f"--screenshot={shot}",
            "--dump-dom",
            page.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        if not shot.exists():
            raise BrowserFailed(command, done.stderr)
        return Seen(shot.read_bytes(), done.stdout, tuple(_CONSOLE.findall(done.stderr)))
