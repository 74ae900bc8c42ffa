"""The same tree gives the same bytes; a zip is written whole or not at all, and read with care."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import stat
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from artifact_trees import entries, tree, zip_of
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.artifact import (
    DIRECT_UPLOAD_LIMIT,
    UNZIPPED_LIMIT,
    Directory,
    TooLarge,
    UnusableCode,
    ZipArtifact,
    archive,
    package,
    read_zip,
)
from deployer.artifact.exclude import Exclude

FILES = {"app.py": "import lib\n", "lib/__init__.py": "X = 1\n", "data/naïve ☃.txt": "text", "bin/tool": "#!/bin/sh\n"}

_part = st.text(st.characters(exclude_characters="/\\:\0", exclude_categories=("Cs", "Cc")), min_size=1, max_size=6)
_names = st.lists(_part, min_size=1, max_size=3).map("/".join)


def _fits(names: list[str]) -> bool:
    """No file is the directory of another, and nothing is left out by default."""
    parts = {part for name in names for part in name.split("/")}
    if parts & {".", ".."} or any(map(Exclude().matches, parts)):
        return False
    return not any(one.startswith(f"{two}/") for one in names for two in names)


_trees = st.dictionaries(_names, st.tuples(st.binary(max_size=40), st.booleans()), min_size=1, max_size=6).filter(
    lambda files: _fits(list(files)) and len({name.lower() for name in files}) == len(files)
)


def packaged(source: Path, output: Path) -> ZipArtifact:
    return package(Directory(source), output)


@settings(deadline=None)  # it writes files
@given(_trees, st.randoms(use_true_random=False), st.sampled_from([0o022, 0o077, 0o002]))
def test_order_dates_umask_and_place_do_not_show(
    files: dict[str, tuple[bytes, bool]], chance: random.Random, umask: int
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        first = packaged(_written(Path(one) / "src", list(files.items()), chance, 0o022), Path(one) / "a.zip")
        shuffled = chance.sample(list(files.items()), len(files))
        second = packaged(_written(Path(two) / "x/y", shuffled, chance, umask), Path(two) / "b.zip")
        assert first.path.read_bytes() == second.path.read_bytes()
        assert entries(first.path) == {name: content for name, (content, _) in files.items()}


def _written(root: Path, files: list[tuple[str, tuple[bytes, bool]]], chance: random.Random, umask: int) -> Path:
    before = os.umask(umask)
    try:
        for name, (content, executable) in files:
            tree(root, {name: content})
            if executable:
                (root / name).chmod(0o777 & ~umask)
            os.utime(root / name, (chance.randrange(2**31), chance.randrange(2**31)))
    finally:
        os.umask(before)
    return root


def test_these_files_have_this_hash_on_every_machine(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", FILES)
    (source / "bin/tool").chmod(0o755)
    assert packaged(source, tmp_path / "app.zip").code_sha256 == "Qn/0XDD/+7Me3T0Gpf+EWDNPqpUAgE/ntItAY41ysSI="


def test_the_system_it_is_written_on_does_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tree(tmp_path / "src", FILES)
    here = packaged(source, tmp_path / "here.zip")
    monkeypatch.setattr("sys.platform", "win32")
    assert packaged(source, tmp_path / "there.zip").code_sha256 == here.code_sha256


def test_what_is_told_is_what_lambda_will_tell(tmp_path: Path) -> None:
    artifact = packaged(tree(tmp_path / "src", FILES), tmp_path / "app.zip")
    data = artifact.path.read_bytes()
    sha = base64.b64encode(hashlib.sha256(data).digest()).decode()
    size = sum(len(text.encode()) for text in FILES.values())
    assert artifact == ZipArtifact(tmp_path / "app.zip", len(data), sha, size)
    assert artifact == read_zip(tmp_path / "app.zip")


def test_of_a_mode_only_executable_is_kept(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {"run": "", "secret": ""})
    (source / "run").chmod(0o700)
    (source / "secret").chmod(0o600)
    with zipfile.ZipFile(packaged(source, tmp_path / "app.zip").path) as whole:
        seen = [(i.filename, stat.filemode(i.external_attr >> 16), i.date_time[:3]) for i in whole.infolist()]
    assert seen == [("run", "-rwxr-xr-x", (1980, 1, 1)), ("secret", "-rw-r--r--", (1980, 1, 1))]


@pytest.mark.parametrize(
    ("size", "method"),
    [(archive.STORED_UP_TO, zipfile.ZIP_STORED), (archive.STORED_UP_TO + 1, zipfile.ZIP_DEFLATED)],
)
def test_small_trees_are_stored_and_large_ones_compressed(tmp_path: Path, size: int, method: int) -> None:
    artifact = packaged(tree(tmp_path / "src", {"a": b"", "b": bytes(size)}), tmp_path / "app.zip")
    with zipfile.ZipFile(artifact.path) as whole:
        assert {entry.compress_type for entry in whole.infolist()} == {method}


def test_a_zip_replaces_the_one_before_and_its_directory_is_made(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", FILES)
    output = tmp_path / "build/deep/app.zip"
    packaged(source, output)
    tree(source, {"app.py": "new"})
    packaged(source, output)
    assert entries(output)["app.py"] == b"new"
    assert [path.name for path in output.parent.iterdir()] == ["app.zip"]
    assert stat.S_IMODE(output.stat().st_mode) == 0o644


def test_a_zip_written_into_its_own_tree_does_not_hold_itself(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", FILES)
    first = packaged(source, source / "app.zip")
    assert packaged(source, source / "app.zip") == first
    assert set(entries(first.path)) == set(FILES)


def test_a_failure_half_way_leaves_the_former_zip_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tree(tmp_path / "src", FILES)
    output = tmp_path / "out/app.zip"
    before = packaged(source, output)
    read = Path.read_bytes

    def fails(path: Path) -> bytes:
        if path.name == "tool":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", fails)
    with pytest.raises(UnusableCode) as caught:
        packaged(source, output)
    monkeypatch.undo()
    tool = source / "bin/tool"
    assert str(caught.value) == f"{tool}: cannot be read (Permission denied); check its permissions, or exclude it"
    assert isinstance(caught.value.__cause__, PermissionError)
    assert read_zip(output) == before
    assert list(output.parent.iterdir()) == [output]


def test_an_output_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", FILES)
    (tmp_path / "taken.zip/x").mkdir(parents=True)
    with pytest.raises(UnusableCode, match=r"taken\.zip: cannot be written \(Is a directory\)"):
        packaged(source, tmp_path / "taken.zip")
    with pytest.raises(UnusableCode, match=r"app\.py/a\.zip: cannot be written \(File exists\)"):
        packaged(source, source / "app.py/a.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["src", "taken.zip"]


def test_what_lambda_would_not_unpack_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {f"{n}.bin": b"x" * n for n in range(1, 7)})
    os.truncate(source / "6.bin", UNZIPPED_LIMIT)
    output = tmp_path / "out/app.zip"
    with pytest.raises(TooLarge) as caught:
        packaged(source, output)
    assert str(caught.value) == (
        f"{source}: 262,144,015 bytes unzipped, Lambda takes less than 262,144,000; leave something out with "
        "`exclude`, depend on less, or release an image. The largest entries: 6.bin (262,144,000 bytes), "
        "5.bin (5 bytes), 4.bin (4 bytes), 3.bin (3 bytes), 2.bin (2 bytes)"
    )
    assert not output.parent.exists()


def test_the_unzipped_limit_itself_is_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zip_of(tmp_path / "app.zip", {"a": "xx", "b": "x"})
    monkeypatch.setattr(archive, "UNZIPPED_LIMIT", 4)
    assert read_zip(path).unzipped_size == 3
    monkeypatch.setattr(archive, "UNZIPPED_LIMIT", 3)
    with pytest.raises(TooLarge) as caught:
        read_zip(path)
    assert (caught.value.size, caught.value.limit, caught.value.largest) == (3, 3, (("a", 2), ("b", 1)))


@pytest.mark.parametrize(("size", "needs"), [(DIRECT_UPLOAD_LIMIT - 1, False), (DIRECT_UPLOAD_LIMIT, True)])
def test_a_zip_of_the_direct_limit_needs_s3(size: int, needs: bool) -> None:
    assert ZipArtifact(Path("a.zip"), size, "", 0).needs_s3 is needs


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("/etc/passwd", "is an absolute path"),
        ("C:/x.py", "is an absolute path"),
        ("a/../../x.py", "leads out of the archive with '..'"),
        ("a\\x.py", "has a backslash in its name; names in a zip are separated by '/'"),
    ],
)
def test_a_zip_that_leads_out_of_itself_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    path = zip_of(tmp_path / "app.zip", {"app.py": "", name: ""})
    with pytest.raises(UnusableCode) as caught:
        read_zip(path)
    assert str(caught.value) == (
        f"{path}, entry {name!r}: {problem}; package the function's code again, from inside its directory"
    )


def test_a_zip_with_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "app.zip"
    with zipfile.ZipFile(path, "w") as whole:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        whole.writestr(link, "/etc/passwd")
    with pytest.raises(UnusableCode, match="entry 'link': is a symbolic link; package what it points to"):
        read_zip(path)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "app.zip", {"app.py": "x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(UnusableCode, match=r"entry 'app\.py': is encrypted, which Lambda cannot read"):
        read_zip(path)


def test_a_zip_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "app.zip", {"app.py": "x" * 100})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UnusableCode, match="is no zip"):
        read_zip(path)


def test_a_zip_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableCode, match=r"cannot be read \(No such file or directory\)"):
        read_zip(tmp_path / "gone.zip")
