"""Where a function's code comes from, and how it becomes what is released."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from deployer.artifact.code import read_code
from deployer.artifact.errors import UnusableCode
from deployer.artifact.handler import check_handler
from deployer.artifact.model import Artifact, Directory, ZipArtifact
from deployer.artifact.package import Build, package
from deployer.artifact.requirements import find_requirements
from deployer.artifact.target import Architecture, Target

Building = Literal["auto", "uv", "pip", "none"]
"""Which installer brings the dependencies in: whichever there is, one of the two, or nobody."""


@dataclass(frozen=True, slots=True)
class Source:
    """`code` as a person writes it, with what of the function's settings decides how it is built.

    `runtime`, `handler` and `architecture` are None where nobody gave them: then Lambda keeps what it has. A handler
    may come from a layer, so it is looked for only in functions without `layers`.
    """

    code: str
    build: Building = "auto"
    exclude: tuple[str, ...] = ()
    runtime: str | None = None
    handler: str | None = None
    architecture: Architecture | None = None
    layers: bool = False

    def __post_init__(self) -> None:
        for what, value, known in (
            ("build", self.build, get_args(Building)),
            ("architecture", self.architecture or "x86_64", get_args(Architecture)),
        ):
            if value not in known:
                raise UnusableCode(f"{what} {value!r}", "is unknown", f"write {', '.join(known)}")

    def artifact(self, output: Callable[[], Path]) -> Artifact:
        """Read the code, or package it into the file that `output` names.

        Raises ArtifactError for code that no function can be made of.
        """
        code = read_code(self.code)
        packaged: Path | None = None
        if isinstance(code, Directory):
            packaged = code.path
            code = package(code, output(), build=self._build(code), exclude=self.exclude)
        if isinstance(code, ZipArtifact) and self.handler is not None and self._python and not self.layers:
            check_handler(code, self.handler, self.runtime or "", packaged)
        return code

    @property
    def _python(self) -> bool:
        return (self.runtime or "").startswith("python")

    def _build(self, directory: Directory) -> Build | None:
        """How dependencies are brought in: for Python alone, for the runtime and architecture that are given."""
        if self.build == "none":
            return None
        if self.runtime is None:
            self._miss_nothing(directory)
        if self.runtime is None or not self._python:
            return None
        target = Target(self.runtime, self.architecture or "x86_64")
        return Build(target, installer=None if self.build == "auto" else self.build)

    def _miss_nothing(self, directory: Directory) -> None:
        """Dependencies that nobody can install must not stay out without a word."""
        listed = find_requirements(directory.path)
        if listed is not None:
            problem = "lists dependencies, but the runtime to install them for is not given"
            raise UnusableCode(listed, problem, 'give the function\'s `runtime`, or build = "none" to leave them out')
