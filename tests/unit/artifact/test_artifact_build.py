"""Dependencies are built for the function's platform, by uv and by pip alike; the same build gives the same bytes."""

from __future__ import annotations

import importlib.util
import marshal
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from artifact_trees import entries, tree, wheel

from deployer.artifact import (
    Build,
    BuildFailed,
    Directory,
    NoWheel,
    Target,
    UnusableCode,
    ZipArtifact,
    install,
    package,
)
from deployer.artifact.install import InstallerName, find_installer
from deployer.artifact.normalise import normalise

HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"
OTHER = f"python3.{sys.version_info.minor + 1}"
TAG = sys.implementation.cache_tag

both = pytest.mark.parametrize(
    "installer",
    [
        pytest.param("uv", marks=pytest.mark.skipif(install._find_uv() is None, reason="no uv here")),
        pytest.param("pip", marks=pytest.mark.skipif(not importlib.util.find_spec("pip"), reason="no pip here")),
    ],
)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    where = tmp_path / "wheels"
    wheel(
        where,
        "tiny",
        {
            "tiny/__init__.py": "from base import X\n",
            "tiny-1.0.data/scripts/report": "#!python\nprint('report')\n",
        },
        scripts={"tiny": "tiny:main"},
        requires=("base",),
    )
    wheel(where, "base", {"base.py": "X = frozenset({'a', 'b', 'c'})\n"})
    wheel(where, "fast", {"fast.py": "ARCH = 'x86'\n"}, tag=f"cp3{OTHER[8:]}-abi3-manylinux_2_28_x86_64")
    wheel(where, "fast", {"fast.py": "ARCH = 'arm'\n"}, tag=f"cp3{OTHER[8:]}-abi3-manylinux_2_28_aarch64")
    wheel(where, "mac", {"mac.py": ""}, tag=f"cp3{OTHER[8:]}-abi3-macosx_11_0_arm64")
    return where


