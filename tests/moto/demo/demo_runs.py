"""`deployer demo` in a process of its own, with everything it could leave behind in places that can be looked at."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

COMMAND = (sys.executable, "-c", "import sys; from deployer.cli.main import main; sys.exit(main())", "demo")


@dataclass(frozen=True)
class Place:
    """A working directory and a directory for temporary files, both empty at the beginning."""

    work: Path
    temporary: Path

    @classmethod
    def below(cls, folder: Path) -> Place:
        place = cls(folder / "work", folder / "temporary")
        place.work.mkdir()
        place.temporary.mkdir()
        return place

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a person whose AWS settings and proxy lead elsewhere; nothing may follow them."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {
            **kept,
            "TMPDIR": str(self.temporary),
            "AWS_PROFILE": "production",
            "AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:9",
            "AWS_REGION": "us-east-1",
            "HTTP_PROXY": "http://127.0.0.1:9",
        }

    @property
    def processes(self) -> list[str]:
        """Command lines of the processes that have this place in their environment."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.temporary).encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_text())
            except OSError:
                continue  # it has ended, or it is another person's
        return found

    def start(self, *options: str, encoding: str = "utf-8") -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *options],
            cwd=self.work,
            env={**self.environment, "PYTHONIOENCODING": encoding},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )


@dataclass(frozen=True)
class Run:
    """How a demo ended, and what was there afterwards."""

    code: int
    text: str
    complaints: str
    seconds: float
    temporary: list[str]
    work: list[str]
    processes: list[str]
    picture: str


def ended(place: Place, process: subprocess.Popen[str], before: str = "") -> Run:
    """Wait for the end; `before` is what was read already."""
    picture = place.work / "rollout.svg"
    began = time.monotonic()
    text, complaints = process.communicate(timeout=120)
    return Run(
        process.returncode,
        before + text,
        complaints,
        time.monotonic() - began,
        sorted(path.name for path in place.temporary.iterdir()),
        sorted(path.name for path in place.work.iterdir()),
        place.processes,
        picture.read_text(encoding="utf-8") if picture.exists() else "",
    )
