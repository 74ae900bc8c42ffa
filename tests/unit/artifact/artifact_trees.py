"""Directories, zips and wheels, written by the tests themselves."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path


def tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """These files below `root`, which is made."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def zip_of(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """A zip with these entries, whatever their names."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def entries(path: Path) -> dict[str, bytes]:
    """What a zip holds."""
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def wheel(
    where: Path,
    name: str,
    files: Mapping[str, str],
    *,
    tag: str = "py3-none-any",
    scripts: Mapping[str, str] | None = None,
    requires: tuple[str, ...] = (),
) -> None:
    """A wheel of version 1.0 with these files and console scripts."""
    where.mkdir(parents=True, exist_ok=True)
    info = f"{name}-1.0.dist-info"
    needs = "".join(f"Requires-Dist: {other}\n" for other in requires)
    whole = dict(files) | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    if scripts:
        rows = "".join(f"{script} = {target}\n" for script, target in scripts.items())
        whole[f"{info}/entry_points.txt"] = f"[console_scripts]\n{rows}"
    record = "".join(f"{path},sha256={_hash(text)},{len(text.encode())}\n" for path, text in whole.items())
    zip_of(where / f"{name}-1.0-{tag}.whl", whole | {f"{info}/RECORD": f"{record}{info}/RECORD,,\n"})


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
