"""Events in a file: every one of them, one a line, whoever else writes there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rollout_events import HAPPENINGS, event

from deployer.rollout.event import Noticed
from deployer.rollout.event_wire import event_data, event_text
from deployer.rollout.notifiers.json_lines import JsonLines, UnusableFile, read_json_lines
from deployer.rollout.notifiers.message import NotTold

EVENTS = tuple(event(what) for what in HAPPENINGS)


def test_every_event_is_one_line_from_the_moment_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    notifier = JsonLines(path)
    assert path.read_bytes() == b""
    for number, told in enumerate(EVENTS, 1):
        notifier(told)
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [json.loads(line) for line in lines] == [event_data(one) for one in EVENTS[:number]]


def test_several_processes_write_one_file_that_is_read_as_one_rollout(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    one, two = JsonLines(path), JsonLines(path)
    for place, told in enumerate(EVENTS):
        (one, two)[place % 2](told)
    assert read_json_lines(path) == EVENTS


def test_a_line_that_was_left_unfinished_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    whole = event_text(EVENTS[0])
    path.write_text(f"{whole}\n{whole[:40]}", encoding="utf-8")
    assert read_json_lines(path) == EVENTS[:1]
    JsonLines(path)(EVENTS[1])
    assert path.read_text(encoding="utf-8") == f"{whole}\n{whole[:40]}\n{event_text(EVENTS[1])}\n"
    assert read_json_lines(path) == EVENTS[:2]


def test_a_text_with_line_breaks_of_all_kinds_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    told = event(Noticed("x", "one\ntwo\u2028three\x85four\r"))
    JsonLines(path)(told)
    assert read_json_lines(path) == (told,)


def test_a_missing_directory_is_told_before_anything_begins(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "events.jsonl"
    with pytest.raises(UnusableFile) as caught:
        JsonLines(path)
    assert str(caught.value) == f"{path}: there is no directory {path.parent}: make it first"


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile) as caught:
        JsonLines(tmp_path)
    assert str(caught.value) == f"{tmp_path}: events cannot be kept there: Is a directory"


def test_a_file_that_cannot_be_written_any_more_is_told(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    notifier = JsonLines(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(NotTold, match=r"^Is a directory$"):
        notifier(EVENTS[0])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(NotTold, match=r"^No space left on device$"):
        JsonLines(Path("/dev/full"))(EVENTS[0])


def test_a_line_that_is_no_event_is_named(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    later = json.dumps({**event_data(EVENTS[0]), "version": 2})
    path.write_text(f"{event_text(EVENTS[0])}\n{later}\n", encoding="utf-8")
    with pytest.raises(UnusableFile, match=r"events\.jsonl: line 2: event\.version: 2 is unknown"):
        read_json_lines(path)


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be read: No such file or directory"):
        read_json_lines(tmp_path / "events.jsonl")


def test_it_names_itself_by_its_file(tmp_path: Path) -> None:
    assert JsonLines(tmp_path / "e").name == f"the file {tmp_path / 'e'}"