@pytest.fixture(autouse=True)
def _own_index(wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")


def built(source: Path, output: Path, runtime: str = HERE, **options: Any) -> ZipArtifact:
    where = ("--no-index", "--find-links", str(output.parent / "wheels"))
    target = Target(runtime, options.pop("architecture", "x86_64"))
    return package(Directory(source), output, build=Build(target, arguments=where, **options))


@both
def test_dependencies_and_their_own_stand_beside_the_sources(tmp_path: Path, installer: InstallerName) -> None:
    source = tree(tmp_path / "src", {"app.py": "import tiny\n", "requirements.txt": "tiny==1.0\n"})
    artifact = built(source, tmp_path / "out.zip", OTHER, installer=installer)
    assert sorted(entries(artifact.path)) == [
        "app.py",
        "base-1.0.dist-info/METADATA",
        "base-1.0.dist-info/RECORD",
        "base-1.0.dist-info/WHEEL",
        "base.py",
        "bin/report",
        "requirements.txt",
        "tiny-1.0.dist-info/METADATA",
        "tiny-1.0.dist-info/RECORD",
        "tiny-1.0.dist-info/WHEEL",
        "tiny-1.0.dist-info/entry_points.txt",
        "tiny/__init__.py",
    ]


@both
def test_nothing_tells_where_and_by_what_it_was_installed(tmp_path: Path, installer: InstallerName) -> None:
    source = tree(tmp_path / "src", {"app.py": "", "requirements.txt": "tiny\n"})
    artifact = built(source, tmp_path / "out.zip", installer=installer)
    whole = entries(artifact.path)
    assert whole["bin/report"] == b"#!/usr/bin/env python3\nprint('report')\n"
    rows = [row.split(b",")[0].decode() for row in whole["tiny-1.0.dist-info/RECORD"].splitlines()]
    assert rows == sorted(name for name in whole if name.startswith("tiny") and not name.endswith(".pyc"))
    for name, content in whole.items():
        assert str(tmp_path).encode() not in content, name
        assert sys.prefix.encode() not in content, name


def test_a_record_names_what_is_there_in_order_and_foreign_entry_points_reach_nothing(tmp_path: Path) -> None:
    info = "x-1.0.dist-info"
    files = {
        f"{info}/RECORD": f"x.py,sha256=b,1\n../../bin/x,,\n{info}/INSTALLER,,\n{info}/RECORD,,\n\na.py,sha256=a,1\n",
        f"{info}/INSTALLER": "uv",
        f"{info}/entry_points.txt": "[console_scripts]\n../outside = x:main\nX = x:main\n",
        "a.py": "",
        "x.py": "",
        "bin/X": "",
        "bin/long": "#!/bin/sh\n'''exec' '/a b/python' \"$0\" \"$@\"\n' '''\nprint()\n",
        "bin/native": "\x7fELF #!python",
        "outside": "",
    }
    site = tree(tmp_path / "site", files)
    normalise(site)
    left = {str(path.relative_to(site)): path.read_text() for path in site.rglob("*") if path.is_file()}
    gone = {f"{info}/INSTALLER", "bin/X"}
    assert left == {name: text for name, text in files.items() if name not in gone} | {
        f"{info}/RECORD": f"a.py,sha256=a,1\n{info}/RECORD,,\nx.py,sha256=b,1\n",
        "bin/long": "#!/usr/bin/env python3\nprint()\n",
    }


@pytest.mark.skipif(install._find_uv() is None or not importlib.util.find_spec("pip"), reason="needs both installers")
@pytest.mark.parametrize("runtime", [HERE, OTHER])
def test_uv_and_pip_give_the_same_bytes_again_and_again(tmp_path: Path, runtime: str) -> None:
    one = tree(tmp_path / "one", {"app.py": "def handler(e, c): return {'x', 'y'}\n", "requirements.txt": "tiny\n"})
    two = tree(tmp_path / "t w o", {"requirements.txt": "tiny\n", "app.py": (one / "app.py").read_bytes()})
    names: list[tuple[Path, InstallerName]] = [(one, "uv"), (two, "pip"), (two, "uv")]
    found = [built(source, tmp_path / f"{n}.zip", runtime, installer=i) for n, (source, i) in enumerate(names)]
    assert len({artifact.code_sha256 for artifact in found}) == 1


@both
@pytest.mark.parametrize(("architecture", "wanted"), [("x86_64", b"ARCH = 'x86'\n"), ("arm64", b"ARCH = 'arm'\n")])
def test_wheels_are_those_of_the_functions_platform(
    tmp_path: Path, installer: InstallerName, architecture: str, wanted: bytes
) -> None:
    source = tree(tmp_path / "src", {"app.py": "", "requirements.txt": "fast\n"})
    artifact = built(source, tmp_path / "out.zip", OTHER, installer=installer, architecture=architecture)
    assert entries(artifact.path)["fast.py"] == wanted


@both
@pytest.mark.parametrize(("requirement", "named"), [("mac", "mac"), ("absent", "absent"), ("tiny>=2", "tiny")])
def test_a_requirement_without_a_wheel_is_named_with_the_platform(
    tmp_path: Path, installer: InstallerName, requirement: str, named: str
) -> None:
    source = tree(tmp_path / "src", {"app.py": "", "requirements.txt": f"base\n{requirement}\n"})
    with pytest.raises(NoWheel) as caught:
        built(source, tmp_path / "out.zip", OTHER, installer=installer, architecture="arm64")
    message = str(caught.value)
    assert caught.value.requirement.startswith(named)
    assert message.startswith(
        f"{source}/requirements.txt: no wheel of {caught.value.requirement} for {OTHER} on arm64 (Linux, glibc 2.34). "
        "Nothing is built from source, as it would be built for this machine: take a version"
    )
    assert caught.value.tail
    assert message.endswith(f"{installer} said:\n{caught.value.tail}")
    assert not (tmp_path / "out.zip").exists()


@both
def test_another_failure_of_the_installer_shows_how_its_output_ended(tmp_path: Path, installer: InstallerName) -> None:
    source = tree(tmp_path / "src", {"app.py": "", "requirements.txt": "-r missing.txt\n"})
    with pytest.raises(BuildFailed) as caught:
        built(source, tmp_path / "out.zip", installer=installer)
    assert type(caught.value) is BuildFailed
    assert str(caught.value).startswith(f"{source}/requirements.txt: {installer} failed for {HERE} on x86_64")
    assert "missing.txt" in caught.value.tail


@both
def test_the_environment_of_the_installer_is_honoured(
    tmp_path: Path, wheels: Path, installer: InstallerName, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = {"uv": "UV", "pip": "PIP"}[installer]
    monkeypatch.setenv(f"{prefix}_NO_INDEX", "1")
    monkeypatch.setenv(f"{prefix}_FIND_LINKS", str(wheels))
    source = tree(tmp_path / "src", {"app.py": "", "requirements.txt": "base\n"})
    artifact = package(Directory(source), tmp_path / "out.zip", build=Build(Target(HERE), installer=installer))
    assert "base.py" in entries(artifact.path)


def test_a_pyproject_brings_its_dependencies_but_not_itself(tmp_path: Path) -> None:
    text = '[project]\nname = "app"\nversion = "1"\ndependencies = ["base==1.0"]\n'
    source = tree(tmp_path / "src", {"app.py": "", "pyproject.toml": text})
    whole = entries(built(source, tmp_path / "out.zip", OTHER).path)
    assert set(whole) == {
        "app.py",
        "pyproject.toml",
        "base.py",
        *(f"base-1.0.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL")),
    }


def test_requirements_may_lie_elsewhere(tmp_path: Path) -> None:
    project = tree(tmp_path / "p", {"src/app.py": "", "pyproject.toml": '[project]\ndependencies = ["base"]\n'})
    artifact = built(project / "src", tmp_path / "out.zip", requirements=project / "pyproject.toml")
    assert {"app.py", "base.py"} < set(entries(artifact.path))


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"pyproject.toml": "[tool.ruff]\n"},
        {"pyproject.toml": "[project]\nname = 'app'\n"},
    ],
    ids=["nothing", "settings of tools", "no dependencies"],
)
def test_without_dependencies_a_build_is_the_sources_alone(tmp_path: Path, files: dict[str, str]) -> None:
    source = tree(tmp_path / "src", {"app.py": ""} | files)
    plain = package(Directory(source), tmp_path / "plain.zip")
    assert built(source, tmp_path / "out.zip").code_sha256 == plain.code_sha256


