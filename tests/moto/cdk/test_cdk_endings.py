"""How `deployer cdk` ends when it is stopped."""

from __future__ import annotations

import pytest
from shop import Shop

from deployer.cli.signals import Terminated

PRD = ("--env", "prd")


@pytest.mark.parametrize(("signal", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
@pytest.mark.parametrize("verb", ["plan", "deploy"])
def test_once_stopped_nothing_else_is_begun(
    verb: str, signal: type[BaseException], code: int, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use_script_as_cli()
    shop.function()
    shop.function("mails")
    begun: list[object] = []

    def stop(*given: object) -> None:
        begun.append(given)
        raise signal

    monkeypatch.setattr("deployer.stack.decision.prepare", stop)
    assert shop.run(verb, *PRD).code == code
    assert len(begun) == 1
    assert not shop.targets_file.exists()
