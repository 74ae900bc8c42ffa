"""What of a directory is released: files that are not excluded, and links that stay inside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from artifact_trees import entries, tree

from deployer.artifact import Directory, UnusableCode, package
from deployer.artifact.exclude import DEFAULT_EXCLUDE


def names(source: Path, *exclude: str) -> list[str]:
    return sorted(entries(package(Directory(source), source.parent / "out.zip", exclude=exclude).path))


def refused(source: Path) -> str:
    with pytest.raises(UnusableCode) as caught:
        names(source)
    return str(caught.value).replace(str(source.parent), "BASE")


def test_caches_version_control_and_virtual_environments_are_left_out(tmp_path: Path) -> None:
    source = tree(
        tmp_path / "src",
        {
            "app.py": "",
            "lib/__pycache__/x.pyc": "",
            "lib/old.pyc": "",
            "lib/x.py": "",
            ".git/config": "",
            "sub/.git": "",
            ".venv/bin/python": "",
            "my env/pyvenv.cfg": "",
            "my env/lib/x.py": "",
            ".DS_Store": "",
            "new\nline/x.pyc": "",
            "app.egg-info/PKG-INFO": "",
            ".github": "stays",
        },
    )
    assert names(source) == [".github", "app.py", "lib/x.py"]


def test_files_of_secrets_are_left_out_at_any_depth(tmp_path: Path) -> None:
    secret = [".env", ".env.local", "lib/.env", "lib/.env.prd", "lib/deep/.env/keys", ".env.d/more"]
    kept = [".envrc", "app.py", "env", "lib/env.py", "lib/x.env"]
    assert names(tree(tmp_path / "src", dict.fromkeys(secret + kept, ""))) == kept


def test_the_documentation_lists_what_is_always_left_out() -> None:
    page = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
    section = page.partition("## What stays out of a zip\n")[2].partition("\n## ")[0]
    assert [pattern for pattern in DEFAULT_EXCLUDE if f"`{pattern}`" not in section] == []


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("tests", ["a.md", "app.py", "docs/a.md", "docs/b/c.md", "docs/tests.txt"]),
        ("/tests", ["a.md", "app.py", "docs/a.md", "docs/b/c.md", "docs/tests.txt", "lib/tests/x.py"]),
        ("tests/", ["a.md", "app.py", "docs/a.md", "docs/b/c.md", "docs/tests.txt"]),
        ("*.md", ["app.py", "docs/tests.txt", "lib/tests/x.py", "tests/x.py"]),
        ("docs/*.md", ["a.md", "app.py", "docs/b/c.md", "docs/tests.txt", "lib/tests/x.py", "tests/x.py"]),
        ("docs/**", ["a.md", "app.py", "lib/tests/x.py", "tests/x.py"]),
        ("**/x.py", ["a.md", "app.py", "docs/a.md", "docs/b/c.md", "docs/tests.txt"]),
        ("docs/**/*.md", ["a.md", "app.py", "docs/tests.txt", "lib/tests/x.py", "tests/x.py"]),
        ("?.md", ["app.py", "docs/tests.txt", "lib/tests/x.py", "tests/x.py"]),
        ("TESTS", ["a.md", "app.py", "docs/a.md", "docs/b/c.md", "docs/tests.txt", "lib/tests/x.py", "tests/x.py"]),
        ("a.m[d]", ["a.md", "app.py", "docs/a.md", "docs/b/c.md", "docs/tests.txt", "lib/tests/x.py", "tests/x.py"]),
    ],
)
def test_a_pattern_leaves_out_what_it_names(tmp_path: Path, pattern: str, left: list[str]) -> None:
    files = ["app.py", "a.md", "tests/x.py", "lib/tests/x.py", "docs/a.md", "docs/b/c.md", "docs/tests.txt"]
    assert names(tree(tmp_path / "src", dict.fromkeys(files, "")), pattern) == left


@pytest.mark.parametrize("pattern", ["", "/", " ", "!app.py"])
def test_a_pattern_without_meaning_is_refused(tmp_path: Path, pattern: str) -> None:
    source = tree(tmp_path / "src", {"app.py": ""})
    with pytest.raises(UnusableCode, match=r"exclude pattern .*: leaves nothing out; write a name or a glob"):
        names(source, pattern)


def test_a_link_inside_the_tree_stands_for_what_it_points_to(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {"lib/x.py": "X = 1", "app.py": ""})
    (source / "y.py").symlink_to("lib/x.py")
    (source / "again").symlink_to(source / "lib")
    artifact = package(Directory(source), tmp_path / "out.zip")
    assert entries(artifact.path) == {"again/x.py": b"X = 1", "app.py": b"", "lib/x.py": b"X = 1", "y.py": b"X = 1"}


def test_the_tree_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    tree(tmp_path / "real", {"lib/x.py": ""})
    (tmp_path / "src").symlink_to("real")
    (tmp_path / "real/y.py").symlink_to(tmp_path / "src/lib/x.py")
    assert names(tmp_path / "src") == ["lib/x.py", "y.py"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("gone.py", "BASE/src/link: is a symbolic link to gone.py, which does not exist; mend or exclude it"),
        (
            "../outside.py",
            (
                "BASE/src/link: is a symbolic link to ../outside.py, outside of BASE/src; "
                "copy the file in, or exclude the link"
            ),
        ),
        ("link", "BASE/src/link: is a symbolic link to itself; mend or exclude it"),
        (".", "BASE/src/link: is a symbolic link to BASE/src, which it lies in; exclude the link"),
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(tmp_path: Path, target: str, message: str) -> None:
    tree(tmp_path, {"outside.py": "", "src/app.py": ""})
    (tmp_path / "src/link").symlink_to(target)
    assert refused(tmp_path / "src") == message
    assert names(tmp_path / "src", "link") == ["app.py"]


def test_a_directory_beside_with_the_same_beginning_is_outside(tmp_path: Path) -> None:
    tree(tmp_path, {"src-secret/x.py": "", "src/app.py": ""})
    (tmp_path / "src/link").symlink_to("../src-secret/x.py")
    assert "outside of BASE/src;" in refused(tmp_path / "src")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {"app.py": ""})
    os.mkfifo(source / "pipe")
    assert refused(source) == "BASE/src/pipe: is no file; sockets, pipes and devices cannot be released; exclude it"


def test_names_that_cannot_stand_in_a_zip_are_refused(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {"a\\b.py": ""})
    assert "src/a\\b.py: has a backslash in its name" in refused(source)


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {"app.py": ""})
    try:
        (source / os.fsdecode(b"caf\xe9.py")).touch()
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    assert "has a name that is not UTF-8; rename or exclude it" in refused(source)


def test_a_directory_without_files_is_refused(tmp_path: Path) -> None:
    source = tree(tmp_path / "src", {".git/config": ""})
    (source / "empty").mkdir()
    assert refused(source) == (
        "BASE/src: has no files to release; all is excluded or it is empty; check `code` and `exclude`"
    )


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "src") == ("BASE/src: is no directory; name the directory that holds the function's code")


def test_a_directory_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tree(tmp_path / "src", {"app.py": "", "closed/x.py": ""})
    listed = Path.iterdir

    def closed(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", closed)
    assert refused(source) == "BASE/src/closed: cannot be read; check its permissions, or exclude it"
