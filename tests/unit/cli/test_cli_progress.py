"""What is told while something is being done."""

from __future__ import annotations

import pytest

from deployer.cli.progress import Progress
from deployer.core import Publish


def test_an_action_is_told_on_stderr_before_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    Progress("orders", "LIVE", silent=False).on_action(Publish("content"))
    assert capsys.readouterr() == ("", "orders: publish a version\n")


def test_a_wait_is_told_in_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    Progress("orders", "LIVE", silent=False).on_wait("wait for the role")
    assert capsys.readouterr() == ("", "orders: wait for the role\n")


def test_an_upload_is_told_once_for_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("orders", "LIVE", silent=False)
    for sent in (1_000_000, 6_000_000, 6_500_000, 30_000_000, 60_000_000):
        progress.on_upload(sent, 60_000_000)
    assert capsys.readouterr().err.splitlines() == [
        "orders: upload 60.0 MB: 10 %",
        "orders: upload 60.0 MB: 50 %",
        "orders: upload 60.0 MB: 100 %",
    ]


def test_a_machine_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("orders", "LIVE", silent=True)
    progress.on_action(Publish("content"))
    progress.on_upload(1, 1)
    progress.on_wait("wait")
    assert capsys.readouterr() == ("", "")
