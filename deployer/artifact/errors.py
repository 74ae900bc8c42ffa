"""What can be wrong with the code that is to be released.

DeployerError
└── ArtifactError
    ├── UnusableCode      this path, address or entry cannot be released, and what to do about it
    ├── TooLarge          more than Lambda unpacks; names the largest entries
    └── BuildFailed       the installer failed; its last lines
        └── NoWheel       a requirement has no wheel for the function's Python and platform
"""

from __future__ import annotations

from deployer.core.errors import DeployerError, ErrorInLines


class ArtifactError(DeployerError):
    """Root of what can be wrong with the code that is to be released."""


class UnusableCode(ArtifactError):
    """`what` (a path, an address, an entry of a zip) has a `problem`; `advice` says what to do."""

    def __init__(self, what: object, problem: str, advice: str) -> None:
        super().__init__(what, problem, advice)
        self.what = str(what)
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.what}: {self.problem}; {self.advice}"


class TooLarge(ArtifactError):
    """The unzipped `size` of `path` reaches Lambda's `limit` (both bytes); `largest` are (name, bytes)."""

    def __init__(self, path: object, size: int, limit: int, largest: tuple[tuple[str, int], ...]) -> None:
        super().__init__(path, size, limit, largest)
        self.path = str(path)
        self.size = size
        self.limit = limit
        self.largest = largest

    def __str__(self) -> str:
        entries = ", ".join(f"{name} ({size:,} bytes)" for name, size in self.largest)
        return (
            f"{self.path}: {self.size:,} bytes unzipped, Lambda takes less than {self.limit:,}; "
            f"leave something out with `exclude`, depend on less, or release an image. The largest entries: {entries}"
        )


class BuildFailed(ArtifactError, ErrorInLines):
    """`installer` could not install what `requirements` lists for `platform`; `tail` is how its output ended."""

    def __init__(self, installer: str, requirements: object, platform: str, tail: str) -> None:
        super().__init__(installer, requirements, platform, tail)
        self.installer = installer
        self.requirements = str(requirements)
        self.platform = platform
        self.tail = tail

    @property
    def lines(self) -> tuple[str, ...]:
        """What failed, and the installer's own lines."""
        return (self.failure, *self.tail.split("\n"))

    @property
    def failure(self) -> str:
        """What failed, in one line that the installer's own follow."""
        return f"{self.requirements}: {self.installer} failed for {self.platform}:"


class NoWheel(BuildFailed):
    """No wheel of `requirement` fits the function's Python and platform."""

    def __init__(self, installer: str, requirements: object, platform: str, tail: str, requirement: str) -> None:
        super().__init__(installer, requirements, platform, tail)
        self.args = (*self.args, requirement)
        self.requirement = requirement

    @property
    def failure(self) -> str:
        """Which wheel there is not, and the ways out."""
        return (
            f"{self.requirements}: no wheel of {self.requirement} for {self.platform}. Nothing is built from source, "
            "as it would be built for this machine: take a version that has such a wheel, or build the wheel yourself "
            f"and name its directory with --find-links. {self.installer} said:"
        )
