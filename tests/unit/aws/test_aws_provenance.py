"""The release mark tells what the machine knows, and never guesses."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from deployer import provenance
from deployer.core.mark import Mark, read_mark

NOW = 1_795_000_000.0


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "repository"
    (folder / "src").mkdir(parents=True)
    (folder / "docs").mkdir()
    (folder / "src" / "index.py").write_text("", encoding="utf-8")
    (folder / "docs" / "a.md").write_text("", encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Begin")
    return folder


def test_the_mark_names_release_commit_time_person_and_run(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "person", lambda: "ann")
    made = provenance.mark("run-1", NOW, repository / "src", "1.4.0")
    commit = git(repository, "rev-parse", "--short=12", "HEAD")
    assert made == Mark(run="run-1", at="2026-11-18T11:06:40Z", release="1.4.0", commit=commit, by="ann")
    assert read_mark(str(made)) == made


def test_code_that_differs_from_its_commit_is_marked(repository: Path) -> None:
    commit = git(repository, "rev-parse", "--short=12", "HEAD")
    (repository / "docs" / "a.md").write_text("more", encoding="utf-8")
    assert provenance.git_commit(repository / "src") == commit
    (repository / "src" / "index.py").write_text("more", encoding="utf-8")
    assert provenance.git_commit(repository / "src") == f"{commit}+"
    assert provenance.git_commit(repository / "src" / "index.py") == f"{commit}+"


def test_a_new_file_counts_as_a_difference(repository: Path) -> None:
    (repository / "src" / "new.py").write_text("", encoding="utf-8")
    assert (provenance.git_commit(repository / "src") or "").endswith("+")


def test_code_outside_of_any_repository_has_no_commit(repository: Path) -> None:
    assert provenance.git_commit(repository.parent) is None


def test_code_that_is_not_on_this_machine_has_no_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever lies in the current directory is not what an image or an object in S3 was made of."""
    monkeypatch.chdir(repository)
    assert provenance.git_commit(None) is None
    assert provenance.mark("run-1", NOW).commit is None


def test_a_machine_without_git_gives_no_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository / "docs"))
    assert provenance.git_commit(repository / "src") is None


def test_a_machine_without_users_gives_no_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1000")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert provenance.person() is None
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    assert provenance.person() == "ann"


def test_operation_ids_are_short_and_unlike_each_other() -> None:
    made = {provenance.new_operation_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert {len(one) for one in made} == {8}
