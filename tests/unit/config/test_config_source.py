"""Which file is read, and what is said when it cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deployer.config import ConfigError, load

FUNCTION = '[functions.f]\ncode = "src"\n'
IN_PROJECT = '[project]\nname = "x"\n[tool.deployer.functions.f]\ncode = "src"\n'


def refusal(path: Path | None = None, start: Path | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path, start)
    return str(caught.value)


def test_the_file_is_found_in_a_directory_above(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "deployer.toml").write_text(FUNCTION)
    (here / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(here / "a" / "b")
    config = load()
    assert config.path == here / "deployer.toml"
    assert config.settings("sbx", "f").code == str(here / "src")
    assert config.explain("sbx", "f")[11] == ("code", "src", "../../deployer.toml:2")


def test_a_path_may_be_text(here: Path) -> None:
    (here / "deployer.toml").write_text(FUNCTION)
    assert load(str(here / "deployer.toml")).path == load(start=str(here)).path == here / "deployer.toml"


def test_the_nearest_file_is_taken(here: Path) -> None:
    (here / "deployer.toml").write_text(FUNCTION)
    (here / "a").mkdir()
    (here / "a" / "deployer.toml").write_text('[functions.near]\ncode = "src"\n')
    assert load(start=here / "a").functions == ("near",)


def test_a_pyproject_without_our_table_is_passed_over(here: Path) -> None:
    (here / "deployer.toml").write_text(FUNCTION)
    (here / "a").mkdir()
    (here / "a" / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert load(start=here / "a").functions == ("f",)


def test_our_table_in_pyproject_is_read(here: Path) -> None:
    (here / "pyproject.toml").write_text(IN_PROJECT)
    config = load()
    assert config.functions == ("f",)
    assert config.explain("sbx", "f")[11] == ("code", "src", "pyproject.toml:4")


def test_a_mistake_in_pyproject_stands_on_its_line_of_the_whole_file(here: Path) -> None:
    (here / "pyproject.toml").write_text(IN_PROJECT + "timeout = 0\n")
    assert refusal() == "pyproject.toml:5: functions.f.timeout: expected a whole number from 1 to 900, got 0"


def test_two_files_in_one_directory_are_refused(here: Path) -> None:
    (here / "deployer.toml").write_text(FUNCTION)
    (here / "pyproject.toml").write_text(IN_PROJECT)
    assert refusal() == "deployer.toml: pyproject.toml has a table [tool.deployer] too; keep one of the two"


def test_no_file_names_init(here: Path) -> None:
    expected = "neither deployer.toml nor [tool.deployer] in pyproject.toml, here or above; `deployer init` writes one"
    assert refusal() == f".: {expected}"


def test_a_named_file_is_read_wherever_it_is(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "my.toml"
    elsewhere.write_text(FUNCTION + "timeout = 0\n")
    assert refusal(elsewhere) == f"{elsewhere}:3: functions.f.timeout: expected a whole number from 1 to 900, got 0"


def test_a_named_file_that_is_missing_names_init(here: Path) -> None:
    assert refusal(Path("prod.toml")) == "prod.toml: no such file; `deployer init` writes one"


def test_a_named_pyproject_without_our_table_names_init(here: Path) -> None:
    (here / "pyproject.toml").write_text('[project]\nname = "x"\n')
    expected = "pyproject.toml: has no table [tool.deployer]; `deployer init` writes a configuration"
    assert refusal(Path("pyproject.toml")) == expected


def test_our_table_that_is_no_table_is_refused(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool]\ndeployer = 5\n")
    assert refusal() == "pyproject.toml: tool.deployer: expected a table"


def test_a_directory_names_the_file_in_it(here: Path) -> None:
    (here / "conf").mkdir()
    assert refusal(Path("conf")) == "conf: is a directory; name the file in it, e.g. conf/deployer.toml"


def test_bytes_that_are_not_utf_8_are_told_with_their_line(here: Path) -> None:
    (here / "deployer.toml").write_bytes(b'alias = "LIVE"\n# caf\xe9\n')
    assert refusal() == "deployer.toml:2: is not UTF-8: byte 0xe9"


def test_a_file_nested_deeper_than_can_be_read_is_told(here: Path) -> None:
    (here / "deployer.toml").write_text(f"x = {'[' * 5000}{']' * 5000}\n")
    assert refusal() == "deployer.toml: is nested too deep to be read"


def test_a_byte_order_mark_and_windows_lines_are_read(here: Path) -> None:
    (here / "deployer.toml").write_bytes(b"\xef\xbb\xbf" + FUNCTION.replace("\n", "\r\n").encode() + b"timeout = 0\r\n")
    assert refusal() == "deployer.toml:3: functions.f.timeout: expected a whole number from 1 to 900, got 0"


def test_a_file_that_may_not_be_read_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "deployer.toml").write_text(FUNCTION)

    def denied(path: Path) -> bytes:
        raise PermissionError(13, os.strerror(13), str(path))

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert refusal() == "deployer.toml: cannot be read: Permission denied"