def test_requirements_that_list_nothing_install_nothing(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {"app.py": "", "requirements.txt": "# nothing\n"})
    assert set(entries(built(source, tmp_path / "out.zip", OTHER).path)) == {"app.py", "requirements.txt"}


def test_bytecode_stands_beside_its_source_when_this_python_is_the_functions(tmp_path: Path) -> None:
    files = {"app.py": "X = 1\n", "requirements.txt": "base\n", "template.py": "{{ no python }}\n"}
    whole = entries(built(tree(tmp_path / "src", files), tmp_path / "out.zip").path)
    compiled = {name: content for name, content in whole.items() if name.endswith(".pyc")}
    assert set(compiled) == {f"__pycache__/app.{TAG}.pyc", f"__pycache__/base.{TAG}.pyc"}
    for content in compiled.values():
        assert content[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(content[4:8], "little") == 0b01, "hash-based, never checked (PEP 552)"
    code = marshal.loads(compiled[f"__pycache__/app.{TAG}.pyc"][16:])  # noqa: S302 -- written by this test
    assert code.co_filename == "/var/task/app.py"


def test_bytecode_is_used_although_the_dates_of_a_zip_say_nothing(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {"app.py": "print('compiled')\n", "requirements.txt": "base\n"})
    whole = entries(built(source, tmp_path / "out.zip").path)
    task = tree(tmp_path / "task", whole | {"app.py": b"print('source')\n"})
    ran = subprocess.run([sys.executable, "-c", "import app"], cwd=task, capture_output=True, text=True, check=True)
    assert ran.stdout == "compiled\n"


def test_what_the_environment_says_of_python_does_not_show_in_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"app.py": '"""Doc."""\nassert {"a", "b"}\n', "requirements.txt": "base\n"}
    plain = built(tree(tmp_path / "src", files), tmp_path / "1.zip")
    for name, value in (("PYTHONOPTIMIZE", "2"), ("PYTHONHASHSEED", "7"), ("PYTHONDONTWRITEBYTECODE", "1")):
        monkeypatch.setenv(name, value)
    assert built(tmp_path / "src", tmp_path / "2.zip").code_sha256 == plain.code_sha256


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"pyproject.toml": "[project]\ndynamic = ['dependencies']\n"},
            (
                "SRC/pyproject.toml: has dynamic dependencies, known only to its build backend; "
                "write or export them to requirements.txt beside it"
            ),
        ),
        (
            {"pyproject.toml": "[project]\ndependencies = 'base'\n"},
            "SRC/pyproject.toml: project.dependencies is no list of strings; see the pyproject.toml specification",
        ),
        (
            {"pyproject.toml": "[project\n"},
            (
                "SRC/pyproject.toml: is no TOML (Expected ']' at the end of a table declaration (at line 1, column "
                "9)); mend the file"
            ),
        ),
        (
            {"requirements.txt": "base\n", "base.py": ""},
            "SRC/base.py: is also installed by requirements.txt; rename or exclude it, or drop that requirement",
        ),
    ],
    ids=["dynamic", "no list", "no toml", "twice"],
)
def test_what_cannot_be_built_says_what_to_do(tmp_path: Path, files: dict[str, str], message: str) -> None:
    source = tree(tmp_path / "src", {"app.py": ""} | files)
    with pytest.raises(UnusableCode) as caught:
        built(source, tmp_path / "out.zip")
    assert str(caught.value).replace(str(source), "SRC") == message


