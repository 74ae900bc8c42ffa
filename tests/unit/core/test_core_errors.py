import pytest

from deployer.core import (
    DeployerError,
    InvalidIncrements,
    InvalidPercent,
    InvalidRequest,
    InvalidRouting,
    InvalidValue,
    InvalidVersion,
)
from deployer.core.errors import ErrorInLines


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (InvalidValue, "value"),
        (InvalidVersion, "version"),
        (InvalidPercent, "percentage"),
        (InvalidIncrements, "canary_increments"),
        (InvalidRouting, "routing"),
        (InvalidRequest, "request"),
    ],
)
def test_an_error_holds_its_value_and_says_what_it_is(error: type[InvalidValue], what: str) -> None:
    made = error("x", "is wrong")
    assert (made.value, made.reason, made.args) == ("x", "is wrong", ("x", "is wrong"))
    assert str(made) == f"{what} 'x': is wrong"
    assert made.lines == (str(made),)
    assert isinstance(made, DeployerError)
    assert isinstance(made, ValueError)


def test_a_message_of_several_lines_is_its_lines() -> None:
    class Moved(ErrorInLines):
        lines = ("the alias moved", "plan again")

    assert str(Moved()) == "the alias moved\nplan again"
