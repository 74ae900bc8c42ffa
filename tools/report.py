"""Draw docs/images/report-light.png and report-dark.png: the report of a made-up rollout that is rolled back.

    python tools/report.py

The letters are those of the machine that draws it, so the pictures differ a little from one to the next.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from deployer.rollout.report import render
from tools.browser import NAMES, Scheme, find_browser, look
from tools.png import read_png, write_png
from tools.rollouts import rolled_back

_IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"
_SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
_WIDTH, _HEIGHT, _SCALE = 900, 1130, 1.25


def main() -> None:
    """Draw both."""
    browser = find_browser()
    if browser is None:
        sys.exit(f"drawing the report needs a browser: install one of {', '.join(NAMES)}, or name it in CHROMIUM")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        page.write_text(render(rolled_back()), encoding="utf-8")
        for scheme in _SCHEMES:
            seen = look(browser, page, width=_WIDTH, height=_HEIGHT, scheme=scheme, scale=_SCALE)
            (_IMAGES / f"report-{scheme}.png").write_bytes(write_png(read_png(seen.picture)))


if __name__ == "__main__":
    main()