def test_requirements_that_are_not_there_are_refused(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {"app.py": ""})
    with pytest.raises(UnusableCode, match=r"lock\.txt: does not exist; name the file that lists the dependencies"):
        built(source, tmp_path / "out.zip", requirements=tmp_path / "lock.txt")


def test_without_uv_pip_is_taken_and_without_both_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_find_uv", lambda: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    assert find_installer().name == "pip"
    with pytest.raises(UnusableCode, match="installer uv: is not there; install uv, or pip beside this Python"):
        find_installer("uv")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UnusableCode, match="installer uv or pip: is not there"):
        find_installer()
    monkeypatch.setattr(install, "_find_uv", lambda: "/opt/uv")
    assert find_installer().program == ("/opt/uv", "pip")


@pytest.mark.parametrize("runtime", ["nodejs22.x", "python", "python2.7", "python3.13-x", "provided.al2023"])
def test_dependencies_are_built_for_python_only(runtime: str) -> None:
    with pytest.raises(UnusableCode, match=r"is no Python runtime; dependencies are built for python3\.N only"):
        Target(runtime)


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(UnusableCode, match="architecture 'aarch64': is unknown; write x86_64 or arm64"):
        Target("python3.13", "aarch64")  # type: ignore[arg-type]  # as it may come from a file


def test_the_platform_follows_the_system_that_the_runtime_stands_on() -> None:
    new, old = Target("python3.12", "arm64"), Target("python3.11")
    assert (new.uv_platform, old.uv_platform) == ("aarch64-manylinux_2_34", "x86_64-manylinux_2_17")
    assert new.pip_platforms[0] == "manylinux_2_34_aarch64"
    assert new.pip_platforms[-2:] == ("manylinux_2_17_aarch64", "manylinux2014_aarch64")
    assert old.pip_platforms[0] == "manylinux_2_26_x86_64"
