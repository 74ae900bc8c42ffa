"""An embedded Lambda that holds its process until a signal comes."""

from __future__ import annotations

import os
import signal
import urllib.request
from typing import TYPE_CHECKING

import pytest

from deployer.local import LocalSettings, PortTaken
from deployer.local.foreground import serve

if TYPE_CHECKING:
    from deployer.local.local_lambda import LocalLambda

ENDING = (signal.SIGINT, signal.SIGTERM)


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in ENDING]


@pytest.mark.parametrize("number", ENDING, ids=["SIGINT", "SIGTERM"])
def test_it_answers_until_a_signal_comes_and_leaves_everything_as_it_was(number: signal.Signals) -> None:
    environment, handled, told = dict(os.environ), handlers(), list[int]()

    def tell(local: LocalLambda) -> None:
        assert "AWS_ACCESS_KEY_ID" not in os.environ
        with urllib.request.urlopen(f"{local.endpoint_url}/_deployer/settings") as answer:  # noqa: S310  # loopback
            told.append(answer.status)
        os.kill(os.getpid(), number)

    serve(LocalSettings(), 0, tell)
    assert (told, dict(os.environ), handlers()) == ([200], environment, handled)


def test_one_that_cannot_start_leaves_signals_as_they_were() -> None:
    handled = handlers()
    with pytest.raises(PortTaken):
        serve(LocalSettings(), 0, lambda local: serve(LocalSettings(), int(local.endpoint_url.rsplit(":")[-1]), print))
    assert handlers() == handled
