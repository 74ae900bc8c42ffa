"""Makes a directory a deployment zip, once; the file it writes is what all environments are given."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from deployer.artifact.archive import write_zip
from deployer.artifact.bytecode import compiled
from deployer.artifact.errors import UnusableCode
from deployer.artifact.exclude import Exclude
from deployer.artifact.install import InstallerName, find_installer
from deployer.artifact.member import Member
from deployer.artifact.model import Directory, ZipArtifact
from deployer.artifact.normalise import normalise
from deployer.artifact.requirements import as_requirements, find_requirements
from deployer.artifact.target import Target
from deployer.artifact.tree import members_of


@dataclass(frozen=True, slots=True)
class Build:
    """How dependencies are brought in.

    `requirements` is the file that lists them, by default the `requirements.txt` or `pyproject.toml` of the directory
    (name it when the sources lie in `src/`). `installer` is uv or pip, by default uv where there is one;
    `arguments` are added to its command line, as in `("--index-url", "https://…")`.
    """

    target: Target
    requirements: Path | None = None
    installer: InstallerName | None = None
    arguments: tuple[str, ...] = ()


def package(
    source: Directory, output: Path, *, build: Build | None = None, exclude: tuple[str, ...] = ()
) -> ZipArtifact:
    """Write the zip `output` from a directory, its dependencies and their bytecode beside the sources.

    Without `build`, or with nothing listed to install, the zip holds the sources alone. The same tree gives the same
    bytes (see `archive` for what compression adds to that); with a build, the same wheels, Python and zlib do.
    `output` is replaced whole or not at all. Raises what ArtifactError's tree lists.
    """
    own = members_of(source.path, Exclude(exclude), leave_out=output)
    if build is None:
        return write_zip(own, output, source.path)
    requirements = build.requirements or find_requirements(source.path)
    if requirements is None:
        return write_zip(own, output, source.path)
    with tempfile.TemporaryDirectory(prefix="deployer-build-") as name:
        return write_zip(_built(own, requirements, build, Path(name)), output, source.path)


def _built(own: tuple[Member, ...], requirements: Path, build: Build, scratch: Path) -> tuple[Member, ...]:
    if not requirements.is_file():
        raise UnusableCode(requirements, "does not exist", "name the file that lists the dependencies")
    listed = as_requirements(requirements, scratch)
    if listed is None:
        return own
    site, bytecode = scratch / "site", scratch / "bytecode"
    site.mkdir()
    find_installer(build.installer, build.arguments).install(listed, build.target, site)
    normalise(site)
    whole = _merged(own, _installed(site), requirements)
    return whole + compiled(whole, bytecode) if build.target.is_this_python else whole


def _installed(site: Path) -> tuple[Member, ...]:
    # A file of comments lists nothing, and installs nothing.
    return members_of(site, Exclude()) if any(site.iterdir()) else ()


def _merged(own: tuple[Member, ...], installed: tuple[Member, ...], requirements: Path) -> tuple[Member, ...]:
    names = {member.name for member in installed}
    for member in own:
        if member.name in names:
            problem = f"is also installed by {requirements.name}"
            raise UnusableCode(member.path, problem, "rename or exclude it, or drop that requirement")
    return own + installed
