"""Takes out of installed packages what tells when, where and by whom they were installed.

- Wrappers that installers write for entry points (`bin/…`) name this machine's Python, and nothing calls them on
  Lambda: gone. Scripts that a wheel brings itself keep a portable first line.
- INSTALLER, REQUESTED, direct_url.json and uv's own notes say nothing about the package: gone.
- RECORD names only what is there, sorted, so that `importlib.metadata.files` works on.
"""

from __future__ import annotations

import configparser
import csv
import io
import re
from pathlib import Path

_NOTES = ("INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
_SCRIPT_GROUPS = ("console_scripts", "gui_scripts")
_PORTABLE = b"#!/usr/bin/env python3\n"
# The second form is what installers write where the path of Python is too long or has spaces.
_OWN_PYTHON = re.compile(rb"\A#!(?:[^\n]*python[^\n]*\n|/bin/sh\n'''exec'[^\n]*\n' '''\n)")


def normalise(site: Path) -> None:
    """Do this to the packages that were installed into the directory `site`."""
    (site / ".lock").unlink(missing_ok=True)
    packages = sorted(site.glob("*.dist-info"))
    for package in packages:
        for note in _NOTES:
            (package / note).unlink(missing_ok=True)
        for name in _entry_points(package):
            (site / "bin" / name).unlink(missing_ok=True)
    _make_portable(site / "bin")
    for package in packages:
        _rewrite_record(package / "RECORD", site)


def _entry_points(package: Path) -> list[str]:
    file = package / "entry_points.txt"
    if not file.is_file():
        return []
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their case; the documented way
    parser.read(file, encoding="utf-8")
    names = [name for group in _SCRIPT_GROUPS if parser.has_section(group) for name in parser.options(group)]
    return [name for name in names if Path(name).name == name]  # what else it says, no installer has written


def _make_portable(scripts: Path) -> None:
    if not scripts.is_dir():
        return
    for script in sorted(scripts.iterdir()):
        script.write_bytes(_OWN_PYTHON.sub(_PORTABLE, script.read_bytes()))
        script.chmod(0o755)  # uv makes them executable, some releases of pip do not


def _rewrite_record(record: Path, site: Path) -> None:
    if not record.is_file():
        return
    rows = csv.reader(io.StringIO(record.read_text(encoding="utf-8")))
    # pip writes the scripts as ../../bin/…, as they lie from a site-packages; their contents may have changed here.
    kept = sorted(row for row in rows if row and not row[0].startswith(("../", "bin/")) and (site / row[0]).exists())
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(kept)
    record.write_text(out.getvalue(), encoding="utf-8")
